import type { Transaction } from '~/database/database'
import type { Clock } from '../clock'
import type { Announce } from '../revocations'
import { newId } from '../row-id'
import { createSecret, hashSecret } from '../secret-token'
import type { Origin } from '../viewer'
import { limitsAt, MAX_SESSIONS_PER_USER, type SessionPolicy } from './policy'

/** What the browser is given: the secret for its cookie, and until when. */
export type StartedSession = { id: string; secret: string; endsAt: Date; kept: boolean }

/**
 * Adds a session to a user whose row the transaction has locked. Makes room first: beyond the
 * limit the least recently active sessions end.
 */
export async function insertSession(
  tx: Transaction,
  announce: Announce,
  { userId, kept, origin }: { userId: string; kept: boolean; origin: Origin },
  { clock, policy }: { clock: Clock; policy: SessionPolicy },
): Promise<StartedSession> {
  const now = clock.now()
  await makeRoom(tx, announce, userId, now)
  const id = newId()
  const secret = createSecret()
  const { endsAt, expiresAt } = limitsAt(now, { kept }, policy)
  await tx.session.create({
    data: {
      id,
      tokenHash: hashSecret(secret),
      userId,
      createdAt: now,
      lastSeenAt: now,
      expiresAt,
      endsAt,
      ip: origin.ip,
      userAgent: origin.userAgent,
    },
  })
  await tx.user.update({ where: { id: userId }, data: { lastActiveAt: now } })
  announce({ type: 'session-started', userId, sessionId: id })
  return { id, secret, endsAt, kept }
}

async function makeRoom(tx: Transaction, announce: Announce, userId: string, now: Date) {
  const surplus = await tx.session.findMany({
    where: { userId, expiresAt: { gt: now } },
    orderBy: [{ lastSeenAt: 'desc' }, { id: 'desc' }],
    skip: MAX_SESSIONS_PER_USER - 1,
    select: { id: true },
  })
  if (surplus.length === 0) return
  const sessionIds = surplus.map(({ id }) => id)
  await tx.session.deleteMany({ where: { userId, id: { in: sessionIds } } })
  announce({ type: 'sessions-ended', userId, sessionIds, reason: 'too-many-sessions' })
}
