import pg from 'pg'
import { asUnreachable } from './errors'

/** How long to wait for a connection, in milliseconds. */
const CONNECT_TIMEOUT_MS = 2_000
/** By how much we outwait PostgreSQL, so that it is PostgreSQL who gives up if it can be reached. */
const PATIENCE_MS = 500
/** A connection on which nothing moved for so long is asked whether the other end is still there. */
const KEEP_ALIVE_MS = 5_000

/** A transaction that does nothing for so long was forgotten by whoever began it. */
const IDLE_TRANSACTION_MS = 15_000

/** Connections of each node for pings, and for confirmations beside them. */
export const CHANNEL_CONNECTIONS = 2
/** All that a node has beside those that answer people: these, and the one that listens. */
export const OTHER_CONNECTIONS = CHANNEL_CONNECTIONS + 1

/**
 * A database's own defaults may say otherwise, and the promise depends on these.
 *
 * @param wait until a commit is on the disk, of the standbys too where there are some, or on this one
 */
const settingsOf = (wait: 'on' | 'local' | 'off') => `
  SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE;
  SET synchronous_commit = ${wait}`

/** For a connection that migrates: a standby that lacks a migration lacks its record as well. */
export const MIGRATION_SETTINGS = settingsOf('local')

/**
 * How we read times, that we are warned of a commit that is not yet where it should be, and that nobody
 * but us ends what takes long: a database's or role's defaults may say otherwise. Before version 14
 * there is no limit on an idle connection.
 */
const OWN_DEFAULTS = `
  SET datestyle = ISO;
  SET client_min_messages = warning;
  SET lock_timeout = 0;
  SELECT set_config("name", '0', false) FROM pg_settings WHERE "name" = 'idle_session_timeout'`

export type PoolOptions = {
  url: string
  /** How long a statement may take, in milliseconds. */
  statementTimeout: number
  connections: number
  /** Whether a commit waits until it is on the disk. Only what is worth nothing after a crash need not. */
  durable?: boolean
}

/** Connections that are shared by all who ask, each query by one of them at a time. */
export function createPool({
  url,
  statementTimeout,
  connections,
  durable = true,
}: PoolOptions): pg.Pool {
  const settings = `${OWN_DEFAULTS};
    ${settingsOf(durable ? 'on' : 'off')};
    SET statement_timeout = ${Math.ceil(statementTimeout)};
    SET idle_in_transaction_session_timeout = ${IDLE_TRANSACTION_MS}`
  const pool = new pg.Pool({
    ...common(url),
    max: connections,
    query_timeout: statementTimeout + PATIENCE_MS,
    verify: (client, done) => void client.query(settings).then(() => done(), done),
  })
  // Whoever uses a connection that is lost is told by the query that fails, and one that nobody uses
  // the pool takes out by itself. An event that nobody listens to would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  pool.on('error', () => {})
  return pool
}

/**
 * A connection of its own, without a limit on what a statement takes.
 *
 * @param options.patience how long to wait for an answer, in milliseconds; for ever otherwise
 * @throws DatabaseUnreachable when there is none to be had
 */
export async function connect(
  url: string,
  { patience }: { patience?: number } = {},
): Promise<pg.Client> {
  const client = new pg.Client({
    ...common(url),
    ...(patience !== undefined && { query_timeout: patience }),
  })
  // Whoever uses it is told by the query that fails, or listens for 'end'.
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(`SET statement_timeout = 0; ${OWN_DEFAULTS}`)
    return client
  } catch (error) {
    void client.end().catch(() => {})
    throw asUnreachable(error)
  }
}

function common(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'latchkey',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  }
}
