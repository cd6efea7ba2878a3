import type { Logger } from 'pino'
import type pg from 'pg'
import { DatabaseUnusable } from '../errors'

type Settings = {
  version: number
  encoding: string
  recovering: boolean
  fsync: string
  synchronousCommit: string
  isolation: string
}

const ASK = `
  SELECT current_setting('server_version_num')::integer AS "version",
    current_setting('server_encoding') AS "encoding",
    pg_is_in_recovery() AS "recovering",
    current_setting('fsync') AS "fsync",
    current_setting('synchronous_commit') AS "synchronousCommit",
    current_setting('default_transaction_isolation') AS "isolation"`

const OLDEST = 13

/**
 * Refuses a database that cannot keep the promise: a commit must be on the disk before it is answered,
 * and there must be one database that knows what is true.
 *
 * @throws DatabaseUnusable with a sentence that names the fix
 */
export async function refuseUnfit(client: pg.Client, log?: Pick<Logger, 'warn'>): Promise<void> {
  const { rows } = await client.query<Settings>(ASK)
  const settings = rows[0]!
  const problem = problemOf(settings)
  if (problem) throw new DatabaseUnusable(problem)
  for (const sentence of overruled(settings)) log?.warn(sentence)
}

function problemOf({ version, encoding, recovering, fsync }: Settings): string | undefined {
  if (version < OLDEST * 10_000) {
    return `PostgreSQL ${Math.floor(version / 10_000)} is too old. Latchkey needs ${OLDEST} or newer.`
  }
  if (encoding !== 'UTF8') {
    return `The database is encoded as ${encoding}. Create one with createdb --encoding=UTF8.`
  }
  if (recovering) {
    return 'This PostgreSQL is a standby, or still recovering. Let DATABASE_URL name the primary.'
  }
  if (fsync !== 'on') {
    return 'PostgreSQL runs with fsync=off: a sign-out could be forgotten. Set it to on.'
  }
  return undefined
}

/** What the database says for itself and our connections say otherwise. */
function* overruled({ synchronousCommit, isolation }: Settings) {
  if (/^(?:off|local)$/.test(synchronousCommit)) {
    yield `PostgreSQL's synchronous_commit is ${synchronousCommit}; Latchkey's connections set it to on.`
  }
  if (isolation !== 'read committed') {
    yield `PostgreSQL's default_transaction_isolation is ${isolation}; Latchkey's connections set it to read committed.`
  }
}
