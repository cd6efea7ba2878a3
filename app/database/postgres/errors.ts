import { DatabaseBusy, DatabaseFull, DatabaseUnreachable, DatabaseUnusable } from '../errors'

/**
 * PostgreSQL's code for what went wrong, the system's (`ECONNREFUSED`), or nothing. Prisma's adapter
 * keeps it in the cause, and has words of its own for the system's.
 */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const { cause } = error
  if (cause instanceof Object && 'originalCode' in cause) return String(cause.originalCode)
  if (cause instanceof Object && 'kind' in cause) return SYSTEM_CODES[String(cause.kind)] ?? ''
  return 'code' in error ? String(error.code) : ''
}

const SYSTEM_CODES: Record<string, string> = {
  DatabaseNotReachable: 'ECONNREFUSED',
  ConnectionClosed: 'ECONNRESET',
  SocketTimeout: 'ETIMEDOUT',
  TlsConnectionError: 'EPROTO',
}

/**
 * Whether the connection is gone, or its answer never came: 57P is an end that an administrator or a
 * crash made of it, 08 a fault of the connection, 53300 that there are too many.
 */
export function isDisconnected(error: unknown): boolean {
  if (/^(?:57P0|08|53300|EAI_AGAIN|E[A-Z]{3,}$)/.test(codeOf(error))) return true
  return error instanceof Error && DISCONNECTED.test(error.message)
}

/** Whether there was no connection to begin with, so that nothing can have been done. */
export const isUnconnected = (error: unknown): boolean =>
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EPROTO|57P03|53300)$/.test(codeOf(error)) ||
  (error instanceof Error &&
    /connection timeout|timeout expired|^Cannot use a pool/.test(error.message))

/** What pg says itself has no code. */
const DISCONNECTED =
  /^(?:Query read timeout|Connection terminated|timeout expired|Client has encountered a connection error|The server does not support SSL|Cannot use a pool after calling end)/

const isPoolBusy = (error: unknown): boolean =>
  error instanceof Error && error.message === 'timeout exceeded when trying to connect'

/** Whether the transaction should be tried again: a deadlock, or two that cannot be put in an order. */
export function isConflict(error: unknown): boolean {
  if (/^40(?:P01|001)$/.test(codeOf(error))) return true
  if (!(error instanceof Error)) return false
  // Through Prisma's client it has a code of Prisma's own; that of a raw query only says that one failed.
  if ('code' in error && error.code === 'P2034') return true
  const meta = 'meta' in error ? error.meta : undefined
  return (
    meta instanceof Object && 'driverAdapterError' in meta && isConflict(meta.driverAdapterError)
  )
}

/** From here on the notification queue is as good as full. */
export const QUEUE_LIMIT = 0.9

/** The notification queue, which all databases of a server share, has no space left. */
export const queueFull = (options?: ErrorOptions) =>
  new DatabaseFull(
    options,
    'The notification queue of PostgreSQL is full (see pg_notification_queue_usage()), so nothing ' +
      'can be ended. Find the connection that listens to something and does not read it, and end it.',
  )

/** What a query throws: an error of ours in place of those of PostgreSQL that mean it. */
export function asQueryError(error: unknown): unknown {
  const code = codeOf(error)
  if (isDisconnected(error)) return new DatabaseUnreachable({ cause: error })
  // Cancelled because its time was up, or a lock was not to be had; or all connections were in use.
  if (/^(?:57014|55P03)$/.test(code) || isPoolBusy(error)) return new DatabaseBusy({ cause: error })
  // No space, or a database that may not be written: it is being recovered, or became a standby.
  if (/^(?:53[12]00|25006)$/.test(code)) return new DatabaseFull({ cause: error })
  if (code === '54000') return queueFull({ cause: error })
  return error
}

export const asUnreachable = (error: unknown) => new DatabaseUnreachable({ cause: error })

/** What kept the database from being opened: DatabaseUnusable with a sentence that names the fix. */
export function asOpeningError(error: unknown): unknown {
  const cause = error instanceof DatabaseUnreachable ? error.cause : error
  const sentence = openingProblem(codeOf(cause), cause instanceof Error ? cause.message : '')
  return sentence ? new DatabaseUnusable(sentence, { cause: error }) : error
}

function openingProblem(code: string, message: string): string | undefined {
  switch (code) {
    case 'ERR_INVALID_URL':
      return NO_URL
    case '3D000':
      return `PostgreSQL has no such database: ${message}. Create it (createdb), or mend DATABASE_URL.`
    case '3F000':
      return `PostgreSQL has no schema for us: ${message}. Mend the search_path of the role or the database.`
    case '28P01':
    case '28000':
      return `PostgreSQL does not let us in: ${message}. Mend the name or the password in DATABASE_URL. ${PERCENT_ENCODE}`
    case '42501':
      return `${message}. Let DATABASE_URL name a database of Latchkey's own, and a role that owns it.`
    case '57P03':
      return `PostgreSQL is not ready: ${message}. Start again in a moment.`
    case '53300':
      return `${message}. Raise max_connections of PostgreSQL, or lower DATABASE_CONNECTIONS.`
  }
  if (code === 'ENOTFOUND') {
    return `PostgreSQL cannot be reached: ${message}. Mend the host in DATABASE_URL. ${PERCENT_ENCODE}`
  }
  if (/CERT|^UNABLE_TO_/.test(code)) {
    return (
      `PostgreSQL shows a certificate that is not trusted: ${message}. Name its authority in ` +
      "DATABASE_URL (&sslrootcert=<file>), and the server by its certificate's name."
    )
  }
  if (/^(?:EAI_AGAIN|E[A-Z]{3,})$/.test(code) || DISCONNECTED.test(message)) {
    return `PostgreSQL cannot be reached: ${message || code}. Start it, or mend DATABASE_URL.`
  }
  return undefined
}

/** Of a URL's own characters in a password a part is taken for the host, or all of it for no URL. */
export const PERCENT_ENCODE =
  'In a password write what is neither letter nor digit percent-encoded: / as %2F, # as %23, @ as %40.'

const NO_URL = `DATABASE_URL must be like postgresql://user:password@host:5432/name. ${PERCENT_ENCODE}`
