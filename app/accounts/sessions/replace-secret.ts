import type { Database, Transaction } from '~/database/types'
import type { Announce } from '../revocations'
import { hashSecret } from '../secret-token'
import type { Viewer } from '../viewer'
import type { StartedSession } from './insert'
import { isPersistent, type SessionPolicy } from './policy'
import { createRowSecret } from '../row-secret'

/**
 * Gives a session a new secret, inside the transaction that changes what the old one was granted
 * for. A copy of the old cookie is worth nothing from the commit on, nor are those that applications
 * gave in its name: this browser is given new ones there without being asked.
 */
export async function replaceSecret(
  tx: Transaction,
  announce: Announce,
  { user, session }: Viewer,
  { database, policy }: { database: Pick<Database, 'giveReason'>; policy: SessionPolicy },
): Promise<StartedSession> {
  const secret = createRowSecret(session.id)
  await tx.session.update({
    where: { id: session.id, userId: user.id },
    data: { tokenHash: hashSecret(secret) },
  })
  await endSignIns(tx, announce, { userId: user.id, sessionId: session.id }, database)
  announce({ type: 'secret-replaced', userId: user.id, sessionId: session.id })
  return { id: session.id, secret, endsAt: session.endsAt, kept: isPersistent(session, policy) }
}

async function endSignIns(
  tx: Transaction,
  announce: Announce,
  { userId, sessionId }: { userId: string; sessionId: string },
  database: Pick<Database, 'giveReason'>,
) {
  const reason = 'password-changed'
  // A copy of the old cookie could have been given a code just before.
  await tx.applicationCode.deleteMany({ where: { applicationSession: { sessionId } } })
  const where = { sessionId, cookies: { some: {} } }
  const signIns = await tx.applicationSession.findMany({ where, select: { id: true } })
  if (signIns.length === 0) return
  const applicationSessionIds = signIns.map(({ id }) => id)
  await database.giveReason(tx, reason)
  await tx.applicationCookie.deleteMany({
    where: { applicationSessionId: { in: applicationSessionIds } },
  })
  announce({ type: 'application-sign-ins-ended', userId, applicationSessionIds, reason })
}
