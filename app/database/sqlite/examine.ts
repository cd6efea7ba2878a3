import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  statfsSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { ExamineOptions } from '../examine'
import { ok, SET_THE_CLOCK, skipped, warning, wrong, type Finding } from '../findings'
import { examineMigrations } from '../migrate'
import { identityOf, readRecords, sqliteMigrations } from './apply-migrations'
import { BetterSqlite3 } from './driver'
import { asOpeningError, damaged } from './errors'
import {
  hadDatabase,
  hasContent,
  isServed,
  locationOf,
  refuseLost,
  refuseMoved,
  refuseNoFile,
  type Location,
} from './file'
import { hasLog, refuseForeignLog } from './foreign-log'

const OF_ITS_CONTENT = ['damage', 'migrations', 'clock'] as const
const BUSY_LIMIT_MS = 5_000
/** To look through a larger file would take minutes. */
const LARGEST_CHECKED = 2 ** 30
const MEGABYTE = 1_000_000
const ENOUGH_SPACE = 100 * MEGABYTE
const CLOCK_TOLERANCE_MS = 2_000

/** What Linux calls file systems on which write-ahead logging cannot work: NFS, and two of SMB. */
const NETWORK_FILE_SYSTEMS = new Set([0x6969, 0xff534d42, 0xfe534d42])

/**
 * Does examineDatabase (../examine.ts) for SQLite.
 *
 * @param options.fileSystemOf what a test replaces, which cannot mount another machine's disk
 */
export function examineSqlite({
  url,
  clock,
  fileSystemOf = (folder) => statfsSync(folder),
}: Pick<ExamineOptions, 'url' | 'clock'> & {
  fileSystemOf?: (folder: string) => { type: number; bavail: number; bsize: number }
}): Finding[] {
  let location: Location
  try {
    location = locationOf(url)
  } catch (error) {
    const later = [...OF_ITS_CONTENT, 'durability', 'free space'] as const
    return [wrong('database', sentenceOf(error, url)), ...skipped(later, 'there is no such file')]
  }
  const file = examineFile(location)
  const disk = fileSystemOf(folderOf(location))
  return [
    file,
    ...(file.verdict === 'ok'
      ? examineContent(location, clock)
      : skipped(OF_ITS_CONTENT, 'there is no database that could be looked into')),
    durability(location, disk),
    freeSpace(location, disk),
  ]
}

/** What a start would refuse, in its order and its words. */
function examineFile(location: Location): Finding {
  const { path } = location
  try {
    refuseMoved(location)
    const isThere = statSync(path, { throwIfNoEntry: false }) !== undefined
    if (hadDatabase(location) && !(isThere && hasContent(location))) refuseLost(location)
    refuseUnwritable(location)
    if (!isThere || !hasContent(location)) {
      return warning(
        'database',
        `There is no database ${path} yet, and the first start makes one. If there is one elsewhere, let ` +
          'DATABASE_URL name it.',
      )
    }
    refuseNoFile(location)
    if (isServed(location)) return ok('database', `${path}, which a server has open`)
    refuseForeignLog(location)
    return ok('database', path)
  } catch (error) {
    return wrong('database', sentenceOf(error, path))
  }
}

/** Before this process has a connection: to close a file would drop the locks of one. */
function refuseUnwritable(location: Location) {
  const { path, ownerPath, markerPath } = location
  accessSync(folderOf(location), constants.W_OK | constants.X_OK)
  for (const file of [path, `${path}-wal`, `${path}-shm`, ownerPath, markerPath]) {
    if (existsSync(file) && statSync(file).isFile()) closeSync(openSync(file, 'r+'))
  }
}

/** The folder that the database is in, or in which its folder would be made. */
function folderOf({ path }: Pick<Location, 'path'>): string {
  let folder = dirname(path)
  while (!existsSync(folder)) folder = dirname(folder)
  return folder
}

