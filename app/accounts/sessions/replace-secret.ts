import type { Database, Transaction } from '~/database/types'
import type { Announce, EndReason } from '../revocations'
import { hashSecret } from '../secret-token'
import type { Viewer } from '../viewer'
import type { StartedSession } from './insert'
import { isPersistent, type SessionPolicy } from './policy'
import { createRowSecret } from '../row-secret'

/**
 * Gives a session a new secret, inside the transaction that changes what the old one was granted
 * for. A copy of the old cookie is worth nothing from the commit on, nor are those that applications
 * gave in its name: this browser is given new ones there without being asked.
 *
 * @param reason what was changed, as tabs at those applications are told
 */
export async function replaceSecret(
  tx: Transaction,
  announce: Announce,
  viewer: Viewer,
  reason: EndReason,
  { database, policy }: { database: Pick<Database, 'giveReason'>; policy: SessionPolicy },
): Promise<StartedSession> {
  const started = await writeSecret(tx, viewer, {}, policy)
  const which = { userId: viewer.user.id, sessionId: started.id }
  await endSignIns(tx, announce, which, reason, database)
  announceReplaced(announce, viewer)
  return started
}

/**
 * The same when nothing was changed, but who is in the session has proved again who they are: what
 * that opens must not be open to a copy of the old cookie.
 *
 * The cookies that applications gave in the session's name stay. They open no more than they did
 * before, since applications know nothing of the proof; a thief's of them are no worse for it, and
 * end with the session. To end them would interrupt the person at every application every quarter of
 * an hour, and lose what they are typing there. Codes on their way to an application stay likewise.
 */
export async function renewSecret(
  tx: Transaction,
  announce: Announce,
  viewer: Viewer,
  { authenticatedAt, policy }: { authenticatedAt: Date; policy: SessionPolicy },
): Promise<StartedSession> {
  const started = await writeSecret(tx, viewer, { authenticatedAt }, policy)
  announceReplaced(announce, viewer)
  return started
}

async function writeSecret(
  tx: Transaction,
  { user, session }: Viewer,
  alongside: { authenticatedAt?: Date },
  policy: SessionPolicy,
): Promise<StartedSession> {
  const secret = createRowSecret(session.id)
  await tx.session.update({
    where: { id: session.id, userId: user.id },
    data: { tokenHash: hashSecret(secret), ...alongside },
  })
  return { id: session.id, secret, endsAt: session.endsAt, kept: isPersistent(session, policy) }
}

const announceReplaced = (announce: Announce, { user, session }: Viewer) =>
  announce({ type: 'secret-replaced', userId: user.id, sessionId: session.id })

async function endSignIns(
  tx: Transaction,
  announce: Announce,
  { userId, sessionId }: { userId: string; sessionId: string },
  reason: EndReason,
  database: Pick<Database, 'giveReason'>,
) {
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
