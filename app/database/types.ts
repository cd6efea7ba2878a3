import type { Sql } from '@prisma/client/runtime/client'
import type { Logger } from 'pino'
import type { Prisma, PrismaClient } from './generated/sqlite/client'

/*
 * The database as the rest of Latchkey knows it: what every provider offers, and no more. Nothing here
 * speaks of files, connections or statements.
 */

export type { LinkPurpose, Role, SecondFactor, SignInMethod } from './generated/sqlite/enums'

/**
 * The one typed client, without what would go around `transaction` and `close`. Other providers'
 * clients are formally other types; each is cast to this one where it is made.
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
   * a write through `client` would wait for this very transaction. `work` may be run again when the
   * database asks for that, so it keeps nothing outside of the transaction from a run that failed.
   *
   * Throws DatabaseBusy, with nothing done, when a lock was not to be had in time, DatabaseFull when
   * there was no space and DatabaseUnreachable when the database is away; and OutcomeUnknown when
   * nobody can say whether it was done.
   */
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>

  /**
   * Locks the rows of these users, those that there are, for the rest of the transaction, in the order
   * of their ids, so that two who lock the same people never wait for each other. What was read of
   * them before may be out of date: read it afterwards.
   */
  lockUsers(tx: Transaction, userIds: readonly string[]): Promise<void>

  /**
   * Locks the question who administers, so that two who would answer it anew take turns. Comes before
   * any lock of users.
   */
  lockAdministrators(tx: Transaction): Promise<void>

  /**
   * Locks rows for background work, in the order of their ids, and leaves out those that another
   * transaction holds at the moment: nobody who ends a session ever waits for it, or the other way
   * round. Returns the ids of those that were left out.
   */
  lockUnlessHeld(
    tx: Transaction,
    table: 'User' | 'Session' | 'ApiToken' | 'ApplicationSession' | 'AuditEvent',
    ids: readonly string[],
  ): Promise<ReadonlySet<string>>

  /**
   * Adds to a counter, which begins anew `window` milliseconds after its first count and never
   * falls below zero. For what is counted often and may be lost: a power cut may take the last
   * few counts.
   */
  count: (
    key: string,
    points: number,
    window: number,
  ) => Promise<{ points: number; expiresAt: Date }>

  /**
   * Says why whatever this transaction deletes from now on is deleted. Other servers, who hear of the
   * rows from the database itself, then tell it to the people concerned.
   */
  giveReason(tx: Transaction, reason: string): Promise<void>

  /**
   * How a server hears of what others wrote: where several servers may share the database by a channel
   * between them, else by looking for the changes of the few programs that may write beside it.
   */
  others: { channel: Channel } | { changes: Changes }

  /**
   * The ids of the users in whose name, address or username there is a text of three characters or
   * more, as a question that finds the first of them at once. Null where no index can answer it.
   */
  usersWithPart: ((part: string) => Sql) | null

  /** The time by which rows expire: the database's own where several machines share it. */
  now(): Date

  /** What no other database has, and nobody knows who cannot read this one. It is never shown. */
  identity: string

  /** Throws when a query cannot be answered, or when endings could not be announced. */
  ping(): Promise<void>

  /** Resolves when everybody who believes their memory knows what was written here. */
  close(): Promise<void>
}

/** What others wrote to the database: other processes, other nodes, an operator by hand. */
export type Changes = {
  /** Whether everything that others have committed is known here, so that memory may be used. */
  areKnown(): boolean

  /** Brings that about where it can be brought about; listeners hear what was missed before it resolves. */
  catchUp(): Promise<void>

  /**
   * Calls `listener`, synchronously, with what others wrote; it returns how many open tabs it told.
   * Returns how to stop that.
   */
  subscribe(listener: (change: Change) => number): () => void
}

/**
 * What the servers that share a database say to each other through it, and the list of those that may
 * use what they remember. Notices arrive in the order in which their transactions were committed, at
 * everybody who listens, the sender included. Nothing is repeated for who did not listen.
 */
