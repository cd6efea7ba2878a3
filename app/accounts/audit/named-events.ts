import { join, sqltag as sql, type Sql } from '@prisma/client/runtime/client'
import type { Client } from '~/database/types'
import { keysBeginningWith } from '../name-key'
import { usersBeginningWith } from '../users/beginning-with'

/** Of those who are called so today, so many are looked for by id, under whatever name they had. */
const MOST_PEOPLE = 200

/**
 * The events of the people whose name then, or whose name or address now, begins with what was
 * typed, to be put after FROM; all events when nothing was typed.
 *
 * @param many up to so many events are found by the indexes of the names, whatever else is asked of
 *   them; when there are more, no such index is used, so that the log is walked until a page is full
 */
export async function eventsNaming(client: Client, typed: string, many: number): Promise<Sql> {
  const range = keysBeginningWith(typed)
  if (!range) return sql`"AuditEvent"`
  const people = await usersBeginningWith(client, range, { take: MOST_PEOPLE })
  const ways = [
    sql`"actorKey" >= ${range.gte} AND "actorKey" < ${range.lt}`,
    sql`"subjectKey" >= ${range.gte} AND "subjectKey" < ${range.lt}`,
    ...(people.length > 0
      ? [sql`"actorId" IN (${join(people)})`, sql`"subjectId" IN (${join(people)})`]
      : []),
  ]
  const found = join(
    ways.map((way) => sql`SELECT "id" FROM "AuditEvent" WHERE ${way}`),
    ' UNION ALL ',
  )
  const beyondMany = await client.$queryRaw<unknown[]>`
    SELECT 1 FROM (${found}) AS "found" LIMIT 1 OFFSET ${many}`
  if (beyondMany.length === 0) {
    return sql`(
      WITH "named" AS MATERIALIZED (SELECT * FROM "AuditEvent" WHERE "id" IN (${found}))
      SELECT * FROM "named") AS "event"`
  }
  // "Not none of them" is the same as any of them, but for no planner a reason to take an index.
  const none = join(
    ways.map((way) => sql`(${way}) IS NOT TRUE`),
    ' AND ',
  )
  return sql`(SELECT * FROM "AuditEvent" WHERE NOT (${none})) AS "event"`
}
