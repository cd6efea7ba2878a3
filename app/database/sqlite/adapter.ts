import type { Connection, StockAdapter } from './connection'
import type { DurableLog } from './durable-log'
import { readInTurn } from './read-turn'
import { beginTransaction, type OpenTransaction } from './transaction'
import { writeInTurn, type WriteTurns } from './write-turn'

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
  log,
  began = (transaction) => transaction,
  ...when
}: WriteTurns & {
  reader: Connection
  writer: Connection
  log: DurableLog
  /** Called with every transaction that has begun, before whoever asked for it goes on. */
  began?: (transaction: OpenTransaction) => OpenTransaction
}): StockAdapter {
  async function write<T>(statement: () => Promise<T>): Promise<T> {
    const result = await writeInTurn(when, statement)
    await log.flush()
    return result
  }

  return {
    provider: writer.adapter.provider,
    adapterName: writer.adapter.adapterName,
    queryRaw: (query) =>
      onlyReads(query.sql)
        ? readInTurn(when, () => reader.adapter.queryRaw(query))
        : write(() => writer.adapter.queryRaw(query)),
    executeRaw: (query) => write(() => writer.adapter.executeRaw(query)),
    executeScript: (script) => write(() => writer.adapter.executeScript(script)),
    startTransaction: async () => began(await beginTransaction({ writer, log, ...when })),
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
