import { DatabaseFull, DatabaseUnusable, isDatabaseBusy, isDatabaseUnusable } from '../errors'

/** The command that puts a backup in place. */
export const RESTORE = 'npm run latchkey -- restore <file>'

/** SQLite's name for what went wrong, the system's (`EACCES`), or nothing. */
export function sqliteCode(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error) return String(error.code)
  // Prisma's adapter wraps better-sqlite3's error, and keeps its code in the cause.
  const { cause } = error
  return cause instanceof Object && 'originalCode' in cause ? String(cause.originalCode) : ''
}

/** Whether another process holds the lock that was needed. */
export function isBusy(error: unknown): boolean {
  return sqliteCode(error).startsWith('SQLITE_BUSY')
}

/** What a write throws: DatabaseFull in place of SQLite's own errors that mean it. */
export function asWriteError(error: unknown): unknown {
  return /^SQLITE_(FULL|READONLY)/.test(sqliteCode(error))
    ? new DatabaseFull({ cause: error })
    : error
}

/** What kept the database from being opened: DatabaseUnusable with a sentence that names the fix. */
export function asOpeningError(error: unknown, path: string): unknown {
  if (isDatabaseUnusable(error)) return error
  const sentence = openingProblem(error, path)
  return sentence ? new DatabaseUnusable(sentence, { cause: error }) : error
}

function openingProblem(error: unknown, path: string): string | undefined {
  if (isDatabaseBusy(error)) {
    return `Another process has kept ${path} locked. Stop it, then start again.`
  }
  const code = sqliteCode(error)
  if (/^(SQLITE_NOTADB|SQLITE_CORRUPT)/.test(code)) return damaged(path)
  if (/^(SQLITE_READONLY|SQLITE_CANTOPEN|SQLITE_PERM|EACCES|EPERM|EROFS)/.test(code)) {
    return `${path} cannot be written. Let this user write the file and the folder that it is in.`
  }
  if (/^(SQLITE_FULL|ENOSPC|EDQUOT)/.test(code)) {
    return `There is no space left for ${path}. Make some, then start again.`
  }
  if (/^(ENOTDIR|EEXIST|ELOOP|ENAMETOOLONG)/.test(code)) {
    return `${path} is not a possible path of a file (${code}). Let DATABASE_URL name another.`
  }
  return undefined
}

export function damaged(path: string): string {
  return `${path} is damaged, or not an SQLite database. Put it back from a backup: ${RESTORE}`
}
