import type { Client, Transaction } from '~/database/types'
import { newId } from '../row-id'
import { createRowSecret } from '../row-secret'
import { hashSecret } from '../secret-token'
import { days } from '../time'
import type { Origin } from '../viewer'
import { idsIn, matching } from './device-rows'

/*
 * Browsers in which somebody signed in before. Being known opens nothing: it says which sign-in is news,
 * and keeps a stranger's guesses from locking the owner out.
 */

/** So long after the last sign-in there. */
export const KNOWN_FOR = days(365)

/** Whoever clears cookies has a new one each time; those not seen for longest go. */
const MOST_DEVICES = 50

/** The row of this browser, if this person signed in here before. */
export async function findKnownDevice(
  client: Client | Transaction,
  userId: string,
  { devices }: Origin,
): Promise<{ id: string; secret: string; label: string | null; lastSeenAt: Date } | null> {
  const ids = idsIn(devices?.known ?? [])
  if (ids.length === 0) return null
  const rows = await client.knownDevice.findMany({ where: { userId, id: { in: ids } } })
  const found = matching(rows, devices?.known ?? [])
  return found && { ...found.row, secret: found.secret }
}

/**
 * Notes that somebody, whose row is locked, signs in here.
 *
 * @returns the secret that the browser is to keep, whether it is a new one, and what its owner calls it
 */
export async function noteDevice(
  tx: Transaction,
  userId: string,
  { origin, sessionId, now }: { origin: Origin; sessionId: string; now: Date },
): Promise<{ id: string; secret: string; isNew: boolean; label: string | null }> {
  const seen = { lastSeenAt: now, ip: origin.ip, userAgent: origin.userAgent }
  const known = await findKnownDevice(tx, userId, origin)
  if (known) {
    await tx.knownDevice.update({ where: { id: known.id }, data: seen })
    return { id: known.id, secret: known.secret, isNew: false, label: known.label }
  }
  await makeRoom(tx, userId)
  const id = newId()
  const secret = createRowSecret(id)
  await tx.knownDevice.create({
    data: {
      ...{ id, tokenHash: hashSecret(secret), userId, createdAt: now },
      ...{ createdBySession: sessionId, ...seen },
    },
  })
  return { id, secret, isNew: true, label: null }
}

async function makeRoom(tx: Transaction, userId: string) {
  const beyond = await tx.knownDevice.findMany({
    where: { userId },
    orderBy: [{ lastSeenAt: 'desc' }, { id: 'desc' }],
    skip: MOST_DEVICES - 1,
    select: { id: true },
  })
  if (beyond.length === 0) return
  await tx.knownDevice.deleteMany({ where: { id: { in: beyond.map(({ id }) => id) } } })
}
