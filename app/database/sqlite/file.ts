import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseUnusable } from '../errors'
import { connectWriter } from './connection'
import { BetterSqlite3 } from './driver'
import { asOpeningError, damaged, isBusy, RESTORE, sqliteCode } from './errors'
import { retryWhileBusy, type Deadline } from './write-lock'

const OWN_FILE = 0o600
const OWN_FOLDER = 0o700
/** Up to this size the whole file is checked at the start, within a tenth of a second or so. */
const CHECKED_BYTES = 32 * 1024 * 1024

/** Where the database and the files beside it are. */
export type Location = {
  path: string
  /** Held by the one server of the file. */
  ownerPath: string
  /**
   * Says that there was a database here, so that a lost one is not replaced by an empty one; and
   * which one, see foreign-log.ts.
   */
  markerPath: string
  /** Says that everything went to another database, see ../move.ts. */
  movedPath: string
}

export function locationOf(url: string): Location {
  const given = url.replace(/^file:(\/\/(?=\/))?/, '')
  if (given === '' || given.startsWith('//') || given.startsWith(':') || /[?#\0]/.test(given)) {
    throw new DatabaseUnusable(
      'DATABASE_URL must be file: and the path of a file, like file:./data/latchkey.db.',
    )
  }
  return filesOf(resolve(given))
}

/** SQLite follows a symbolic link, and keeps its log beside the file that the link names. */
export function filesOf(path: string): Location {
  return {
    path: realPathOf(path),
    ownerPath: `${path}.owner`,
    markerPath: `${path}.exists`,
    movedPath: `${path}.moved`,
  }
}

/** The path itself where nothing is, or nothing may be looked for: whoever opens it finds out. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

export function prepareFolder({ path }: Location) {
  mkdirSync(dirname(path), { recursive: true, mode: OWN_FOLDER })
}

/** Whether there was a database here. Asked before looking for it, or two first starts could clash. */
export function hadDatabase({ markerPath }: Location): boolean {
  return existsSync(markerPath)
}

export function hasContent({ path }: Location): boolean {
  return existsSync(path) && statSync(path).size > 0
}

/** Makes the file where there has never been one, readable by nobody else. */
export function prepareFile(location: Location) {
  if (!existsSync(location.path)) createOwnFile(location.path)
  else refuseNoFile(location)
}

export function refuseNoFile({ path }: Location) {
  if (statSync(path).isFile()) return
  throw new DatabaseUnusable(`${path} is not a file. Let DATABASE_URL name one.`)
}

/** An empty database in place of one that was here would offer its first administrator to anybody. */
export function refuseLost({ path, markerPath }: Location): never {
  throw new DatabaseUnusable(
    `The database ${path} was here before, and is missing or empty now. Put it back from a backup ` +
      `(${RESTORE}), or delete ${markerPath} to start anew with an empty one.`,
  )
}

/** What this user may not read or look for is not said to be missing. */
export function refuseMissing({ path }: Location) {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found && found.size > 0) return accessSync(path, constants.R_OK)
  } catch (error) {
    throw asOpeningError(error, path)
  }
  throw new DatabaseUnusable(
    `There is no database ${path}. Let DATABASE_URL name the one that the server uses.`,
  )
}

export function leaveMarker(location: Location) {
  if (!existsSync(location.markerPath)) writeMarker(location, [])
}

/** @param numbers one of which the database carries; any when there are none */
export function writeMarker(
  { path, markerPath }: Pick<Location, 'path' | 'markerPath'>,
  numbers: readonly number[],
) {
  const text = `${path} exists. Delete this file only to start anew without it.\n`
  const more = numbers.length > 0 ? `Numbers: ${numbers.join(' ')}\n` : ''
  writeFileSync(markerPath, text + more, { mode: OWN_FILE, flush: true })
}

/** @param name of the database that everything went to */
export function leaveMovedMarker({ path, movedPath }: Location, name: string) {
  const text = `${path} was moved to the PostgreSQL database ${name}. See the README, "Moving".\n`
  writeFileSync(movedPath, text, { mode: OWN_FILE, flush: true })
  syncToDisk(dirname(movedPath))
}

export function removeMovedMarker({ movedPath }: Pick<Location, 'movedPath'>) {
  rmSync(movedPath, { force: true })
}

/** What was ended at the other database since then would be open again. */
export function refuseMoved({ path, movedPath }: Location) {
  if (!existsSync(movedPath)) return
  throw new DatabaseUnusable(
    `Everything in ${path} was moved to PostgreSQL: let DATABASE_URL name that database. To go back ` +
      `to this file all the same, delete ${movedPath}, and end all sessions (npm run latchkey -- ` +
      'end-all-sessions) before anybody uses it: those that were signed out since are open in it.',
  )
}

/**
 * Creates a file unless it is there. One that is there is never opened and closed here: that would
 * drop the locks that SQLite holds on it in this process.
 */
function createOwnFile(path: string) {
  try {
    closeSync(openSync(path, 'wx', OWN_FILE))
  } catch (error) {
    if (sqliteCode(error) !== 'EEXIST') throw error
  }
}

/** Waits until a file, or which files there are in a folder, would survive a power cut. */
export function syncToDisk(path: string) {
  // Windows has no way to sync a folder, and does not need one.
  if (process.platform === 'win32' && statSync(path).isDirectory()) return
  const opened = openSync(path, 'r')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}

/**
 * Makes this process the one server of the database, until the returned function is called or the
 * process ends in whatever way: the lock is the operating system's. Two servers on one file would
 * each keep sessions in memory that the other has ended.
 */
export function takeOwnership(
  { path, ownerPath }: Location,
  refusal = `Another Latchkey server is using ${path}. Stop it, or give this one its own DATABASE_URL.`,
): () => void {
  createOwnFile(ownerPath)
  const release = lockOwnerFile(ownerPath)
  if (release) return release
  throw new DatabaseUnusable(refusal)
}

/** Whether a server has the database open, who may have in memory what is no longer so. */
export function isServed({ ownerPath }: Location): boolean {
  if (!existsSync(ownerPath)) return false
  const release = lockOwnerFile(ownerPath)
  release?.()
  return release === undefined
}

/** Returns how to let go of it again; undefined when somebody else holds it. */
function lockOwnerFile(ownerPath: string): (() => void) | undefined {
  const side = new BetterSqlite3(ownerPath, { timeout: 0, fileMustExist: true })
  try {
    side.exec('BEGIN EXCLUSIVE')
    return () => side.close()
  } catch (error) {
    side.close()
    if (!isBusy(error)) throw error
    return undefined
  }
}

/** Throws when the file is damaged or cannot be written, before anything relies on it. */
export async function checkFile(path: string, deadline: Deadline): Promise<void> {
  const { raw } = await retryWhileBusy(deadline, () => connectWriter(path))
  try {
    await retryWhileBusy(deadline, () => refuseDamaged(raw))
    refuseReadOnly(raw)
  } finally {
    raw.close()
  }
}

function refuseDamaged(raw: BetterSqlite3.Database) {
  if (statSync(raw.name).size > CHECKED_BYTES) return
  if (raw.pragma('quick_check(1)', { simple: true }) === 'ok') return
  throw new DatabaseUnusable(damaged(raw.name))
}

/** Tries a write and takes it back: to begin one is not refused by SQLite. */
function refuseReadOnly(raw: BetterSqlite3.Database) {
  try {
    raw.exec('BEGIN IMMEDIATE')
    raw.pragma('user_version = 1')
  } catch (error) {
    if (!isBusy(error)) throw error
  } finally {
    if (raw.inTransaction) raw.exec('ROLLBACK')
  }
}
