import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { ExamineOptions } from '../examine'
import { ok, SET_THE_CLOCK, skipped, warning, wrong, type Check, type Finding } from '../findings'
import { examineMigrations } from '../migrate'
import { postgresMigrations, readRecords } from './apply-migrations'
import { connect } from './connection'
import { asOpeningError, codeOf, QUEUE_LIMIT, queueFull } from './errors'
import { examineConnections } from './examine-connections'
import { examineRole } from './examine-role'
import { askFitness, type Fitness } from './requirements'
import { TIME } from './time'

const LATER = [
  'role',
  'migrations',
  'durability',
  'connections',
  'listening connection',
  'notification queue',
  'clock',
] as const

/** Nobody listens to it but us: what servers hear would be taken for an ending. */
const CHANNEL = 'latchkey_doctor'
const PATIENCE_MS = 5_000
const ARRIVES_WITHIN_MS = 2_000
/** From here on somebody should look for who does not read. */
const QUEUE_FILLS = 0.5
const CLOCK_TOLERANCE_MS = 2_000

/** Does examineDatabase (../examine.ts) for PostgreSQL. */
export async function examinePostgres({ url, load, clock }: ExamineOptions): Promise<Finding[]> {
  const unreachable = (text: string) => [
    wrong('database', text),
    ...skipped(LATER, 'the database cannot be asked'),
  ]
  let client: pg.Client
  let fitness: Fitness
  try {
    client = await connect(url, { patience: PATIENCE_MS })
    fitness = await askFitness(client)
  } catch (error) {
    return unreachable(sentenceOf(error))
  }
  try {
    const version = await valueOf<string>(client, `SELECT current_setting('server_version')`)
    const role = await examined('role', () => examineRole(client))
    return [
      ...(fitness.database.length > 0
        ? fitness.database.map((problem) => wrong('database', problem))
        : [ok('database', `PostgreSQL ${version}`)]),
      role,
      ...(role.verdict === 'ok'
        ? [await examined('migrations', () => migrations(client))]
        : skipped(['migrations'], 'the role may not look')),
      ...durability(fitness),
      await examined('connections', () => examineConnections(client, load)),
      await examined('listening connection', () => listening(client, url)),
      await examined('notification queue', () => queue(client)),
      await examined('clock', () => time(client, clock)),
    ]
  } catch (error) {
    return unreachable(sentenceOf(error))
  } finally {
    void client.end().catch(() => {})
  }
}

/** A check that PostgreSQL does not let us make, or breaks off, has found that. */
async function examined(check: Check, work: () => Promise<Finding>): Promise<Finding> {
  try {
    return await work()
  } catch (error) {
    return wrong(check, sentenceOf(error))
  }
}

function sentenceOf(error: unknown): string {
  if (codeOf(error) === '54000') return queueFull().message
  const problem = asOpeningError(error)
  if (problem !== error && problem instanceof Error) return problem.message
  return `PostgreSQL answered: ${error instanceof Error ? error.message : String(error)}.`
}

async function migrations(client: pg.Client): Promise<Finding> {
  return examineMigrations(postgresMigrations, await readRecords(client))
}

function durability({ durability: problems, oddities }: Fitness): Finding[] {
  const found = [
    ...problems.map((problem) => wrong('durability', problem)),
    ...oddities.map((oddity) => warning('durability', oddity)),
  ]
  return found.length > 0 ? found : [ok('durability')]
}

/**
 * Whether what is sent on one connection arrives on another. A pooler in transaction mode gives the
 * connection that listens to somebody else.
 */
async function listening(client: pg.Client, url: string): Promise<Finding> {
  const check = 'listening connection'
  const recovering = await valueOf<boolean>(client, 'SELECT pg_is_in_recovery()')
  if (recovering) return skipped([check], 'nothing can be sent over a standby')[0]!
  const listener = await connect(url, { patience: PATIENCE_MS })
  try {
    const sent = randomUUID()
    const arrived = new Promise<boolean>((resolve) => {
      listener.on('notification', ({ payload }) => payload === sent && resolve(true))
    })
    await listener.query(`LISTEN ${CHANNEL}`)
    await client.query('SELECT pg_notify($1, $2)', [CHANNEL, sent])
    const patience = new AbortController()
    const late = sleep(ARRIVES_WITHIN_MS, false, { signal: patience.signal }).catch(() => false)
    const isHeard = await Promise.race([arrived, late])
    patience.abort()
    await listener.query(`UNLISTEN ${CHANNEL}`)
    return isHeard ? ok(check) : wrong(check, LOST)
  } finally {
    void listener.end().catch(() => {})
  }
}

const LOST =
  'A notification that was sent on one connection did not arrive on another. A pooler in transaction ' +
  'mode stands between, which loses them, so that nothing can be answered from memory. Let ' +
  'DATABASE_URL go around it, or set its pool_mode to session.'

async function queue(client: pg.Client): Promise<Finding> {
  const check = 'notification queue'
  const usage = await valueOf<number>(client, 'SELECT pg_notification_queue_usage()')
  if (usage > QUEUE_LIMIT) return wrong(check, `${queueFull().message} ${FIND_IT}`)
  if (usage <= QUEUE_FILLS) return ok(check)
  return warning(
    check,
    `The notification queue of PostgreSQL is ${Math.round(usage * 100)} % full (see ` +
      'pg_notification_queue_usage()); when it is full, nothing can be ended. Find the connection that ' +
      `listens to something and does not read it, and end it. ${FIND_IT}`,
  )
}

const FIND_IT =
  'It is the one whose transaction has been open for longest: SELECT "pid", "application_name", ' +
  '"xact_start" FROM "pg_stat_activity" WHERE "xact_start" IS NOT NULL ORDER BY "xact_start"; then ' +
  'SELECT pg_terminate_backend(<pid>).'

/** Half of what the answer took is not known to be the clock's. */
async function time(client: pg.Client, clock: ExamineOptions['clock']): Promise<Finding> {
  const asked = clock.monotonic()
  const theirs = await valueOf<number>(client, `SELECT ${TIME}`)
  const took = clock.monotonic() - asked
  const ahead = clock.now().getTime() - took / 2 - theirs
  if (Math.abs(ahead) - took / 2 <= CLOCK_TOLERANCE_MS) return ok('clock')
  const seconds = Math.round(Math.abs(ahead) / 1_000)
  return warning(
    'clock',
    `This machine's clock is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} the database's. What ` +
      'counts is the time of the database; logs, and the certificates of TLS, go by that of the machine. ' +
      SET_THE_CLOCK,
  )
}

async function valueOf<T>(client: pg.Client, sql: string): Promise<T> {
  const { rows } = await client.query<Record<string, T>>(sql)
  return Object.values(rows[0]!)[0]!
}
