import type { Transaction } from '~/database/types'
import { newId } from '../row-id'
import { createRowSecret } from '../row-secret'
import { hashSecret } from '../secret-token'
import { days } from '../time'
import type { Origin } from '../viewer'
import { idsIn, matching } from './device-rows'

/*
 * "Don't ask on this device for 30 days": spares the second step there, never the password.
 */

export const REMEMBERED_FOR = days(30)

/** More than anybody has, and few enough for a list. */
const MOST_DEVICES = 50

/** Whether this browser may skip the second step of this person, whose row is locked. Notes that it did. */
export async function useRememberedDevice(
  tx: Transaction,
  userId: string,
  { devices }: Origin,
  now: Date,
): Promise<boolean> {
  const ids = idsIn(devices?.remembered ?? [])
  if (ids.length === 0) return false
  const where = { userId, id: { in: ids }, expiresAt: { gt: now } }
  const found = matching(await tx.rememberedDevice.findMany({ where }), devices?.remembered ?? [])
  if (!found) return false
  await tx.rememberedDevice.update({ where: { id: found.row.id }, data: { lastUsedAt: now } })
  return true
}

/**
 * Remembers this browser for a person whose row is locked; what it had of theirs before ends.
 *
 * @returns the secret for its cookie
 */
export async function rememberDevice(
  tx: Transaction,
  userId: string,
  { origin, sessionId, now }: { origin: Origin; sessionId: string; now: Date },
): Promise<string> {
  const before = idsIn(origin.devices?.remembered ?? [])
  const others = await tx.rememberedDevice.findMany({
    where: { userId },
    orderBy: { id: 'desc' },
    skip: MOST_DEVICES - 1,
    select: { id: true },
  })
  const ids = [...before, ...others.map(({ id }) => id)]
  await tx.rememberedDevice.deleteMany({ where: { userId, id: { in: ids } } })
  const id = newId()
  const secret = createRowSecret(id)
  await tx.rememberedDevice.create({
    data: {
      ...{ id, tokenHash: hashSecret(secret), userId, createdAt: now },
      ...{ expiresAt: new Date(now.getTime() + REMEMBERED_FOR), createdBySession: sessionId },
      ...{ ip: origin.ip, userAgent: origin.userAgent },
    },
  })
  return secret
}
