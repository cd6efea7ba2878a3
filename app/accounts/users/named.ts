import { join, sqltag as sql, type Sql } from '@prisma/client/runtime/client'
import type { Database } from '~/database/types'
import { keysBeginningWith, partTyped } from '../name-key'

/** Those who are called what somebody typed, or whose e-mail address or username is that. */
export type Named = {
  /** Whether what was typed may stand anywhere in them; else they begin with it. */
  byPart: boolean
  /** A question for at most so many of their ids, answered by an index of their own. */
  ids: (take: number) => Sql
  /** For rows of "User" that another index leads to: said so that no planner takes one for this. */
  condition: Sql
}

const COLUMNS = [sql`"nameKey"`, sql`"email"`, sql`"username"`]

/**
 * Any part of the three is looked for, from three characters on; their beginning when less was typed, or
 * where the database can find no parts. Null when nothing was typed.
 */
export function usersNamed(
  { usersWithPart }: Pick<Database, 'usersWithPart'>,
  typed: string,
): Named | null {
  const part = partTyped(typed)
  if (part === null || !usersWithPart) return usersBeginningWith(typed)
  const pattern = `%${part.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  return {
    byPart: true,
    ids: (take) => sql`${usersWithPart(part)} LIMIT ${take}`,
    condition: anyColumn((column) => sql`${column} LIKE ${pattern} ESCAPE '\\'`),
  }
}

/** Those with a name, an e-mail address or a username that begins so. */
export function usersBeginningWith(typed: string): Named | null {
  const range = keysBeginningWith(typed)
  if (!range) return null
  const begins = (column: Sql) => sql`${column} >= ${range.gte} AND ${column} < ${range.lt}`
  return {
    byPart: false,
    ids(take) {
      // Each in the order of its own index, and so at an end with the last row that it needs.
      const found = COLUMNS.map(
        (column) => sql`
          SELECT "id" FROM (
            SELECT "id" FROM "User" WHERE ${begins(column)} ORDER BY ${column} LIMIT ${take}
          ) AS "one"`,
      )
      return sql`${join(found, ' UNION ')} LIMIT ${take}`
    },
    condition: anyColumn(begins),
  }
}

const anyColumn = (ofColumn: (column: Sql) => Sql) =>
  sql`(${join(
    COLUMNS.map((column) => sql`(${ofColumn(column)})`),
    ' OR ',
  )}) IS TRUE`
