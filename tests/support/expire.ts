import type { TestServer } from './server'

/**
 * Lets a session expire at another time than it would. What a server remembers of a session it believes
 * until something is said of it, which the database does of its person's name and not of its expiry.
 */
export async function expireAt({ query }: TestServer, sessionId: string, at: Date) {
  await query(
    'UPDATE "Session" SET "expiresAt" = ?, "endsAt" = ? WHERE "id" = ?',
    at,
    at,
    sessionId,
  )
  await query(
    `UPDATE "User" SET "name" = "name" || '.'
     WHERE "id" = (SELECT "userId" FROM "Session" WHERE "id" = ?)`,
    sessionId,
  )
}
