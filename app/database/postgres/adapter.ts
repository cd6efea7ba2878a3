import { PrismaPg } from '@prisma/adapter-pg'
import type { SqlDriverAdapter, Transaction } from '@prisma/driver-adapter-utils'
import type pg from 'pg'
import { DatabaseBusy, OutcomeUnknown } from '../errors'
import { asQueryError, isDisconnected, isUnconnected } from './errors'

/*
 * Prisma's stock adapter leaves to its caller what becomes of a COMMIT. Here its outcome is known, or
 * said to be unknown: a COMMIT has no time limit of PostgreSQL's, which would cancel the wait for the
 * disk of a standby and still report success, and one whose answer does not come may have been done.
 * And PostgreSQL's errors become those that the rest of Latchkey expects.
 */

export async function createAdapter(pool: pg.Pool): Promise<SqlDriverAdapter> {
  const stock: SqlDriverAdapter = await new PrismaPg(pool, { disposeExternalPool: true }).connect()

  return {
    provider: stock.provider,
    adapterName: stock.adapterName,
    queryRaw: (query) => runAlone(query.sql, () => stock.queryRaw(query)),
    executeRaw: (query) => runAlone(query.sql, () => stock.executeRaw(query)),
    executeScript: (script) => runAlone(script, () => stock.executeScript(script)),
    getConnectionInfo: () => stock.getConnectionInfo!(),
    startTransaction: () => beginTransaction(stock),
    dispose: () => stock.dispose(),
  }
}

/** A statement that commits by itself: cut off, it may have been done, unless it only reads. */
async function runAlone<T>(sql: string, statement: () => Promise<T>): Promise<T> {
  try {
    return await statement()
  } catch (error) {
    const wasCutOff = isDisconnected(error) && !isUnconnected(error)
    const mayBeDone = wasCutOff && !/^\s*SELECT\b/i.test(sql)
    throw mayBeDone ? new OutcomeUnknown({ cause: error }) : asQueryError(error)
  }
}

async function beginTransaction(stock: SqlDriverAdapter): Promise<Transaction> {
  const transaction = await stock.startTransaction().catch((error: unknown) => {
    throw asQueryError(error)
  })
  const connection = connectionOf(transaction)
  let open = true
  let running: Promise<unknown> | undefined

  /** One at a time, in the order in which they were asked for. */
  async function whileOpen<T>(statement: () => Promise<T>): Promise<T> {
    while (running) await running
    // Prisma rolls back after its time limit, also between two statements of one operation.
    if (!open) throw new DatabaseBusy({ cause: new Error('This transaction was rolled back') })
    const result = statement()
    running = result.then(noop, noop).then(() => (running = undefined))
    try {
      return await result
    } catch (error) {
      // Not lost: we cut it off ourselves, in the middle of this statement.
      if (!open) throw new DatabaseBusy({ cause: error })
      if (isDisconnected(error)) discard(error)
      throw asQueryError(error)
    }
  }

  /** The other end rolls back when the connection is gone. */
  function discard(error: unknown) {
    if (!open) return
    open = false
    connection.release(error instanceof Error ? error : true)
  }

  async function commit() {
    const warnings: string[] = []
    const note = (notice: { severity?: string | undefined; message?: string | undefined }) => {
      if (notice.severity === 'WARNING') warnings.push(String(notice.message))
    }
    connection.on('notice', note)
    try {
      await connection.query('SET LOCAL statement_timeout = 0; COMMIT')
    } catch (error) {
      discard(error)
      throw isDisconnected(error) ? new OutcomeUnknown({ cause: error }) : asQueryError(error)
    } finally {
      connection.off('notice', note)
    }
    open = false
    await transaction.commit()
    // As when somebody cancelled its wait for a standby: it is here, but not yet where it should be.
    if (warnings.length > 0) throw new OutcomeUnknown({ cause: new Error(warnings.join(' ')) })
  }

  async function rollback() {
    if (!open) return
    if (running) return discard(new Error('Rolled back in the middle of a statement'))
    try {
      await connection.query('ROLLBACK')
    } catch (error) {
      return discard(error)
    }
    open = false
    await transaction.rollback()
  }

  return {
    provider: transaction.provider,
    adapterName: transaction.adapterName,
    // Makes Prisma call commit() and rollback() without sending those statements itself.
    options: { usePhantomQuery: true },
    queryRaw: (query) => whileOpen(() => transaction.queryRaw(query)),
    executeRaw: (query) => whileOpen(() => transaction.executeRaw(query)),
    commit,
    rollback,
    createSavepoint: (name) => whileOpen(() => transaction.createSavepoint!(name)),
    rollbackToSavepoint: (name) => whileOpen(() => transaction.rollbackToSavepoint!(name)),
    releaseSavepoint: (name) => whileOpen(() => transaction.releaseSavepoint!(name)),
  }
}

const noop = () => {}

/** The adapter keeps a transaction's connection to itself, and has no word for "is it lost?". */
function connectionOf(transaction: Transaction): pg.PoolClient {
  const { client } = transaction as unknown as { client?: pg.PoolClient }
  if (!client || !('release' in client)) {
    throw new Error('This version of @prisma/adapter-pg keeps its connection elsewhere')
  }
  return client
}
