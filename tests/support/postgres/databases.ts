import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { POSTGRES_OF_TEST } from '../databases.js'

export const TEMPLATE = 'latchkey_template'

/** A database of its own, migrated and empty. */
export const createPostgresDatabase = () => createFrom(TEMPLATE)

/** A database of its own without any tables. */
export const createBareDatabase = () => createFrom('template1')

async function createFrom(template: string) {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await administer(`CREATE DATABASE "${name}" TEMPLATE "${template}" OWNER "latchkey"`)
  return {
    url: urlOf(serversUrl(), name),
    drop: () => administer(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`),
  }
}

/** Where Latchkey finds a database of that server. */
export function urlOf(server: string, database: string): string {
  const url = new URL(server)
  url.username = 'latchkey'
  url.pathname = `/${database}`
  return url.href
}

/** The same database for somebody who may do everything. */
export function administratorsUrl(url: string): string {
  const other = new URL(url)
  other.username = 'postgres'
  return other.href
}

/** Runs one statement as the server's administrator. */
export async function administer(statement: string) {
  const client = new pg.Client({ connectionString: serversUrl() })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** Of the one server of this run of the tests, for its administrator. */
export function serversUrl(): string {
  const url = process.env[POSTGRES_OF_TEST]
  if (!url) throw new Error('No PostgreSQL was started for this run of the tests')
  return url
}
