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
   * Inserts rows as they are, each with the columns of the first. For thousands, and for what every
   * sign-in adds: the typed client holds the event loop for half a millisecond for each.
   */
  insertMany<T extends Table>(tx: Transaction, table: T, rows: readonly NewRows[T][]): Promise<void>

  /**
   * Adds to a counter, which begins anew `window` milliseconds after its first count and never
   * falls below zero. For what is counted often and may be lost: a power cut may take the last
   * few counts.
   */
  count(key: string, points: number, window: number): Promise<{ points: number; expire: Date }>

  signIns: SignInStatements

  foreignChanges: ForeignChanges

  /** Throws when a query cannot be answered. */
  ping(): Promise<void>

  close(): Promise<void>
}

/**
 * What every sign-in asks and writes, past the typed client. Through it a sign-in holds the event
 * loop for twice as long, in longer pieces, and leaves behind what makes garbage collections long:
 * other people's checks would have to wait for both.
 */
export type SignInStatements = {
  findByEmail(email: string): Promise<Credentials | null>
  /** As the transaction sees it. */
  findById(tx: Transaction, userId: string): Promise<Credentials | null>
  /** Where the latest events of this kind about the user came from, the latest first. */
  addressesOf(
    userId: string,
    which: { kind: string; since: Date; limit: number },
  ): Promise<(string | null)[]>
  /** Which of the user's sessions that have not expired are not among the `kept` last active ones. */
  sessionsBeyond(
    tx: Transaction,
    userId: string,
    which: { now: Date; kept: number },
  ): Promise<string[]>
  noteActive(tx: Transaction, userId: string, at: Date): Promise<void>
}

/** A user as a sign-in needs to know them. Without a hash there is no password yet. */
export type Credentials = { id: string; name: string; disabled: boolean; hash: string | null }

/** What is inserted past the typed client, by table. */
export type NewRows = {
  User: Prisma.UserCreateManyInput
  Password: Prisma.PasswordCreateManyInput
  Session: Prisma.SessionCreateManyInput
  AuditEvent: Prisma.AuditEventCreateManyInput
}
export type Table = keyof NewRows

/** What other processes wrote. A cache may be believed only while this is fresh. */
export type ForeignChanges = {
  /** True when a look that began less than 200 ms ago found nothing the listeners do not know. */
  isFresh(): boolean

  /** Looks now, never relying on a look that began before the call; listeners run first. */
  refresh(): Promise<void>

  /** Calls `listener`, synchronously, when another process wrote. Returns how to stop that. */
  onChange(listener: () => void): () => void
}

/**
 * Awaited before every statement and after it. Where statements are synchronous, what follows them
 * runs at once, so that a sign-in, say, with its twenty would hold the event loop from beginning to
 * end; and what is made of a statement's answer, up to the next one, takes longer than the statement.
 */
export type NextTurn = () => Promise<void>

export type DatabaseOptions = {
  /** `file:./data/latchkey.db`, relative to the working directory. */
  url: string
  clock: Pick<Clock, 'monotonic'>
  /** Whether this process is the one server of the file. The command line is not. */
  owner?: boolean
  /** Whether a database that is not there is made (the default), or refused. */
  create?: boolean
  /** Without it, the event loop turns once before every statement and once after. */
  nextTurn?: NextTurn | undefined
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
