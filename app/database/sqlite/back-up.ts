import { closeSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseUnusable } from '../errors'
import { BetterSqlite3 } from './driver'
import { asOpeningError, damaged, sqliteCode } from './errors'
import { isServed, locationOf, refuseMissing, syncToDisk, type Location } from './file'
import { refuseForeignLog } from './foreign-log'

const BUSY_LIMIT_MS = 5_000
const OWN_FILE = 0o600

/** Does backUpDatabase (open.ts) for SQLite. */
export function backUpSqlite({ url, file }: { url: string; file: string }) {
  const location = locationOf(url)
  refuseUnusable(location)
  const path = resolve(file)
  reserve(path)
  // Under its own name only when it is whole: half a backup must not look like one.
  const partial = `${path}.partial`
  try {
    rmSync(partial, { force: true })
    reserve(partial)
    copy(location.path, partial)
    refuseDamaged(partial)
    syncToDisk(partial)
    renameSync(partial, path)
    syncToDisk(dirname(path))
    return { path, bytes: statSync(path).size }
  } catch (error) {
    rmSync(partial, { force: true })
    rmSync(path, { force: true })
    throw explain(error, path)
  }
}

function refuseUnusable(location: Location) {
  refuseMissing(location)
  try {
    if (!isServed(location)) refuseForeignLog(location)
  } catch (error) {
    throw asOpeningError(error, location.path)
  }
}

/** Makes an empty file. Refuses to touch one that is there. */
function reserve(path: string) {
  try {
    closeSync(openSync(path, 'wx', OWN_FILE))
  } catch (error) {
    throw explain(error, path)
  }
}

/** One read transaction, which neither waits for writers nor holds them up. */
function copy(from: string, to: string) {
  const database = new BetterSqlite3(from, { readonly: true, timeout: BUSY_LIMIT_MS })
  try {
    database.prepare('VACUUM INTO ?').run(to)
  } finally {
    database.close()
  }
}

function refuseDamaged(path: string) {
  const database = new BetterSqlite3(path, { readonly: true })
  try {
    if (database.pragma('quick_check(1)', { simple: true }) === 'ok') return
    throw new DatabaseUnusable(damaged(path))
  } finally {
    database.close()
  }
}

function explain(error: unknown, path: string): unknown {
  const sentence = sentenceFor(sqliteCode(error), path)
  return sentence ? new DatabaseUnusable(sentence, { cause: error }) : error
}

function sentenceFor(code: string, path: string): string | undefined {
  if (code === 'EEXIST') return `${path} is there already, and is not overwritten. Name another.`
  if (code === 'ENOENT') return `The folder ${dirname(path)} does not exist. Make it first.`
  if (/^(EACCES|EPERM|EROFS)$/.test(code)) return `${path} cannot be written by this user.`
  if (/^(ENOSPC|EDQUOT|SQLITE_FULL)/.test(code)) return `There is no space left for ${path}.`
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code)) return 'The database is damaged. Keep older backups.'
  return undefined
}
