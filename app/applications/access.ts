import { join, type Sql, sqltag as sql } from '@prisma/client/runtime/client'
import { byUser, idsOf } from '~/accounts/batches'
import type { Announce, EndReason } from '~/accounts/revocations'
import { personOf, type RecordAudit } from '~/accounts/audit/record'
import type { Database, Transaction } from '~/database/types'

/*
 * Who may use an application: everybody with an account, or the members of its groups.
 */

/** A condition on columns, in a query that has the table "Application". */
export const mayUse = (userId: Sql): Sql => sql`("Application"."forEverybody" OR EXISTS (
  SELECT 1 FROM "ApplicationGroup"
    JOIN "GroupMember" ON "GroupMember"."groupId" = "ApplicationGroup"."groupId"
  WHERE "ApplicationGroup"."applicationId" = "Application"."id" AND "GroupMember"."userId" = ${userId}))`

/** Whether a person may use an application, in a transaction. */
export async function isOpenTo(
  tx: Transaction,
  userId: string,
  applicationId: string,
): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM "Application"
    WHERE "Application"."id" = ${applicationId} AND ${mayUse(sql`${userId}`)}`
  return rows.length > 0
}

/** Whether a session has shown a second factor, in a transaction. */
export const hasShownFactor = async (tx: Transaction, sessionId: string): Promise<boolean> =>
  (await tx.session.count({ where: { id: sessionId, secondFactor: { not: null } } })) > 0

/** Why a session may not open an application that exists, in a transaction; null where it may. */
export async function refusalToOpen(
  tx: Transaction,
  { userId, sessionId }: { userId: string; sessionId: string },
  applicationId: string,
): Promise<'NOT_THEIRS' | 'NEEDS_FACTOR' | null> {
  if (!(await isOpenTo(tx, userId, applicationId))) return 'NOT_THEIRS'
  const asks = await tx.application.count({ where: { id: applicationId, secondFactor: true } })
  return asks > 0 && !(await hasShownFactor(tx, sessionId)) ? 'NEEDS_FACTOR' : null
}

/** Which sign-ins at applications: some people's, or those of one application. */
type Affected = { userIds: readonly string[] } | { applicationId: string }

/**
 * Deletes the sign-ins of whoever may no longer use the application, so that they do not come back to
 * life when they may again. Whoever changes groups or access calls this in the same transaction. (What
 * a sign-in that slipped past finds is the same: each is asked about access whenever it is looked up.)
 */
export function createEndLostAccess({
  database,
  record,
}: {
  database: Pick<Database, 'giveReason'>
  record: RecordAudit
}) {
  return async function endLostAccess(tx: Transaction, announce: Announce, affected: Affected) {
    if ('userIds' in affected && affected.userIds.length === 0) return
    await database.giveReason(tx, 'access-taken')
    const which =
      'userIds' in affected
        ? sql`"ApplicationSession"."userId" IN (${join([...affected.userIds])})`
        : sql`"ApplicationSession"."applicationId" = ${affected.applicationId}`
    const gone = await tx.$queryRaw<Gone[]>`
      DELETE FROM "ApplicationSession" WHERE ${which} AND NOT EXISTS (
        SELECT 1 FROM "Application"
        WHERE "Application"."id" = "ApplicationSession"."applicationId"
          AND ${mayUse(sql`"ApplicationSession"."userId"`)})
      RETURNING "id", "userId", "applicationId"`
    announceEnded(announce, gone, 'access-taken')
    for (const [userId, ended] of byUser(gone)) {
      const applications = [...new Set(ended.map(({ applicationId }) => applicationId))]
      const subject = await personOf(tx, userId)
      const details = { applications, reason: 'access-taken' }
      await record(tx, { kind: 'application.left', actor: null, subject, details })
    }
  }
}

export type EndLostAccess = ReturnType<typeof createEndLostAccess>

/** Tells each person which of their sign-ins at applications ended. */
export function announceEnded(
  announce: Announce,
  ended: readonly { id: string; userId: string }[],
  reason: EndReason,
) {
  for (const [userId, rows] of byUser(ended)) {
    const applicationSessionIds = idsOf(rows)
    announce({ type: 'application-sign-ins-ended', userId, applicationSessionIds, reason })
  }
}

type Gone = { id: string; userId: string; applicationId: string }
