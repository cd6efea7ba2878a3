import type { Database, Transaction } from '~/database/types'
import type { NamedPerson, RecordAudit } from '../audit/record'
import type { Clock } from '../time'
import type { Announce } from '../revocations'
import { secretKey } from '../secret-token'
import type { Origin } from '../viewer'
import { deleteSessions } from './delete-sessions'
import { isRowOf, looksLikeRowSecret, rowIdOf } from '../row-secret'

/**
 * The session that a browser had before it is given another, whosever it was. It has to end: signing
 * in again is not a second device, and nobody can sign out of a session whose cookie was overwritten.
 */
export type Replaced = { id: string; user: NamedPerson }

/** Finds it by the secret that the browser came with; null when there is none. */
export async function findReplaced(
  tx: Transaction,
  secret: string | undefined,
): Promise<Replaced | null> {
  if (!looksLikeRowSecret(secret)) return null
  const row = await tx.session.findUnique({
    where: { id: rowIdOf(secret) },
    select: { id: true, tokenHash: true, user: { select: { id: true, name: true } } },
  })
  return row && isRowOf(secretKey(secret), row) ? { id: row.id, user: row.user } : null
}

/** Locks the user who signs in and the one who is replaced. */
export const lockBoth = (
  tx: Transaction,
  userId: string,
  replaced: Replaced | null,
  database: Pick<Database, 'lockUsers'>,
): Promise<void> => database.lockUsers(tx, replaced ? [userId, replaced.user.id] : [userId])

/** Ends it, and writes that down. */
export async function endReplaced(
  tx: Transaction,
  announce: Announce,
  replaced: Replaced | null,
  { ip }: Origin,
  deps: { database: Pick<Database, 'giveReason'>; clock: Clock; record: RecordAudit },
): Promise<void> {
  if (!replaced) return
  const { id, user } = replaced
  const which = { userId: user.id, ids: [id] }
  const ended = await deleteSessions(tx, announce, which, 'replaced', deps)
  if (ended.length === 0) return
  const details = { count: 1, sessions: ended, reason: 'replaced' }
  await deps.record(tx, {
    kind: 'session.ended',
    actor: user,
    subject: user,
    sessionId: id,
    ip,
    details,
  })
}
