import { randomInt } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { DatabaseUnusable } from '../errors'
import { BetterSqlite3 } from './driver'
import { sqliteCode } from './errors'
import { takeOwnership, writeMarker, type Location } from './file'

/*
 * SQLite applies the log that it finds beside a database (`-wal`) to whatever file is there. After a
 * crash nothing is lost that way. But when a backup was put in the database's place, and the old
 * database's log was left lying there, the backup is damaged that way. Two signs tell, before anything
 * is opened, that a log belongs to another database:
 *
 * - The file is not in WAL mode: it has never had a log. All copies that `backup` makes are such files.
 * - Every start of a server writes a new random number into the header of the database, and notes it
 *   in the marker beside it. A file with another number is a copy from before that start.
 *
 * Not recognised is a copy that another program made after the last start of the server.
 */

const HEADER_BYTES = 100
/** Where SQLite's header says how the file is written, and where it has `user_version`. */
const WRITE_VERSION_AT = 18
const WITH_LOG = 2
const NUMBER_AT = 60
const NUMBERS_END = 2 ** 31

type Files = Pick<Location, 'path' | 'markerPath'>

export function hasLog(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
}

/**
 * Throws when the log beside the database belongs to another one. To be asked while this process has no
 * connection: closing the file that is read here would drop the connection's locks.
 */
export function refuseForeignLog({ path, markerPath }: Files): void {
  if (!hasLog(path) || ownsLog({ path, markerPath })) return
  const together = isInWalMode(path)
    ? `If you put both of them back together, delete ${markerPath} and start again. `
    : ''
  throw new DatabaseUnusable(
    `${path}-wal is left over from another database than ${path}, and would damage it. ` +
      `Nothing was changed. ${together}To put the file in place of that other database: ` +
      `npm run latchkey -- restore ${path}`,
  )
}

/** Whether the log beside a file, should there be one, was written for it. */
export function ownsLog({ path, markerPath }: Files): boolean {
  return isInWalMode(path) && isNoted(markerPath, headerOf(path).readUInt32BE(NUMBER_AT))
}

/** Notes the number of a database that was put here by hand, before there is a log of its own. */
export function adopt({ path, markerPath, ...location }: Location, isServer: boolean): void {
  const number = withConnection(path, numberOf)
  if (isNoted(markerPath, number)) return
  // A server that starts at this moment would note another number.
  const release = isServer ? () => undefined : takeOwnership({ path, markerPath, ...location })
  writeMarker({ path, markerPath }, [number])
  release()
}

/**
 * Gives the database a new number: copies that were made until now are another database from here on.
 * Both numbers are noted until the new one is in the file itself, and no longer only in the log.
 */
export function renew(files: Files): void {
  try {
    withConnection(files.path, (raw) => {
      if (!emptyLog(raw)) return
      const next = randomInt(1, NUMBERS_END)
      writeMarker(files, [numberOf(raw), next])
      raw.pragma(`user_version = ${next}`)
      if (emptyLog(raw)) writeMarker(files, [next])
    })
  } catch (error) {
    // Where nothing can be written, people may still read.
    if (!/^(SQLITE_FULL|ENOSPC|EDQUOT)/.test(sqliteCode(error))) throw error
  }
}

function isInWalMode(path: string): boolean {
  return headerOf(path)[WRITE_VERSION_AT] === WITH_LOG
}

/** Zeros where there is no file, or no whole header. */
function headerOf(path: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  if (!existsSync(path)) return header
  const file = openSync(path, 'r')
  try {
    readSync(file, header, 0, HEADER_BYTES, 0)
    return header
  } finally {
    closeSync(file)
  }
}

/** Also true where nothing is noted: by a version that did not, or for a database that was moved. */
function isNoted(markerPath: string, number: number): boolean {
  if (!existsSync(markerPath)) return true
  const [, noted] = /^Numbers: ([\d ]+)$/m.exec(readFileSync(markerPath, 'utf8')) ?? []
  return noted === undefined || noted.split(' ').map(Number).includes(number)
}

function withConnection<T>(path: string, work: (raw: BetterSqlite3.Database) => T): T {
  const raw = new BetterSqlite3(path, { timeout: 0, fileMustExist: true })
  try {
    return work(raw)
  } finally {
    raw.close()
  }
}

function numberOf(raw: BetterSqlite3.Database): number {
  return Number(raw.pragma('user_version', { simple: true }))
}

/** Brings the log into the file. False while somebody reads what is in it. */
function emptyLog(raw: BetterSqlite3.Database): boolean {
  raw.pragma('synchronous = FULL')
  const [result] = raw.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
  return result?.busy === 0
}
