import { closeSync, existsSync, mkdirSync, openSync, statSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseUnusable } from '../errors'
import { sqliteCode } from './errors'

const OWN_FILE = 0o600
const OWN_FOLDER = 0o700

/** Where the database and the files beside it are. */
export type Location = {
  path: string
  /** Held by the one server of the file. */
  ownerPath: string
  /** Says that there was a database here, so that a lost one is not replaced by an empty one. */
  markerPath: string
}

export function locationOf(url: string): Location {
  const given = url.replace(/^file:(\/\/(?=\/))?/, '')
  if (given === '' || given.startsWith('//') || given.startsWith(':') || /[?#\0]/.test(given)) {
    throw new DatabaseUnusable(
      'DATABASE_URL must be file: and the path of a file, like file:./data/latchkey.db.',
    )
  }
  const path = resolve(given)
  return { path, ownerPath: `${path}.owner`, markerPath: `${path}.exists` }
}

export function prepareFolder({ path }: Location) {
  mkdirSync(dirname(path), { recursive: true, mode: OWN_FOLDER })
}

/** Whether there was a database here. Asked before looking for it, or two first starts could clash. */
export function wasHere({ markerPath }: Location): boolean {
  return existsSync(markerPath)
}

export function hasContent({ path }: Location): boolean {
  return existsSync(path) && statSync(path).size > 0
}

/** Makes the file where there has never been one, readable by nobody else. */
export function prepareFile({ path }: Location) {
  if (!existsSync(path)) createOwnFile(path)
  else if (!statSync(path).isFile()) {
    throw new DatabaseUnusable(`${path} is not a file. Let DATABASE_URL name one.`)
  }
}

/** An empty database in place of one that was here would offer its first administrator to anybody. */
export function refuseLost({ path, markerPath }: Location): never {
  throw new DatabaseUnusable(
    `The database ${path} was here before, and is missing or empty now. Put it back from a backup, ` +
      `or delete ${markerPath} to start anew with an empty one.`,
  )
}

export function refuseMissing(location: Location) {
  if (hasContent(location)) return
  throw new DatabaseUnusable(
    `There is no database ${location.path}. Let DATABASE_URL name the one that the server uses.`,
  )
}

export function leaveMarker({ path, markerPath }: Location) {
  if (existsSync(markerPath)) return
  const text = `${path} exists. Delete this file only to start anew without it.\n`
  writeFileSync(markerPath, text, { mode: OWN_FILE })
}

/**
 * Creates a file unless it is there. One that is there is never opened and closed here: that would
 * drop the locks that SQLite holds on it in this process.
 */
export function createOwnFile(path: string) {
  try {
    closeSync(openSync(path, 'wx', OWN_FILE))
  } catch (error) {
    if (sqliteCode(error) !== 'EEXIST') throw error
  }
}
