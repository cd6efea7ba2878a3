import type { Database, Transaction } from '~/database/types'
import type { Clock } from '../time'
import type { Announce } from '../revocations'

/** What went with a user. */
export type DeletedCounts = {
  sessions: number
  apiTokens: number
  /** Browsers that were signed in to applications, each counted once for each. */
  applicationSignIns: number
}

/** The active sign-ins of a person at applications. */
export const activeSignIns = (userId: string, now: Date) => ({
  userId,
  cookies: { some: {} },
  session: { expiresAt: { gt: now } },
})

/**
 * Deletes a user whose row the transaction has locked. It is one DELETE: the database takes
 * password, sessions, API tokens and links along, so nothing can be left behind. What is read
 * before is only who has to be told.
 */
export async function deleteUser(
  tx: Transaction,
  announce: Announce,
  userId: string,
  { clock, database }: { clock: Clock; database: Pick<Database, 'giveReason'> },
): Promise<DeletedCounts> {
  const now = clock.now()
  const [sessions, tokens, applicationSignIns] = await Promise.all([
    tx.session.findMany({ where: { userId }, select: { id: true, expiresAt: true } }),
    tx.apiToken.findMany({ where: { userId }, select: { id: true } }),
    tx.applicationSession.count({ where: activeSignIns(userId, now) }),
  ])
  await database.giveReason(tx, 'account-deleted')
  await tx.user.delete({ where: { id: userId } })
  const sessionIds = sessions.map(({ id }) => id)
  const tokenIds = tokens.map(({ id }) => id)
  announce({ type: 'sessions-ended', userId, sessionIds, reason: 'account-deleted' })
  announce({ type: 'tokens-ended', userId, tokenIds })
  announce({ type: 'user-changed', userId })
  return {
    sessions: sessions.filter(({ expiresAt }) => expiresAt > now).length,
    apiTokens: tokenIds.length,
    applicationSignIns,
  }
}
