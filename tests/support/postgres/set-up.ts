import pg from 'pg'
import { openDatabase } from '../../../app/database/open'
import { POSTGRES_OF_TEST } from '../databases.js'
import { TEMPLATE, urlOf } from './databases'
import { startPostgres } from './start.js'

/**
 * Starts the one PostgreSQL of a run of the tests, with a database in it that is migrated, of which
 * each file of tests gets copies. Vitest calls this for each project; the first does it for all.
 */
export default async function setUp() {
  if (process.env[POSTGRES_OF_TEST]) return undefined
  const { url, stop } = await startPostgres()
  try {
    await createTemplate(url)
  } catch (error) {
    await stop()
    throw error
  }
  process.env[POSTGRES_OF_TEST] = url
  return stop
}

/**
 * Starts one of a file's own, for what would be in the way of others: until it is stopped, it takes the
 * place of the run's, which the files after this one, of the same process, have again.
 */
export async function startOwnPostgres() {
  const postgres = await startPostgres()
  await createTemplate(postgres.url)
  const ofRun = process.env[POSTGRES_OF_TEST]
  process.env[POSTGRES_OF_TEST] = postgres.url
  return {
    ...postgres,
    stop() {
      process.env[POSTGRES_OF_TEST] = ofRun
      return postgres.stop()
    },
  }
}

async function createTemplate(url: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('CREATE ROLE "latchkey" LOGIN')
    await client.query(`CREATE DATABASE "${TEMPLATE}" OWNER "latchkey"`)
    const clock = { now: () => new Date(), monotonic: () => performance.now() }
    await (await openDatabase({ url: urlOf(url, TEMPLATE), clock })).close()
    // A database that somebody is connected to, were it PostgreSQL itself to clean up, cannot be copied.
    await client.query(`ALTER DATABASE "${TEMPLATE}" ALLOW_CONNECTIONS false`)
    await client.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1',
      [TEMPLATE],
    )
  } finally {
    await client.end()
  }
}
