import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { v7 } from 'uuid'

const DAY_MS = 86_400_000

/** @typedef {import('better-sqlite3').Database} Database */
/** @typedef {{ id: string, userId: string, secret: string }} SeededSession */

/**
 * Adds people without passwords, in one transaction.
 *
 * @param {Database} database
 * @param {number} count
 * @returns {string[]} their ids
 */
export function addUsers(database, count, { role = 'user', prefix = 'person' } = {}) {
  const insert = database.prepare(
    `INSERT INTO "User" ("id", "email", "username", "name", "nameKey", "role", "createdAt", "updatedAt", "lastActiveAt")
     VALUES (?, ?, ?, 'Ada Lovelace', 'ada lovelace', ?, ?, ?, ?)`,
  )
  const now = stored(Date.now())
  return database.transaction(() =>
    Array.from({ length: count }, (_, number) => {
      const id = v7()
      insert.run(id, `${prefix}-${number}@example.com`, `${prefix}-${number}`, role, now, now, now)
      return id
    }),
  )()
}

/**
 * Signs people in without asking for a password, past every limit, in one transaction.
 *
 * @param {Database} database
 * @param {Iterable<string>} userIds an id for every session
 * @returns {SeededSession[]}
 */
export function addSessions(database, userIds) {
  const insert = database.prepare(
    `INSERT INTO "Session" ("id", "tokenHash", "formKey", "userId", "createdAt", "lastSeenAt",
       "authenticatedAt", "expiresAt", "endsAt", "ip", "userAgent")
     VALUES (@id, @hash, @formKey, @userId, @now, @now, @now, @later, @later, '192.0.2.1',
       'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')`,
  )
  const [now, later] = [stored(Date.now()), stored(Date.now() + DAY_MS)]
  return database.transaction(() =>
    Array.from(userIds, (userId) => {
      const id = v7()
      const secret = `${id}.${randomBytes(32).toString('base64url')}`
      insert.run({ id, hash: sha256(secret), formKey: randomBytes(32), userId, now, later })
      return { id, userId, secret }
    }),
  )()
}

/**
 * Adds an API token.
 *
 * @param {Database} database
 * @param {string} userId
 * @param {string} scopes
 * @returns its text
 */
export function addToken(database, userId, scopes) {
  const secret = randomBytes(32).toString('base64url')
  const text = `lk_${secret}${crc32(secret).toString(36).padStart(7, '0')}`
  database
    .prepare(
      `INSERT INTO "ApiToken" ("id", "tokenHash", "userId", "name", "scopes", "createdAt", "createdBySession")
       VALUES (?, ?, ?, 'bench', ?, ?, ?)`,
    )
    .run(v7(), sha256(text), userId, scopes, stored(Date.now()), v7())
  return text
}

/**
 * Adds an application that everybody may use.
 *
 * @param {Database} database
 * @param {{ id: string, address: string }} application
 */
export function addApplication(database, { id, address }) {
  database
    .prepare(
      `INSERT INTO "Application" ("id", "name", "address", "host", "forEverybody", "publicPaths",
         "moreOrigins", "assertion", "createdAt")
       VALUES (?, ?, ?, ?, TRUE, '', '', FALSE, ?)`,
    )
    .run(id, id, address, new URL(address).hostname, stored(Date.now()))
}

/**
 * Signs sessions in to an application, in one transaction.
 *
 * @param {Database} database
 * @param {string} applicationId
 * @param {SeededSession[]} sessions
 * @returns {string[]} what the application's cookie holds, for each session
 */
export function addSignIns(database, applicationId, sessions) {
  const insertSignIn = database.prepare(
    `INSERT INTO "ApplicationSession" ("id", "sessionId", "applicationId", "userId", "createdAt",
       "lastUsedAt", "askAgain")
     VALUES (?, ?, ?, ?, ?, ?, FALSE)`,
  )
  const insertCookie = database.prepare(
    `INSERT INTO "ApplicationCookie" ("tokenHash", "applicationSessionId", "userId", "createdAt")
     VALUES (?, ?, ?, ?)`,
  )
  const now = stored(Date.now())
  return database.transaction(() =>
    sessions.map(({ id: sessionId, userId }) => {
      const id = v7()
      const secret = `lkc_${randomBytes(32).toString('base64url')}`
      insertSignIn.run(id, sessionId, applicationId, userId, now, now)
      insertCookie.run(sha256(secret), id, userId, now)
      return secret
    }),
  )()
}

/** @param {string} text */
const sha256 = (text) => createHash('sha256').update(text).digest()

/** As the typed client writes moments. @param {number} time milliseconds since 1970 */
export const stored = (time) => new Date(time).toISOString().replace('Z', '+00:00')
