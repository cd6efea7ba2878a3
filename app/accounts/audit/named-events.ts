import { join, sqltag as sql, type Sql } from '@prisma/client/runtime/client'
import type { Database } from '~/database/types'
import { keysBeginningWith } from '../name-key'
import { usersBeginningWith, usersNamed } from '../users/named'

/** Of those who are called so today, so many are looked for by id, under whatever name they had. */
const MOST_PEOPLE = 200

/**
 * The events of the people whose name then begins with what was typed, or who are found by it in the
 * list of users now, to be put after FROM; all events when nothing was typed.
 *
 * @param many up to so many events are found by the indexes of the names, whatever else is asked of
 *   them; when there are more, no such index is used, so that the log is walked until a page is full
 */
export async function eventsNaming(database: Database, typed: string, many: number): Promise<Sql> {
  const range = keysBeginningWith(typed)
  if (!range) return sql`"AuditEvent"`
  const people = await idsOfPeople(database, typed)
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
  const beyondMany = await database.client.$queryRaw<unknown[]>`
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

/** Those who begin so, where it is a part of too many to ask for the events of each. */
async function idsOfPeople(database: Database, typed: string): Promise<string[]> {
  const found = await idsOf(database, usersNamed(database, typed)!.ids(MOST_PEOPLE + 1))
  if (found.length <= MOST_PEOPLE) return found
  return idsOf(database, usersBeginningWith(typed)!.ids(MOST_PEOPLE))
}

async function idsOf({ client }: Database, question: Sql): Promise<string[]> {
  const rows = await client.$queryRaw<{ id: string }[]>(question)
  return rows.map(({ id }) => id)
}
