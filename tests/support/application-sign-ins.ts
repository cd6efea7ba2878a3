import { randomBytes, randomUUID } from 'node:crypto'
import type { Queries } from './queries'

/**
 * Signs browsers in to an application, as its proxy and the account site do together: every session of
 * a person that is not signed in there yet.
 *
 * @returns the ids of the sign-ins
 */
export async function signInAt(
  { query, queryEach }: Queries,
  { applicationId, userId }: { applicationId: string; userId: string },
): Promise<string[]> {
  const sessions = await query<{ id: string }>(
    `SELECT "id" FROM "Session" WHERE "userId" = ? AND "id" NOT IN
     (SELECT "sessionId" FROM "ApplicationSession" WHERE "applicationId" = ?) ORDER BY "id"`,
    userId,
    applicationId,
  )
  const signIns = sessions.map(({ id }) => ({ id, signInId: randomUUID() }))
  await queryEach(
    `INSERT INTO "ApplicationSession"
     ("id", "sessionId", "applicationId", "userId", "createdAt", "lastUsedAt", "askAgain")
     SELECT ?, "id", ?, "userId", "createdAt", "lastSeenAt", FALSE FROM "Session" WHERE "id" = ?`,
    signIns.map(({ id, signInId }) => [signInId, applicationId, id]),
  )
  await queryEach(
    `INSERT INTO "ApplicationCookie" ("tokenHash", "applicationSessionId", "userId", "createdAt")
     SELECT ?, "id", "userId", "createdAt" FROM "ApplicationSession" WHERE "id" = ?`,
    signIns.map(({ signInId }) => [randomBytes(32), signInId]),
  )
  return signIns.map(({ signInId }) => signInId)
}
