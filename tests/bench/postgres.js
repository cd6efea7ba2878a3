// A PostgreSQL that the measurements have to themselves, and what they put into it.
import { createHash, randomBytes } from 'node:crypto'
import pg from 'pg'
import { v7 } from 'uuid'
import { startPostgres } from '../support/postgres/start.js'

/**
 * Runs `work` with the address of a server of its own.
 *
 * @template T
 * @param {(server: string) => Promise<T>} work
 */
export async function withPostgres(work) {
  const { url, stop } = await startPostgres()
  try {
    await query(url, 'CREATE ROLE "latchkey" LOGIN')
    return await work(url)
  } finally {
    await stop()
  }
}

/** @param {string} server @param {string} name @returns {Promise<string>} for DATABASE_URL */
export async function createDatabase(server, name) {
  await query(server, `CREATE DATABASE "${name}" OWNER "latchkey"`)
  return Object.assign(new URL(server), { pathname: name, username: 'latchkey' }).href
}

/**
 * One person with so many sessions, all with one key for their form tokens.
 *
 * @param {string} database
 * @param {number} count
 * @returns {Promise<string[]>} the secrets of the sessions
 */
export async function addPerson(database, count) {
  const [userId, email] = [v7(), `${v7()}@example.com`]
  const ids = Array.from({ length: count }, () => v7())
  const secrets = ids.map((id) => `${id}.${randomBytes(32).toString('base64url')}`)
  const hashes = secrets.map((secret) => createHash('sha256').update(secret).digest())
  await query(
    database,
    `INSERT INTO "User" ("id", "email", "username", "name", "nameKey", "createdAt", "updatedAt", "lastActiveAt")
     VALUES ($1, $2, $1, 'Ada Lovelace', 'ada lovelace', now(), now(), now())`,
    [userId, email],
  )
  await query(
    database,
    `INSERT INTO "Session" ("id", "tokenHash", "formKey", "userId", "createdAt", "lastSeenAt",
       "authenticatedAt", "expiresAt", "endsAt", "ip", "userAgent")
     SELECT "id", "hash", $3, $4, now(), now(), now(), now() + interval '1 day',
       now() + interval '1 day', '192.0.2.1', 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0'
     FROM unnest($1::text[], $2::bytea[]) AS "new" ("id", "hash")`,
    [ids, hashes, randomBytes(32), userId],
  )
  return secrets
}

/** @param {string} connectionString @param {string} sql @param {unknown[]} [values] */
async function query(connectionString, sql, values = []) {
  const client = new pg.Client({ connectionString, options: '-c TimeZone=UTC' })
  await client.connect()
  try {
    await client.query(sql, values)
  } finally {
    await client.end()
  }
}
