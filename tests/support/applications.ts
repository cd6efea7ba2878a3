import { randomUUID } from 'node:crypto'
import { newId } from '../../app/accounts/row-id'
import type { Query } from './queries'

/*
 * Applications and who reached them, as rows: for tests of what follows, without a browser that goes
 * through a proxy.
 */

type Looks = { id: string; name: string; address: string; host: string }

/**
 * An application that everybody may use, or only a group of its own, called like it.
 *
 * @param looks.address where it is; without one, at a host of its own
 */
export async function addApplication(
  { query }: { query: Query },
  {
    name = 'Wiki',
    forEverybody = true,
    id = `${name.toLowerCase()}-${randomUUID().slice(0, 8)}`,
    address = `https://${id}.example.org`,
    upstream = null,
    publicPaths = '',
    moreOrigins = '',
  }: {
    name?: string
    forEverybody?: boolean
    id?: string
    address?: string
    upstream?: string | null
    publicPaths?: string
    moreOrigins?: string
  } = {},
): Promise<Looks> {
  const host = new URL(address).hostname
  const now = new Date()
  const no = 'FALSE'
  await query(
    `INSERT INTO "Application" ("id", "name", "address", "host", "forEverybody", "upstream",
       "publicPaths", "moreOrigins", "assertion", "createdAt")
     VALUES (?, ?, ?, ?, ${forEverybody ? 'TRUE' : no}, ?, ?, ?, ${no}, ?)`,
    ...[id, name, address, host, upstream, publicPaths, moreOrigins, now],
  )
  if (!forEverybody) {
    await query('INSERT INTO "Group" ("id", "name", "createdAt") VALUES (?, ?, ?)', id, id, now)
    await query(
      'INSERT INTO "ApplicationGroup" ("id", "applicationId", "groupId") VALUES (?, ?, ?)',
      ...[newId(), id, id],
    )
  }
  return { id, name, address, host }
}

/** Puts a person into the group that opens an application. */
export async function letIn({ query }: { query: Query }, userId: string, { id }: { id: string }) {
  await query(
    'INSERT INTO "GroupMember" ("id", "groupId", "userId") VALUES (?, ?, ?)',
    ...[newId(), id, userId],
  )
}

/** What a session leaves behind that has signed in to an application. Returns the id of the sign-in. */
export async function reach(
  { query }: { query: Query },
  { sessionId, userId }: { sessionId: string; userId: string },
  { id: applicationId }: { id: string },
  at = new Date(),
): Promise<string> {
  const id = newId()
  await query(
    `INSERT INTO "ApplicationSession"
       ("id", "sessionId", "applicationId", "userId", "createdAt", "lastUsedAt", "askAgain")
     VALUES (?, ?, ?, ?, ?, ?, FALSE)`,
    ...[id, sessionId, applicationId, userId, at, at],
  )
  await query(
    `INSERT INTO "ApplicationCookie" ("tokenHash", "applicationSessionId", "userId", "createdAt")
     VALUES (?, ?, ?, ?)`,
    ...[Buffer.from(randomUUID()), id, userId, at],
  )
  return id
}

/** The same for every session of a person that has not reached it. Returns the ids of the sign-ins. */
export async function signInAt(
  queries: { query: Query },
  { applicationId, userId }: { applicationId: string; userId: string },
): Promise<string[]> {
  const sessions = await queries.query<{ id: string }>(
    `SELECT "id" FROM "Session" WHERE "userId" = ? AND "id" NOT IN
     (SELECT "sessionId" FROM "ApplicationSession" WHERE "applicationId" = ?) ORDER BY "id"`,
    ...[userId, applicationId],
  )
  const reached = { id: applicationId }
  return Promise.all(sessions.map(({ id }) => reach(queries, { sessionId: id, userId }, reached)))
}
