import { DatabaseUnusable, isDatabaseBusy, isDatabaseUnusable } from '../errors'
import { sqliteCode } from './busy'

/** What kept the database from being opened, as a sentence that names the fix. */
export function explain(error: unknown, path: string): unknown {
  if (isDatabaseUnusable(error)) return error
  const sentence = sentenceFor(error, path)
  return sentence ? new DatabaseUnusable(sentence, { cause: error }) : error
}

function sentenceFor(error: unknown, path: string): string | undefined {
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
  return `${path} is damaged, or not an SQLite database. Put it back from a backup.`
}
