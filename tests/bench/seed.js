import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { v7 } from 'uuid'

const DAY_MS = 86_400_000

/** @typedef {import('better-sqlite3').Database} Database */
/** @typedef {{ id: string, secret: string }} SeededSession */

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
      return { id, secret }
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

/** @param {string} text */
const sha256 = (text) => createHash('sha256').update(text).digest()

/** As the typed client writes moments. @param {number} time milliseconds since 1970 */
export const stored = (time) => new Date(time).toISOString().replace('Z', '+00:00')
