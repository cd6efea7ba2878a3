import { queriesOf } from '../queries'
import { administratorsUrl } from './databases'

/**
 * Puts a function in the place of one of PostgreSQL's own, for whoever connects to this database from
 * now on: for what a test cannot bring about, such as eight gigabytes of notifications. Again, with
 * the same one, it is another from then on.
 */
export async function shadow(url: string, definition: string) {
  const { query, name } = administrator(url)
  await query('CREATE SCHEMA IF NOT EXISTS fault')
  await query('GRANT USAGE ON SCHEMA fault TO PUBLIC')
  await query(`CREATE OR REPLACE FUNCTION fault.${definition}`)
  await query(`ALTER DATABASE "${name}" SET search_path = public, fault, pg_catalog`)
}

export async function unshadow(url: string) {
  const { query, name } = administrator(url)
  await query(`ALTER DATABASE "${name}" RESET search_path`)
}

/** Cuts every connection to this database: what PostgreSQL says counts for those that are new. */
export async function reconnect(url: string) {
  await administrator(url).query(
    `SELECT pg_terminate_backend("pid") FROM "pg_stat_activity"
     WHERE "datname" = current_database() AND "pid" <> pg_backend_pid()`,
  )
}

const administrator = (url: string) => ({
  query: queriesOf(administratorsUrl(url)).query,
  name: new URL(url).pathname.slice(1),
})
