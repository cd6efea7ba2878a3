import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseBusy, isOutOfTime } from '../errors'
import { PrismaClient } from '../generated/sqlite/client'
import type { Database, DatabaseOptions } from '../types'
import { createAdapter } from './adapter'
import { applyMigrations, identityOf } from './apply-migrations'
import { KNOWN_EVERYWHERE_AFTER_MS, watchChanges } from './changes'
import { connectReader, connectWriter, type StockAdapter } from './connection'
import { createCounters } from './counters'
import { createDurableLog } from './durable-log'
import { asOpeningError } from './errors'
import {
  checkFile,
  hasContent,
  isServed,
  leaveMarker,
  locationOf,
  prepareFile,
  prepareFolder,
  refuseLost,
  refuseMissing,
  refuseMoved,
  takeOwnership,
  hadDatabase,
  type Location,
} from './file'
import { adopt, hasLog, refuseForeignLog, renew } from './foreign-log'
import { usersWithPart } from './users-with-part'
import { createWriteTurns, deadlineIn, retryWhileBusy } from './write-lock'

const BUSY_LIMIT_MS = 5_000
const POLL_INTERVAL_MS = 100
const TRANSACTION_LIMIT_MS = 10_000
/** By how much Prisma outwaits the adapter, so that it is the adapter who gives up. */
const PATIENCE_MS = 5_000

const NONE: ReadonlySet<string> = new Set()

/** Opens the embedded database. One process owns it as its server; the command line may join. */
export async function openSqlite({
  url,
  clock,
  as = 'command-line',
  create = true,
  busyLimit = BUSY_LIMIT_MS,
  transactionLimit = TRANSACTION_LIMIT_MS,
  pollInterval = POLL_INTERVAL_MS,
}: DatabaseOptions): Promise<Database> {
  const isServer = as === 'server'
  const location = locationOf(url)
  const { writer, reader, release } = await openFile(location, {
    isServer,
    create,
    busyLimit,
  })
  const changes = watchChanges({ writer, clock, busyLimit, pollInterval })
  const turns = createWriteTurns(busyLimit)
  const log = createDurableLog({ writer, turns, busyLimit })
  const client = new PrismaClient({
    adapter: onlyOnce(createAdapter({ reader, writer, log, turns, busyLimit })),
    // The other formats weave source code into messages, and values into that; see server/log.ts.
    errorFormat: 'minimal',
    transactionOptions: { maxWait: busyLimit + PATIENCE_MS, timeout: transactionLimit },
  })
  await client.$connect()

  return {
    client,
    others: { changes },
    count: createCounters({ writer, turns, clock }),
    async transaction(work) {
      try {
        return await client.$transaction(work)
      } catch (error) {
        throw isOutOfTime(error) ? new DatabaseBusy({ cause: error }) : error
      }
    },
    // A transaction holds the only write lock that there is: every row is locked already.
    lockUsers: () => Promise.resolve(),
    lockAdministrators: () => Promise.resolve(),
    lockUnlessHeld: () => Promise.resolve(NONE),
    // Those who hear of what was written hear no more than that.
    giveReason: () => Promise.resolve(),
    usersWithPart,
    now: () => clock.now(),
    identity: identityOf(writer.raw),
    async ping() {
      await client.$queryRaw`SELECT "id" FROM "User" LIMIT 1`
    },
    async close() {
      if (!isServer && isServed(location)) await sleep(KNOWN_EVERYWHERE_AFTER_MS)
      changes.stop()
      await log.close()
      await client.$disconnect()
      release()
    },
  }
}

async function openFile(
  location: Location,
  { isServer, create, busyLimit }: { isServer: boolean; create: boolean; busyLimit: number },
) {
  const opened: Array<() => void> = []
  const release = () => {
    for (const close of opened.splice(0).reverse()) close()
  }
  try {
    refuseMoved(location)
    const before = hadDatabase(location)
    if (before && !hasContent(location)) refuseLost(location)
    if (!create) refuseMissing(location)
    prepareFolder(location)
    if (isServer) opened.push(takeOwnership(location))
    // A server that has the database open has asked that at its start.
    const isOurs = isServer || !isServed(location)
    if (isOurs) refuseForeignLog(location)
    const hadLog = hasLog(location.path)
    prepareFile(location)

    await checkFile(location.path, deadlineIn(busyLimit))
    if (isOurs && !hadLog) {
      await retryWhileBusy(deadlineIn(busyLimit), () => adopt(location, isServer))
    }
    await applyMigrations(location.path, { onEmpty: () => before && refuseLost(location) })
    const deadline = deadlineIn(busyLimit)
    const writer = await retryWhileBusy(deadline, () => connectWriter(location.path))
    opened.push(() => writer.raw.close())
    const reader = await retryWhileBusy(deadline, () => connectReader(location.path))
    opened.push(() => reader.raw.close())
    leaveMarker(location)
    if (isServer) await retryWhileBusy(deadline, () => renew(location))
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
    connect() {
      if (connected) return Promise.reject(new Error('The database is closed'))
      connected = true
      return Promise.resolve(adapter)
    },
  }
}