export type Channel = {
  /**
   * Opens the connection on which notices arrive. Everything that is committed after it has resolved
   * is heard, until `lost` is called, once, or it is closed.
   */
  listen(heard: (notice: Notice) => void, lost: (error: unknown) => void): Promise<Listening>

  /**
   * Puts a node on the list. Its number there never becomes smaller, also when a request arrives
   * after later ones, or when nobody waits for it any more.
   */
  register(node: string, ping: number): Promise<void>

  /**
   * Sends a ping of a node that is on the list, and writes down its number, in one transaction.
   *
   * @returns false, with nothing sent, when it is not on the list
   */
  ping(node: string, ping: number): Promise<boolean>

  /** Takes a node off the list: with `ping`, only if its number there is not greater. */
  remove(node: string, ping?: number): Promise<void>

  /** Everybody on the list, with the number of their last ping. */
  list(): Promise<readonly { node: string; ping: number }[]>

  /**
   * Sends a barrier as the last notice of the transaction, which must write nothing after it.
   *
   * @returns the transaction's id
   */
  sendBarrier(tx: Transaction): Promise<string>

  /** Asks every node how many tabs a user has open there. */
  askForTabs(id: string, userId: string): Promise<void>

  /** Answers a barrier, by its transaction, or a question, by its id. */
  confirm(id: string, node: string, tabs: number): Promise<void>
}

export type Listening = { close(): void }

/** Every notice names the transaction that it was sent with. */
export type Notice = { transaction: string } & (
  | { type: 'change'; change: Change }
  | { type: 'ping'; node: string; ping: number }
  | { type: 'barrier' }
  | { type: 'question'; id: string; userId: string }
  | { type: 'confirmed'; id: string; node: string; tabs: number }
)

/** What was written, for whoever keeps something in memory. */
export type Change<Reason extends string = string> =
  | {
      type: 'sessions-ended'
      userId: string
      sessionIds: readonly string[]
      reason: Reason
    }
  /** Every session but one, of everybody. */
  | { type: 'all-sessions-ended'; exceptSessionId: string | null; reason: Reason }
  /** The session goes on under a new secret; the old one opens nothing any more. */
  | { type: 'secret-replaced'; userId: string; sessionId: string }
  | { type: 'session-started'; userId: string; sessionId: string }
  /** Name, e-mail, username, role, state or groups: what is remembered about the user is out of date. */
  | { type: 'user-changed'; userId: string }
  | { type: 'tokens-ended'; userId: string; tokenIds: readonly string[] }
  /** Cookies of these application sessions are gone; there may be others of the same. */
  | {
      type: 'application-sign-ins-ended'
      userId: string
      applicationSessionIds: readonly string[]
      reason: Reason
    }
  /** Its address, its rules or who may use it; or it is gone. */
  | { type: 'application-changed'; applicationId: string }
  /** Its name; or it is gone. */
  | { type: 'group-changed'; groupId: string }
  /** Something more than before opens this account; nothing that is remembered became wrong. */
  | { type: 'access-granted'; userId: string; tokenId?: string }
  /** Anything may have been written: nothing that is remembered may be believed. */
  | { type: 'unknown' }

export type DatabaseOptions = {
  /** `file:./data/latchkey.db`, relative to the working directory, or `postgresql://…`. */
  url: string
  clock: {
    now(): Date
    /** Milliseconds since some fixed moment. It never jumps. */
    monotonic(): number
  }
  /** A server answers people. The command line works beside it, on the same database. */
  as?: 'server' | 'command-line'
  /** Whether a database that is not there is made (the default), or refused. */
  create?: boolean
  /** How long a statement may take on a database that is elsewhere, in milliseconds. */
  statementTimeout?: number
  /** How many connections answer people, of a database that is elsewhere. */
  connections?: number
  /** Only a test whose clock stands still lets that decide what time it is for rows, everywhere. */
  timeFrom?: 'database' | 'clock'
  log?: Pick<Logger, 'warn' | 'error'>
  /** How long a write waits for the write lock, in milliseconds. */
  busyLimit?: number
  /** How long a transaction may take before it is rolled back, in milliseconds. */
  transactionLimit?: number
  /** How often to look for what others wrote, in milliseconds. 0: only when asked. */
  pollInterval?: number
}
