import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { DatabaseUnusable, isDatabaseUnusable } from '../errors'
import { refuseOtherTables } from './apply-migrations'
import { BetterSqlite3 } from './driver'
import { asOpeningError, sqliteCode } from './errors'
import {
  filesOf,
  leaveMarker,
  locationOf,
  prepareFolder,
  syncToDisk,
  takeOwnership,
  type Location,
} from './file'
import { hasLog, ownsLog } from './foreign-log'

const OWN_FILE = 0o600
const OWN_FOLDER = 0o700
const DAMAGED = 'It is damaged, or not an SQLite database.'
/** The database and what SQLite writes beside it. */
const ENDINGS = ['', '-wal', '-shm', '-journal'] as const

/** Does restoreDatabase (../open.ts) for SQLite. */
export async function restoreSqlite<T>({
  url,
  file,
  prepare,
}: {
  url: string
  file: string
  prepare: (url: string) => Promise<T>
}): Promise<{ path: string; kept: string | undefined; value: T }> {
  const location = locationOf(url)
  const { path } = location
  const backup = resolve(file)
  refuseUnreadable(backup)
  const workFolder = `${path}.restoring`
  let release: (() => void) | undefined
  try {
    prepareFolder(location)
    release = takeOwnership(location, `A Latchkey server is using ${path}. Stop it first.`)
    const copy = copyInto(workFolder, backup)
    refuseUnfit(copy, backup)
    const value = await prepare(`file:${copy}`)
    mergeLog(copy)
    syncToDisk(copy)
    return { path, kept: replace(location, copy), value }
  } catch (error) {
    throw asOpeningError(error, path)
  } finally {
    if (release) rmSync(workFolder, { recursive: true, force: true })
    release?.()
  }
}

function refuseUnreadable(backup: string) {
  try {
    const found = statSync(backup, { throwIfNoEntry: false })
    if (!found?.isFile()) throw new DatabaseUnusable(`There is no file ${backup}.`)
    accessSync(backup, constants.R_OK)
  } catch (error) {
    if (isDatabaseUnusable(error)) throw error
    throw new DatabaseUnusable(`${backup} cannot be read by this user.`, { cause: error })
  }
}

/**
 * Copies a backup, with what SQLite would need to open it, so that the backup itself is never opened.
 * What a restoring that was cut off left in the folder goes.
 */
function copyInto(folder: string, backup: string): string {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { mode: OWN_FOLDER })
  const copy = join(folder, 'latchkey.db')
  const files = filesOf(backup)
  for (const ending of ENDINGS) {
    const isWanted = ending === '-wal' ? ownsLog(files) : ending !== '-shm'
    if (!isWanted || !existsSync(files.path + ending)) continue
    copyFileSync(files.path + ending, copy + ending)
    chmodSync(copy + ending, OWN_FILE)
  }
  return copy
}

function refuseUnfit(copy: string, backup: string) {
  const raw = new BetterSqlite3(copy, { fileMustExist: true })
  try {
    const isWhole = raw.pragma('quick_check(1)', { simple: true }) === 'ok'
    if (!isWhole) throw new DatabaseUnusable(DAMAGED)
    refuseOtherTables(raw)
  } catch (error) {
    const isDamaged = /^SQLITE_(NOTADB|CORRUPT)/.test(sqliteCode(error))
    if (!isDamaged && !isDatabaseUnusable(error)) throw error
    const reason = isDamaged ? DAMAGED : (error as Error).message
    throw new DatabaseUnusable(`${backup} cannot be restored. ${reason}`, { cause: error })
  } finally {
    raw.close()
  }
}

/** Brings the log into the file, which goes on alone. */
function mergeLog(copy: string) {
  const raw = new BetterSqlite3(copy, { fileMustExist: true })
  try {
    if (raw.pragma('journal_mode = DELETE', { simple: true }) === 'delete') return
    throw new Error(`The log of ${copy} could not be merged`)
  } finally {
    raw.close()
  }
}

/** Returns the folder in which the database that was there is kept; undefined when there was none. */
function replace(location: Location, copy: string): string | undefined {
  const { path } = location
  // Without the file, from here on a start is refused: it would make an empty one.
  leaveMarker(location)
  const folder = `${path}.replacing`
  // One that was cut off when its database was in place already.
  if (existsSync(path)) giveDate(folder, path)
  setAside(location, folder)
  renameSync(copy, path)
  syncToDisk(dirname(path))
  return giveDate(folder, path)
}

/**
 * Moves the database first and its log after it, so that neither is ever beside a file it does not belong
 * to. Done again after it was cut off, it brings them together.
 */
function setAside({ path, markerPath, movedPath }: Location, folder: string) {
  mkdirSync(folder, { recursive: true, mode: OWN_FOLDER })
  const inFolder = join(folder, basename(path))
  // By the marker SQLite's log can be told from another one there, too.
  copyFileSync(markerPath, filesOf(inFolder).markerPath)
  for (const ending of ENDINGS) {
    if (existsSync(path + ending)) renameSync(path + ending, inFolder + ending)
  }
  if (existsSync(movedPath)) renameSync(movedPath, filesOf(inFolder).movedPath)
  syncToDisk(folder)
  syncToDisk(dirname(path))
}

/** The folder under its last name; nothing is left of one that holds nothing. */
function giveDate(folder: string, path: string): string | undefined {
  const inFolder = join(folder, basename(path))
  const kept = existsSync(inFolder) || hasLog(inFolder)
  if (!kept) {
    rmSync(folder, { recursive: true, force: true })
    return undefined
  }
  const dated = unused(`${path}.replaced-${new Date().toISOString().replaceAll(':', '-')}`)
  renameSync(folder, dated)
  syncToDisk(dirname(path))
  return dated
}

/** Two that were replaced may be given their names in one millisecond. */
function unused(path: string): string {
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? path : `${path}-${number}`
    if (!existsSync(candidate)) return candidate
  }
}
