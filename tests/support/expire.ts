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

/**
 * Lets it be long ago that the person of a session proved who they are: as after a recovery code, at the
 * beginning of 1970. For what a server remembers, see above.
 */
export async function makeStale({ query }: TestServer, sessionId: string) {
  await query('UPDATE "Session" SET "authenticatedAt" = ? WHERE "id" = ?', new Date(0), sessionId)
  await query(
    `UPDATE "User" SET "name" = "name" || '.'
     WHERE "id" = (SELECT "userId" FROM "Session" WHERE "id" = ?)`,
    sessionId,
  )
}

/** For a day, sessions prove who is in them, and a second step waits: for whoever looks at pages slowly. */
export async function letNothingExpire({ query }: TestServer) {
  const tomorrow = new Date(Date.now() + 86_400_000)
  await query('UPDATE "Session" SET "authenticatedAt" = ?', tomorrow)
  await query('UPDATE "PendingSignIn" SET "expiresAt" = ?', tomorrow)
}
