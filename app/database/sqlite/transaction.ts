import { DatabaseBusy } from '../errors'
import { betweenTurns } from './between-turns'
import { asWriteError, deadlineIn, retryWhileBusy, type Deadline } from './busy'
import type { Connection, StockAdapter } from './connection'
import type { DurableLog } from './durable-log'
import type { Turns } from './turns'
import type { WriteTurns } from './write-turn'

type StockTransaction = Awaited<ReturnType<StockAdapter['startTransaction']>>

export type OpenTransaction = StockTransaction & {
  /** Runs statements that go past Prisma; DatabaseBusy when the transaction is over by then. */
  run<T>(statements: () => T): Promise<T>
}

/**
 * Begins a transaction that has the write lock from its first moment, as Prisma's adapters hand it
 * over. Its turn ends with its commit or rollback, whatever becomes of either.
 */
export async function beginTransaction({
  writer,
  log,
  turns,
  busyLimit,
  nextTurn,
}: WriteTurns & { writer: Connection; log: DurableLog }): Promise<OpenTransaction> {
  const endTurn = await betweenTurns(nextTurn, () => {
    const deadline = deadlineIn(busyLimit)
    return retryWhileBusy(deadline, () => begin(writer, turns, deadline))
  })

  const run = <T>(statement: () => T | Promise<T>) =>
    betweenTurns(nextTurn, () => whileOpen(statement))

  /** Prisma rolls back after its time limit, also between two statements of one operation. */
  async function whileOpen<T>(statement: () => T | Promise<T>): Promise<T> {
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

  function end() {
    open = false
    try {
      if (!ended && writer.raw.inTransaction) writer.raw.exec('ROLLBACK')
    } finally {
      ended = true
      endTurn()
    }
  }

  /** Without a turn after it: whoever writes next waits until the end is known. */
  const execute = async (sql: string) => {
    await nextTurn()
    await whileOpen(() => writer.adapter.executeRaw({ sql, args: [], argTypes: [] }))
  }

  let open = true
  let ended = false
  return {
    provider: writer.adapter.provider,
    adapterName: writer.adapter.adapterName,
    run,
    // Makes Prisma call commit() and rollback() without sending those statements itself, which would
    // leave the transaction open after a COMMIT that failed.
    options: { usePhantomQuery: true },
    queryRaw: (query) => run(() => writer.adapter.queryRaw(query)),
    executeRaw: (query) => run(() => writer.adapter.executeRaw(query)),
    async commit() {
      try {
        await retryWhileBusy(deadlineIn(busyLimit), () => execute('COMMIT'))
      } finally {
        end()
      }
      // Also when nothing changed: what it found done already may not be on the disk yet.
      await log.flush()
    },
    async rollback() {
      end()
    },
    createSavepoint: (name) => execute(`SAVEPOINT ${name}`),
    rollbackToSavepoint: (name) => execute(`ROLLBACK TO ${name}`),
    releaseSavepoint: (name) => execute(`RELEASE SAVEPOINT ${name}`),
  }
}

async function begin(writer: Connection, turns: Turns, deadline: Deadline) {
  const endTurn = await turns.take(deadline)
  try {
    writer.raw.exec('BEGIN IMMEDIATE')
    return endTurn
  } catch (error) {
    endTurn()
    throw error
  }
}
