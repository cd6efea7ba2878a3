import type BetterSqlite3 from 'better-sqlite3'
import { DatabaseUnusable } from '../errors'
import { PrismaBetterSqlite3 } from './driver'

/** Prisma's stock adapter for one connection. Not safe to be used as it is: see adapter.ts. */
export type StockAdapter = Awaited<ReturnType<PrismaBetterSqlite3['connect']>>

export type Connection = {
  adapter: StockAdapter
  raw: BetterSqlite3.Database
}

/** A connection for writing, and for knowing what other processes wrote. */
export async function connectWriter(path: string): Promise<Connection> {
  const connection = await connect(path)
  return configured(connection, ({ raw }) => {
    if (raw.pragma('journal_mode = WAL', { simple: true }) === 'wal') return
    throw new DatabaseUnusable(
      `${path} cannot use write-ahead logging here. Put the database on a local disk.`,
    )
  })
}

/** A connection that sees only what was committed, and cannot write. */
export async function connectReader(path: string): Promise<Connection> {
  const connection = await connect(path)
  return configured(connection, ({ raw }) => raw.pragma('query_only = ON'))
}

async function connect(path: string): Promise<Connection> {
  // No busy time-out: SQLite would wait for a lock by holding the event loop. See write-lock.ts.
  const factory = new PrismaBetterSqlite3({ url: path, timeout: 0, fileMustExist: true })
  const adapter = await factory.connect()
  return { adapter, raw: takeConnection(adapter) }
}

/** The adapter keeps its connection to itself, and has no word for "is a transaction open?". */
function takeConnection(adapter: StockAdapter): BetterSqlite3.Database {
  const { client } = adapter as unknown as { client?: BetterSqlite3.Database }
  if (!client || !('inTransaction' in client)) {
    throw new Error('This version of @prisma/adapter-better-sqlite3 keeps its connection elsewhere')
  }
  return client
}

function configured(connection: Connection, more: (connection: Connection) => void): Connection {
  try {
    connection.raw.pragma('foreign_keys = ON')
    // Its other setting waits for the disk inside COMMIT; see durable-log.ts.
    connection.raw.pragma('synchronous = NORMAL')
    more(connection)
    return connection
  } catch (error) {
    connection.raw.close()
    throw error
  }
}
