import { queriesOf } from '../queries'
import { administratorsUrl } from './databases'

/**
 * Puts a function in the place of one of PostgreSQL's own, for whoever connects to this database from
 * now on: for what a test cannot bring about, such as eight gigabytes of notifications.
 */
export async function shadow(url: string, definition: string) {
  const { query, name } = administrator(url)
  await query('CREATE SCHEMA fault')
  await query('GRANT USAGE ON SCHEMA fault TO PUBLIC')
  await query(`CREATE FUNCTION fault.${definition}`)
  await query(`ALTER DATABASE "${name}" SET search_path = public, fault, pg_catalog`)
}

export async function unshadow(url: string) {
  const { query, name } = administrator(url)
  await query(`ALTER DATABASE "${name}" RESET search_path`)
}

const administrator = (url: string) => ({
  query: queriesOf(administratorsUrl(url)).query,
  name: new URL(url).pathname.slice(1),
})
