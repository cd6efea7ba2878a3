import type { Database, DatabaseOptions } from '../database'
import { DatabaseBusy } from '../errors'
import { PrismaClient } from '../generated/sqlite/client'
import { optimiseQueryCompilerLater } from '../query-compiler'
import { createAdapter } from './adapter'
import { applyMigrations } from './apply-migrations'
import { deadlineIn, retryWhileBusy } from './busy'
import { checkFile } from './check'
import { checkpointInBackground } from './checkpoints'
import { connectReader, connectWriter, type StockAdapter } from './connection'
import { createCounters } from './counters'
import { createDurableLog } from './durable-log'
import { watchForeignChanges } from './foreign-changes'
import { createInsertMany } from './insert-many'
import {
  hasContent,
  leaveMarker,
  locationOf,
  prepareFile,
  prepareFolder,
  refuseLost,
  refuseMissing,
  wasHere,
  type Location,
} from './location'
import { createOpenTransactions } from './open-transactions'
import { takeOwnership } from './ownership'
import { pause } from './pause'
import { createSignInStatements } from './sign-in-statements'
import { createTurns } from './turns'
import { explain } from './unusable'

const BUSY_LIMIT_MS = 5_000
const POLL_INTERVAL_MS = 100
const TRANSACTION_LIMIT_MS = 10_000
/** By how much Prisma outwaits the adapter, so that it is the adapter who gives up. */
const PATIENCE_MS = 5_000

/** Opens the embedded database. One process owns it as its server; the command line may join. */
export async function openSqlite({
  url,
  clock,
  owner = false,
  create = true,
  nextTurn = pause,
  busyLimit = BUSY_LIMIT_MS,
  transactionLimit = TRANSACTION_LIMIT_MS,
  pollInterval = POLL_INTERVAL_MS,
}: DatabaseOptions): Promise<Database> {
  const { writer, reader, release } = await openFile(locationOf(url), {
    owner,
    create,
    busyLimit,
  })
  const foreignChanges = watchForeignChanges({ writer, clock, busyLimit, pollInterval })
  const log = createDurableLog(writer.raw)
  const shared = { writer, turns: createTurns(), busyLimit, nextTurn }
  const transactions = createOpenTransactions()
  const insertMany = createInsertMany(writer.raw)
  const stopCheckpoints = owner && checkpointInBackground(writer.raw)
  optimiseQueryCompilerLater()
  const client = new PrismaClient({
    adapter: onlyOnce(createAdapter({ ...shared, reader, log, began: transactions.began })),
    // The other formats weave source code into messages, and values into that; see server/log.ts.
    errorFormat: 'minimal',
    transactionOptions: { maxWait: busyLimit + PATIENCE_MS, timeout: transactionLimit },
  })
  await client.$connect()

  return {
    client,
    foreignChanges,
    count: createCounters(shared),
    signIns: createSignInStatements({ ...shared, reader, transactions }),
    async transaction(work) {
      try {
        return await client.$transaction(async (tx) => {
          transactions.adopt(tx)
          await nextTurn()
          return work(tx)
        })
      } catch (error) {
        throw isOutOfTime(error) ? new DatabaseBusy({ cause: error }) : error
      }
    },
    async lockUser() {
      // The transaction holds the only write lock there is, so the row is locked already.
    },
    async lockAdministrators() {
      // Locked already, for the same reason.
    },
    async insertMany(tx, table, rows) {
      await transactions.behind(tx).run(() => insertMany(table, rows))
    },
    async ping() {
      await client.$queryRaw`SELECT "id" FROM "User" LIMIT 1`
    },
    async close() {
      foreignChanges.stop()
      await log.close()
      if (stopCheckpoints) await stopCheckpoints()
      await client.$disconnect()
      release()
    },
  }
}

async function openFile(
  location: Location,
  { owner, create, busyLimit }: { owner: boolean; create: boolean; busyLimit: number },
) {
  const opened: Array<() => void> = []
  const release = () => {
    for (const close of opened.splice(0).reverse()) close()
  }
  try {
    const before = wasHere(location)
    if (before && !hasContent(location)) refuseLost(location)
    if (!create) refuseMissing(location)
    prepareFolder(location)
    if (owner) opened.push(takeOwnership(location))
    prepareFile(location)

    await checkFile(location.path, deadlineIn(busyLimit))
    await applyMigrations(location.path, { onEmpty: () => before && refuseLost(location) })
    const deadline = deadlineIn(busyLimit)
    const writer = await retryWhileBusy(deadline, () => connectWriter(location.path))
    opened.push(() => writer.raw.close())
    const reader = await retryWhileBusy(deadline, () => connectReader(location.path))
    opened.push(() => reader.raw.close())
    leaveMarker(location)
    return { writer, reader, release }
  } catch (error) {
    release()
    throw explain(error, location.path)
  }
}

/** Prisma connects again by itself after a disconnect; a closed database stays closed. */
function onlyOnce(adapter: StockAdapter) {
  let connected = false
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    async connect() {
      if (connected) throw new Error('The database is closed')
      connected = true
      return adapter
    },
  }
}

/** P2028 is Prisma's code for a transaction that it has rolled back because its time was up. */
function isOutOfTime(error: unknown) {
  return error instanceof Error && 'code' in error && error.code === 'P2028'
}
