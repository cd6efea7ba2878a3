/**
 * The write lock was not to be had in time, or a transaction ran out of time. Nothing was changed.
 * It has no `code`, on purpose: Prisma passes such an error through as it is.
 */
export class DatabaseBusy extends Error {
  override name = 'DatabaseBusy'

  constructor(options?: ErrorOptions) {
    super('The database is busy. Nothing was changed; try again in a moment.', options)
  }
}

/**
 * There is no space for what was to be written, or the file may not be written any more. Nothing was
 * changed. Like DatabaseBusy, it has no `code`.
 */
export class DatabaseFull extends Error {
  override name = 'DatabaseFull'

  constructor(
    options?: ErrorOptions,
    message = 'The database cannot be written. Nothing was changed. Is the disk full?',
  ) {
    super(message, options)
  }
}

/**
 * The database does not answer, and nothing was changed: it was away before anything was committed.
 * Like DatabaseBusy, it has no `code`.
 */
export class DatabaseUnreachable extends Error {
  override name = 'DatabaseUnreachable'

  constructor(options?: ErrorOptions) {
    super('The database cannot be reached. Nothing was changed; try again in a moment.', options)
  }
}

/**
 * A transaction was to be committed, and no answer came: it may have been done or not. Like
 * DatabaseBusy, it has no `code`.
 */
export class OutcomeUnknown extends Error {
  override name = 'OutcomeUnknown'

  constructor(options?: ErrorOptions) {
    super('It is not known whether this was done: the database did not answer. Try again.', options)
  }
}

/** The database cannot be used as it is. The message names the fix, and the start ends with it. */
export class DatabaseUnusable extends Error {
  override name = 'DatabaseUnusable'
}

/** Goes by the name: the server and Remix's bundle hold different copies of the class. */
export function isDatabaseBusy(error: unknown): error is DatabaseBusy {
  return error instanceof Error && error.name === 'DatabaseBusy'
}

/**
 * Tries again for as long as the database is busy, so without an end where it stays so: for work that
 * nobody waits for with a browser in front of them. Nothing else is tried again.
 */
export async function untilNotBusy<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isDatabaseBusy(error)) throw error
    }
  }
}

/** Goes by the name, like isDatabaseBusy. */
export function isDatabaseFull(error: unknown): error is DatabaseFull {
  return error instanceof Error && error.name === 'DatabaseFull'
}

/** Goes by the name, like isDatabaseBusy. */
export function isDatabaseUnreachable(error: unknown): error is DatabaseUnreachable {
  return error instanceof Error && error.name === 'DatabaseUnreachable'
}

/** Goes by the name, like isDatabaseBusy. */
export function isOutcomeUnknown(error: unknown): error is OutcomeUnknown {
  return error instanceof Error && error.name === 'OutcomeUnknown'
}

/** Goes by the name, like isDatabaseBusy. */
export function isDatabaseUnusable(error: unknown): error is DatabaseUnusable {
  return error instanceof Error && error.name === 'DatabaseUnusable'
}

/** P2028 is Prisma's code for a transaction that it has rolled back because its time was up. */
export function isOutOfTime(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'P2028'
}

/** Whether a write was refused because of a unique constraint, on `field` when one is given. */
export function isUniqueViolation(error: unknown, field?: string): boolean {
  if (!isRecord(error) || error.code !== 'P2002') return false
  return field === undefined || violatedFields(error.meta).includes(field)
}

/** Whether a row was refused because what it refers to is not there, or not any more. */
export const isForeignKeyViolation = (error: unknown): boolean =>
  isRecord(error) && error.code === 'P2003'

/** SQLite names the fields, PostgreSQL the index, as in `User_email_key`. */
function violatedFields(meta: unknown): unknown[] {
  const constraint = at(meta, 'driverAdapterError', 'cause', 'constraint')
  const index = at(constraint, 'index')
  const named = typeof index === 'string' ? index.split('_').slice(1, -1) : undefined
  return [at(constraint, 'fields') ?? named ?? at(meta, 'target')].flat()
}

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
