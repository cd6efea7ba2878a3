import { sqltag as sql, type Sql } from '@prisma/client/runtime/client'
import type pg from 'pg'

/** What the migration indexes where pg_trgm is to be had. */
const TEXT = sql`("nameKey" || E'\n' || "email" || E'\n' || "username")`

/** Does usersWithPart (../types.ts) for PostgreSQL: null where the migration could make no index of trigrams. */
export async function askForParts(pool: pg.Pool): Promise<((part: string) => Sql) | null> {
  const { rows } = await pool.query<{ isThere: boolean }>(
    `SELECT to_regclass('"User_search_idx"') IS NOT NULL AS "isThere"`,
  )
  return rows[0]?.isThere ? usersWithPart : null
}

function usersWithPart(part: string): Sql {
  // Names, addresses and usernames are of one line.
  if (part.includes('\n')) return sql`SELECT "id" FROM "User" WHERE FALSE`
  const pattern = `%${part.replaceAll(/[\\%_]/g, '\\$&')}%`
  return sql`SELECT "id" FROM "User" WHERE ${TEXT} LIKE ${pattern}`
}