function examineContent({ path }: Location, clock: ExamineOptions['clock']): Finding[] {
  let database: BetterSqlite3.Database | undefined
  try {
    database = connect(path)
    const damage = examineDamage(database)
    if (damage.verdict === 'wrong') {
      return [damage, ...skipped(['migrations', 'clock'], 'the database is damaged')]
    }
    const applied = migrations(database)
    if (applied.verdict === 'ok') return [damage, applied, time(database, clock)]
    return [damage, applied, ...skipped(['clock'], 'the tables are not up to date')]
  } catch (error) {
    const later = skipped(['migrations', 'clock'], 'the database cannot be read')
    return [wrong('damage', sentenceOf(error, path)), ...later]
  } finally {
    database?.close()
  }
}

/**
 * A connection that leaves everything as it was. One that may write takes its log away again when it
 * is closed; where there is a log, it may hold what is nowhere else, and stays.
 */
function connect(path: string): BetterSqlite3.Database {
  const database = new BetterSqlite3(path, {
    readonly: hasLog(path),
    timeout: BUSY_LIMIT_MS,
    fileMustExist: true,
  })
  database.pragma('query_only = ON')
  return database
}

/** Does identifyDatabase (../examine.ts) for SQLite. */
export function identifySqlite(url: string): string {
  const database = connect(locationOf(url).path)
  try {
    return identityOf(database)
  } finally {
    database.close()
  }
}

function examineDamage(database: BetterSqlite3.Database): Finding {
  const { name } = database
  if (statSync(name).size > LARGEST_CHECKED) {
    const how = `sqlite3 ${name} "PRAGMA quick_check" looks through it`
    return skipped(['damage'], `the file is larger than a gigabyte; ${how}`)[0]!
  }
  const isWhole = database.pragma('quick_check(1)', { simple: true }) === 'ok'
  return isWhole ? ok('damage') : wrong('damage', damaged(name))
}

function migrations(database: BetterSqlite3.Database): Finding {
  try {
    return examineMigrations(sqliteMigrations, readRecords(database))
  } catch (error) {
    return wrong('migrations', sentenceOf(error, database.name))
  }
}

/** Whether something was written at a time that is yet to come. */
function time(database: BetterSqlite3.Database, clock: ExamineOptions['clock']): Finding {
  const newest = database.prepare<[], string | null>(NEWEST).pluck().get()
  const written = new Date(newest ?? 0)
  if (written.getTime() - clock.now().getTime() <= CLOCK_TOLERANCE_MS) return ok('clock')
  return warning(
    'clock',
    `Something was written at ${written.toISOString()}, and this machine's clock says ` +
      `${clock.now().toISOString()}. It went back, and sessions last longer than they should. ` +
      `${SET_THE_CLOCK} If it is right now, it was ahead then, and this passes by itself.`,
  )
}

const NEWEST = `
  SELECT max("at") FROM (SELECT max("at") AS "at" FROM "AuditEvent" UNION ALL SELECT max("lastSeenAt") FROM "Session")`

function durability({ path }: Location, { type }: { type: number }): Finding {
  if (!NETWORK_FILE_SYSTEMS.has(type)) return ok('durability')
  return wrong(
    'durability',
    `${path} is on a disk of another machine, where write-ahead logging does not work. Put the ` +
      'database on a local disk.',
  )
}

function freeSpace({ path }: Location, disk: { bavail: number; bsize: number }): Finding {
  const free = disk.bavail * disk.bsize
  if (free >= ENOUGH_SPACE) return ok('free space')
  return warning(
    'free space',
    `Only ${Math.floor(free / MEGABYTE)} MB are left for ${path}. Make some space: on a full disk nothing ` +
      'can be written, and nobody can be signed out.',
  )
}

function sentenceOf(error: unknown, path: string): string {
  const problem = asOpeningError(error, path)
  return problem instanceof Error ? problem.message : String(problem)
}
