import type { Logger } from 'pino'
import type pg from 'pg'
import { DatabaseUnusable } from '../errors'

type Settings = {
  version: number
  encoding: string
  recovering: boolean
  fsync: string
  fullPageWrites: string
  synchronousCommit: string
  isolation: string
  replicationRole: string
}

const ASK = `
  SELECT current_setting('server_version_num')::integer AS "version",
    current_setting('server_encoding') AS "encoding",
    pg_is_in_recovery() AS "recovering",
    current_setting('fsync') AS "fsync",
    current_setting('full_page_writes') AS "fullPageWrites",
    current_setting('synchronous_commit') AS "synchronousCommit",
    current_setting('default_transaction_isolation') AS "isolation",
    current_setting('session_replication_role') AS "replicationRole"`

const OLDEST = 13

/** What is wrong with the database itself, with how it keeps what was committed, and what is only odd. */
export type Fitness = { database: string[]; durability: string[]; oddities: string[] }

export async function askFitness(client: pg.Client): Promise<Fitness> {
  const { rows } = await client.query<Settings>(ASK)
  const settings = rows[0]!
  return {
    database: [...problemsOf(settings)],
    durability: [...durabilityProblemsOf(settings)],
    oddities: [...odditiesOf(settings)],
  }
}

/**
 * Refuses a database that cannot keep the promise: a commit must be on the disk before it is answered,
 * and there must be one database that knows what is true.
 *
 * @throws DatabaseUnusable with a sentence that names the fix
 */
export async function refuseUnfit(client: pg.Client, log?: Pick<Logger, 'warn'>): Promise<void> {
  const { database, durability, oddities } = await askFitness(client)
  const [problem] = [...database, ...durability]
  if (problem) throw new DatabaseUnusable(problem)
  for (const sentence of oddities) log?.warn(sentence)
}

function* problemsOf({ version, encoding, recovering, replicationRole }: Settings) {
  if (version < OLDEST * 10_000) {
    yield `PostgreSQL ${Math.floor(version / 10_000)} is too old. Latchkey needs ${OLDEST} or newer.`
  }
  if (encoding !== 'UTF8') {
    yield `The database is encoded as ${encoding}. Create one with createdb --template=template0 --encoding=UTF8.`
  }
  if (recovering) {
    yield 'This PostgreSQL is a standby, or still recovering. Let DATABASE_URL name the primary.'
  }
  if (replicationRole === 'replica') {
    yield (
      "PostgreSQL's session_replication_role is replica here, which switches off the triggers that " +
      'announce what ends. Set it to origin for this database and role.'
    )
  }
}

function* durabilityProblemsOf({ fsync }: Settings) {
  if (fsync !== 'on') {
    yield 'PostgreSQL runs with fsync=off: a sign-out could be forgotten. Set it to on.'
  }
}

/** What the disk has to be trusted with, and what our connections say otherwise than the database. */
function* odditiesOf({ fullPageWrites, synchronousCommit, isolation }: Settings) {
  if (fullPageWrites !== 'on') {
    yield (
      "PostgreSQL's full_page_writes is off: a power cut could damage the database, unless its disk " +
      'never writes half a page. Set it to on.'
    )
  }
  if (/^(?:off|local)$/.test(synchronousCommit)) {
    yield `PostgreSQL's synchronous_commit is ${synchronousCommit}; Latchkey's connections set it to on.`
  }
  if (isolation !== 'read committed') {
    yield `PostgreSQL's default_transaction_isolation is ${isolation}; Latchkey's connections set it to read committed.`
  }
}
