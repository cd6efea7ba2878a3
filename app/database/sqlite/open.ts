import type { Database, DatabaseOptions } from '../database'
import { DatabaseBusy } from '../errors'
import { PrismaClient } from '../generated/sqlite/client'
import { createAdapter } from './adapter'
import { applyMigrations } from './apply-migrations'
import { checkFile } from './check'
import { connectReader, connectWriter, type StockAdapter } from './connection'
import { createCounters } from './counters'
import { createDurableLog } from './durable-log'
import { asOpeningError } from './errors'
import { watchForeignChanges } from './foreign-changes'
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
import { takeOwnership } from './ownership'
import { createWriteTurns, deadlineIn, retryWhileBusy } from './write-lock'

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
  const turns = createWriteTurns(busyLimit)
  const client = new PrismaClient({
    adapter: onlyOnce(createAdapter({ reader, writer, log, turns, busyLimit })),
    // The other formats weave source code into messages, and values into that; see server/log.ts.
    errorFormat: 'minimal',
    transactionOptions: { maxWait: busyLimit + PATIENCE_MS, timeout: transactionLimit },
  })
  await client.$connect()

  return {
    client,
    foreignChanges,
    count: createCounters({ writer, turns, clock }),
    async transaction(work) {
      try {
        return await client.$transaction(work)
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
    async ping() {
      await client.$queryRaw`SELECT "id" FROM "User" LIMIT 1`
    },
    async close() {
      foreignChanges.stop()
      await log.close()
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
    throw asOpeningError(error, location.path)
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
