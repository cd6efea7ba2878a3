import { DatabaseBusy } from '../errors'
import type { Connection, StockAdapter } from './connection'
import type { DurableLog } from './durable-log'
import { asWriteError } from './errors'
import { deadlineIn, retryWhileBusy, type Deadline, type WriteTurns } from './write-lock'

/*
 * Prisma's stock adapter has one connection for everything. A plain query that is issued while
 * somebody else's transaction is open runs inside it: it reads what may be rolled back, and a write
 * that was acknowledged vanishes with the other's rollback. It also begins without the write lock,
 * so that reading and then writing fails when another process wrote in between.
 *
 * Here plain reads have a connection of their own, which sees only what was committed, and goes on
 * while a transaction is open or another process holds the write lock. Everything that writes takes
 * turns on the other connection, and is answered when it is on the disk.
 */

type Parts = {
  reader: Connection
  writer: Connection
  log: DurableLog
  turns: WriteTurns
  /** How long anything waits for another process's lock, in milliseconds. */
  busyLimit: number
}

export function createAdapter(parts: Parts): StockAdapter {
  const { reader, writer, log, turns, busyLimit } = parts

  const read = <T>(query: () => Promise<T>) => retryWhileBusy(deadlineIn(busyLimit), query)

  async function write<T>(statement: () => Promise<T>): Promise<T> {
    const result = await turns.write(statement)
    await log.flush()
    return result
  }

  return {
    provider: writer.adapter.provider,
    adapterName: writer.adapter.adapterName,
    queryRaw: (query) =>
      onlyReads(query.sql)
        ? read(() => reader.adapter.queryRaw(query))
        : write(() => writer.adapter.queryRaw(query)),
    executeRaw: (query) => write(() => writer.adapter.executeRaw(query)),
    executeScript: (script) => write(() => writer.adapter.executeScript(script)),
    startTransaction: () => beginTransaction(parts),
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

type StockTransaction = Awaited<ReturnType<StockAdapter['startTransaction']>>

/**
 * Begins a transaction that has the write lock from its first moment, as Prisma's adapters hand it
 * over. Its turn ends with its commit or rollback, whatever becomes of either.
 */
async function beginTransaction({
  writer,
  log,
  turns,
  busyLimit,
}: Parts): Promise<StockTransaction> {
  const deadline = deadlineIn(busyLimit)
  const endTurn = await retryWhileBusy(deadline, () => begin(writer, turns, deadline))
  let open = true
  let ended = false

  /** Prisma rolls back after its time limit, also between two statements of one operation. */
  async function whileOpen<T>(statement: () => Promise<T>): Promise<T> {
    if (!open) throw new DatabaseBusy({ cause: new Error('This transaction was rolled back') })
    try {
      return await statement()
    } catch (error) {
      throw asWriteError(error)
    } finally {
      // A full disk can make SQLite roll back by itself; the next statement would commit alone.
      open &&= writer.raw.inTransaction
    }
  }

  async function execute(sql: string) {
    await whileOpen(() => writer.adapter.executeRaw({ sql, args: [], argTypes: [] }))
  }

  function end() {
    open = false
    try {
      if (!ended && writer.raw.inTransaction) writer.raw.exec('ROLLBACK')
    } finally {
      ended = true
      endTurn()
    }
  }

  return {
    provider: writer.adapter.provider,
    adapterName: writer.adapter.adapterName,
    // Makes Prisma call commit() and rollback() without sending those statements itself, which would
    // leave the transaction open after a COMMIT that failed.
    options: { usePhantomQuery: true },
    queryRaw: (query) => whileOpen(() => writer.adapter.queryRaw(query)),
    executeRaw: (query) => whileOpen(() => writer.adapter.executeRaw(query)),
    async commit() {
      try {
        await retryWhileBusy(deadlineIn(busyLimit), () => execute('COMMIT'))
      } finally {
        end()
      }
      // Also when nothing changed: what it found done already may not be on the disk yet.
      await log.flush()
    },
    rollback() {
      end()
      return Promise.resolve()
    },
    createSavepoint: (name) => execute(`SAVEPOINT ${name}`),
    rollbackToSavepoint: (name) => execute(`ROLLBACK TO ${name}`),
    releaseSavepoint: (name) => execute(`RELEASE SAVEPOINT ${name}`),
  }
}

async function begin(writer: Connection, turns: WriteTurns, deadline: Deadline) {
  const endTurn = await turns.take(deadline)
  try {
    writer.raw.exec('BEGIN IMMEDIATE')
    return endTurn
  } catch (error) {
    endTurn()
    throw error
  }
}
