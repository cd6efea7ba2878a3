import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import type pg from 'pg'
import { DatabaseBusy, DatabaseUnusable, isOutOfTime } from '../errors'
import { PrismaClient } from '../generated/postgres/client'
import type { Client, Database, DatabaseOptions } from '../types'
import { createAdapter } from './adapter'
import { applyMigrations } from './apply-migrations'
import { createChannel } from './channel'
import { CHANNEL_CONNECTIONS, connect, createPool, MIGRATION_SETTINGS } from './connection'
import { createCounters } from './counters'
import { asOpeningError, asQueryError, isConflict, QUEUE_LIMIT, queueFull } from './errors'
import { askIdentity } from './identity'
import { createLocks } from './locks'
import { refuseUnfit } from './requirements'
import { createDatabaseTime, TIME } from './time'
import { askForParts } from './users-with-part'

const STATEMENT_TIMEOUT_MS = 2_000
const CONNECTIONS = 10
const TRANSACTION_LIMIT_MS = 8_000
/** How often a transaction is tried that another one got in the way of. */
const ATTEMPTS = 5

/** Opens a database that several servers may share. */
export async function openPostgres({
  url,
  clock,
  create = true,
  statementTimeout = STATEMENT_TIMEOUT_MS,
  connections = CONNECTIONS,
  transactionLimit = TRANSACTION_LIMIT_MS,
  timeFrom = 'database',
  log,
}: DatabaseOptions): Promise<Database> {
  const time = createDatabaseTime(clock)
  const learnTime = timeFrom === 'database' ? time.learn : () => undefined
  await prepare(url, { create, log })
  const pool = createPool({ url, statementTimeout, connections })
  const channelPool = createPool({
    url,
    statementTimeout,
    connections: CHANNEL_CONNECTIONS,
    durable: false,
  })
  const client = new PrismaClient({
    adapter: await factoryOf(pool),
    // The other formats weave source code into messages, and values into that; see server/log.ts.
    errorFormat: 'minimal',
    transactionOptions: { maxWait: transactionLimit, timeout: transactionLimit },
  })
  // What was never connected would not be closed either.
  await client.$connect()
  const asked = clock.monotonic()
  learnTime(await askTime(pool), asked, clock.monotonic())
  const identity = await askIdentity(pool)

  let closed: Promise<void> | undefined
  async function close() {
    await client.$disconnect()
    await channelPool.end()
  }

  return {
    client: client as unknown as Client,
    others: { channel: createChannel({ url, pool: channelPool, clock, learnTime }) },
    count: createCounters(pool, time),
    async transaction(work) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await (client as unknown as TransactingClient).$transaction(work)
        } catch (error) {
          if (isConflict(error) && attempt < ATTEMPTS) continue
          throw isConflict(error) || isOutOfTime(error) ? new DatabaseBusy({ cause: error }) : error
        }
      }
    },
    ...createLocks(),
    async giveReason(tx, reason) {
      await tx.$queryRaw`SELECT set_config('latchkey.reason', ${reason}, true)`
    },
    usersWithPart: await askForParts(pool),
    now: time.now,
    identity,
    async ping() {
      try {
        const { rows } = await pool.query<{ usage: number }>(
          'SELECT pg_notification_queue_usage() AS "usage", EXISTS (SELECT 1 FROM "User") AS "any"',
        )
        if ((rows[0]?.usage ?? 0) > QUEUE_LIMIT) throw queueFull()
      } catch (error) {
        throw asQueryError(error)
      }
    },
    close: () => (closed ??= close()),
  }
}

type TransactingClient = { $transaction: Database['transaction'] }

async function prepare(
  url: string,
  { create, log }: { create: boolean; log: DatabaseOptions['log'] },
) {
  let client: pg.Client | undefined
  try {
    client = await connect(url)
    await refuseUnfit(client, log)
    await client.query(MIGRATION_SETTINGS)
    await applyMigrations(client, { onEmpty: () => create || refuseEmpty(), log })
  } catch (error) {
    throw asOpeningError(error)
  } finally {
    void client?.end().catch(() => {})
  }
}

function refuseEmpty(): never {
  throw new DatabaseUnusable(
    'The database that DATABASE_URL names is empty. Is it the right one? Start the server first.',
  )
}

async function factoryOf(pool: pg.Pool): Promise<SqlDriverAdapterFactory> {
  const adapter = await createAdapter(pool)
  return {
    provider: 'postgres',
    adapterName: adapter.adapterName,
    connect: () => Promise.resolve(adapter),
  }
}

async function askTime(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ time: number }>(`SELECT ${TIME} AS "time"`)
  return rows[0]!.time
}
