import type { Database, Transaction } from '~/database/database'
import type { Clock } from '../clock'
import type { Announce } from '../revocations'
import { bytesOfKey, looksLikeSecret, secretKey } from '../secret-token'
import { deleteSessions } from './delete-sessions'

/**
 * Ends the session that a browser had before it was given another, whosever it was: signing in again
 * is not a second device, and nobody can sign out of a session whose cookie was overwritten.
 */
export async function endReplaced(
  tx: Transaction,
  announce: Announce,
  secret: string | undefined,
  { database, clock }: { database: Database; clock: Clock },
): Promise<void> {
  if (!looksLikeSecret(secret)) return
  const tokenHash = bytesOfKey(secretKey(secret))
  const session = await tx.session.findUnique({ where: { tokenHash }, select: { userId: true } })
  if (!session) return
  const { userId } = session
  await database.lockUser(tx, userId)
  await deleteSessions(tx, announce, { userId, tokenHash }, 'replaced', { clock })
}
