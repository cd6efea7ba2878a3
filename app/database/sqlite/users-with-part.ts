import { sqltag as sql, type Sql } from '@prisma/client/runtime/client'

/** Does usersWithPart (../types.ts) for SQLite, which has its index of trigrams everywhere. */
export function usersWithPart(part: string): Sql {
  // In quotes everything but a quote stands for itself.
  const phrase = `"${part.replaceAll('"', '""')}"`
  // Not in the other order, in which everybody would be looked at.
  return sql`
    SELECT "userId" AS "id" FROM "UserSearch"
    CROSS JOIN "UserSearchRow" ON "UserSearchRow"."row" = "UserSearch"."rowid"
    WHERE "UserSearch" MATCH ${phrase}`
}
