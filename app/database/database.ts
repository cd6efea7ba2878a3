import type { Clock } from '~/accounts/clock'
import { DatabaseUnusable } from './errors'
import type { Prisma, PrismaClient } from './generated/sqlite/client'
import { openSqlite } from './sqlite/open'

/**
 * The one typed client, without what would go around `transaction` and `close`. PostgreSQL's is
 * formally another type; it is cast to this one where it is made.
 */
export type Client = Omit<
  PrismaClient,
  '$connect' | '$disconnect' | '$extends' | '$on' | '$transaction'
>

/** What `work` of `transaction` gets: the client inside one open write transaction. */
export type Transaction = Prisma.TransactionClient

export type Database = {
  client: Client

  /**
   * Runs `work` in one write transaction; what it throws rolls everything back. Use only `tx` in it:
   * a write through `client` would wait for this very transaction.
   * Throws DatabaseBusy, with nothing done, when the write lock was not to be had in time, and
   * DatabaseFull when there was no space.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>

  /**
   * Locks the user's row, if there is one, for the rest of the transaction. What was read of it
   * before may be out of date: read it afterwards.
   */
  lockUser(tx: Transaction, userId: string): Promise<void>

  /** Locks the question who administers, so that two who would answer it anew take turns. */
  lockAdministrators(tx: Transaction): Promise<void>

  /**
   * Adds to a counter, which begins anew `window` milliseconds after its first count and never
   * falls below zero. For what is counted often and may be lost: a power cut may take the last
   * few counts.
   */
  count(key: string, points: number, window: number): Promise<{ points: number; expiresAt: Date }>

  foreignChanges: ForeignChanges

  /** Throws when a query cannot be answered. */
  ping(): Promise<void>

  close(): Promise<void>
}

/** What other processes wrote. A cache may be believed only while this is fresh. */
export type ForeignChanges = {
  /** True when a look that began less than 200 ms ago found nothing the listeners do not know. */
  isFresh(): boolean

  /** Looks now, never relying on a look that began before the call; listeners run first. */
  refresh(): Promise<void>

  /** Calls `listener`, synchronously, when another process wrote. Returns how to stop that. */
  onChange(listener: () => void): () => void
}

export type DatabaseOptions = {
  /** `file:./data/latchkey.db`, relative to the working directory. */
  url: string
  clock: Pick<Clock, 'now' | 'monotonic'>
  /** Whether this process is the one server of the file. The command line is not. */
  owner?: boolean
  /** Whether a database that is not there is made (the default), or refused. */
  create?: boolean
  /** How long a write waits for the write lock, in milliseconds. */
  busyLimit?: number
  /** How long a transaction may take before it is rolled back, in milliseconds. */
  transactionLimit?: number
  /** How often to look for what other processes wrote, in milliseconds. 0: only when asked. */
  pollInterval?: number
}

/** Opens the database and brings its tables up to date; DatabaseUnusable when that cannot be. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  if (options.url.startsWith('file:')) return openSqlite(options)
  throw new DatabaseUnusable('DATABASE_URL must start with file:, like file:./data/latchkey.db.')
}
