import type { Transaction } from '~/database/database'
import type { Clock } from '../clock'
import type { Announce, EndReason } from '../revocations'

/** Which sessions. Never empty: every form names the user whose sessions they must be. */
export type Which =
  | { userId: string }
  | { userId: string; except: string }
  | { userId: string; ids: readonly string[] }
  | { userId: string; tokenHash: Uint8Array<ArrayBuffer> }

/**
 * Deletes session rows and announces what went: the only place where a session of a known user
 * ends. Rows that had expired already go too, but are not counted as sessions that ended.
 *
 * @returns the ids of the active sessions among the deleted ones
 */
export async function deleteSessions(
  tx: Transaction,
  announce: Announce,
  which: Which,
  reason: EndReason,
  { clock }: { clock: Clock },
): Promise<string[]> {
  const now = clock.now()
  const where = conditionFor(which)
  const found = await tx.session.findMany({ where, select: { id: true, expiresAt: true } })
  if (found.length === 0) return []
  await tx.session.deleteMany({ where })
  const sessionIds = found.filter((row) => row.expiresAt > now).map((row) => row.id)
  const expired = found.filter((row) => row.expiresAt <= now).map((row) => row.id)
  const { userId } = which
  if (sessionIds.length > 0) announce({ type: 'sessions-ended', userId, sessionIds, reason })
  if (expired.length > 0) {
    announce({ type: 'sessions-ended', userId, sessionIds: expired, reason: 'expired' })
  }
  return sessionIds
}

function conditionFor(which: Which) {
  const { userId } = which
  if ('except' in which) return { userId, id: { not: which.except } }
  if ('ids' in which) return { userId, id: { in: [...which.ids] } }
  if ('tokenHash' in which) return { userId, tokenHash: which.tokenHash }
  return { userId }
}
