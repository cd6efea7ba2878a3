import { join, type Sql, sqltag as sql } from '@prisma/client/runtime/client'
import type { Database, Transaction } from '~/database/types'
import type { Clock } from '../time'
import type { Announce, EndReason } from '../revocations'

/** Which sessions. Never empty: every form names the user whose sessions they must be. */
export type SessionFilter =
  | { userId: string }
  | { userId: string; except: string }
  | { userId: string; ids: readonly string[] }

/**
 * The names of the applications that these sessions are signed in to, and will not be any more once they
 * have ended. Asked in the transaction that ends them, under the lock of their user: nobody signs in to
 * another one in between.
 */
export async function applicationsReached(
  tx: Pick<Transaction, 'application'>,
  which: SessionFilter,
  { clock }: { clock: Clock },
): Promise<string[]> {
  const { userId } = which
  const ofThese =
    'except' in which
      ? { id: { not: which.except } }
      : 'ids' in which
        ? { id: { in: [...which.ids] } }
        : {}
  const session = { userId, expiresAt: { gt: clock.now() }, ...ofThese }
  const rows = await tx.application.findMany({
    where: { sessions: { some: { session, cookies: { some: {} } } } },
    orderBy: { name: 'asc' },
    select: { name: true },
  })
  return rows.map(({ name }) => name)
}

/**
 * Deletes session rows and announces what went: the only place where a session of a known user
 * ends. Rows that had expired already go too, but are not counted as sessions that ended. In SQL,
 * since the typed client cannot delete rows and say which they were.
 *
 * @returns the ids of the active sessions among the deleted ones
 */
export async function deleteSessions(
  tx: Transaction,
  announce: Announce,
  which: SessionFilter,
  reason: EndReason,
  { clock, database }: { clock: Clock; database: Pick<Database, 'giveReason'> },
): Promise<string[]> {
  await database.giveReason(tx, reason)
  const gone = await tx.$queryRaw<{ id: string; active: boolean | bigint }[]>`
    DELETE FROM "Session" WHERE "userId" = ${which.userId} AND ${conditionFor(which)}
    RETURNING "id", "expiresAt" > ${clock.now()} AS "active"`
  const idsOf = (rows: typeof gone) => rows.map(({ id }) => id)
  const active = idsOf(gone.filter((row) => row.active))
  const expired = idsOf(gone.filter((row) => !row.active))
  const { userId } = which
  if (active.length > 0) announce({ type: 'sessions-ended', userId, sessionIds: active, reason })
  if (expired.length > 0) {
    announce({ type: 'sessions-ended', userId, sessionIds: expired, reason: 'expired' })
  }
  return active
}

function conditionFor(which: SessionFilter): Sql {
  if ('except' in which) return sql`"id" <> ${which.except}`
  if (!('ids' in which)) return sql`TRUE`
  return which.ids.length > 0 ? sql`"id" IN (${join([...which.ids])})` : sql`FALSE`
}
