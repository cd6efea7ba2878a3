import { asWriteError, deadlineIn, retryWhileBusy } from './busy'
import { withoutSync, type Connection, type StockAdapter } from './connection'
import { createPause } from './pause'
import { beginTransaction } from './transaction'
import { createTurns } from './turns'

/*
 * Prisma's stock adapter has one connection for everything. A plain query that is issued while
 * somebody else's transaction is open runs inside it: it reads what may be rolled back, and a write
 * that was acknowledged vanishes with the other's rollback. It also begins without the write lock,
 * so that reading and then writing fails when another process wrote in between.
 *
 * Here plain reads have a connection of their own, which sees only what was committed, and goes on
 * while a transaction is open or another process holds the write lock. Everything that writes takes
 * turns on the other connection. While it waits for another process, the turn is given back.
 */

export function createAdapter({
  reader,
  writer,
  busyLimit,
}: {
  reader: Connection
  writer: Connection
  busyLimit: number
}): StockAdapter {
  const turns = createTurns()
  const pause = createPause()

  async function read<T>(query: () => Promise<T>): Promise<T> {
    await pause()
    return retryWhileBusy(deadlineIn(busyLimit), query)
  }

  async function write<T>(sql: string, statement: () => Promise<T>): Promise<T> {
    await pause()
    const deadline = deadlineIn(busyLimit)
    const work = mayBeLost(sql) ? () => withoutSync(writer, statement) : statement
    try {
      return await retryWhileBusy(deadline, () => turns.inTurn(deadline, work))
    } catch (error) {
      throw asWriteError(error)
    }
  }

  return {
    provider: writer.adapter.provider,
    adapterName: writer.adapter.adapterName,
    queryRaw: (query) =>
      onlyReads(query.sql)
        ? read(() => reader.adapter.queryRaw(query))
        : write(query.sql, () => writer.adapter.queryRaw(query)),
    executeRaw: (query) => write(query.sql, () => writer.adapter.executeRaw(query)),
    executeScript: (script) => write(script, () => writer.adapter.executeScript(script)),
    startTransaction: () => beginTransaction({ writer, turns, pause, busyLimit }),
    async dispose() {
      await reader.adapter.dispose()
      await writer.adapter.dispose()
    },
  }
}

/** No SELECT of SQLite's writes. Anything else may: `DELETE … RETURNING` is a query too. */
function onlyReads(sql: string) {
  return /^\s*SELECT\b/i.test(sql)
}

/**
 * A power cut may take the last attempts that were counted with it: there are several to a sign-in,
 * and to wait for the disk after each would hold everybody up for longer than the sign-in itself.
 */
function mayBeLost(sql: string) {
  return /^\s*(INSERT INTO|UPDATE|DELETE FROM) `main`\.`RateLimiterFlexible`/.test(sql)
}
