import { DatabaseUnusable } from './errors'
import { moveDatabase, type MovedCounts } from './move'
import { PERCENT_ENCODE } from './postgres/errors'
import { openPostgres } from './postgres/open'
import { backUpSqlite } from './sqlite/back-up'
import { openSqlite } from './sqlite/open'
import { restoreSqlite } from './sqlite/restore'
import type { Database, DatabaseOptions } from './types'

/** The one place that knows which databases there are. */
export const DEFAULT_DATABASE_URL = 'file:./data/latchkey.db'

/**
 * Opens the database and brings its tables up to date.
 *
 * @throws DatabaseUnusable when that cannot be; the message names the fix
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  if (isForOneServer(options.url)) return openSqlite(options)
  if (isPostgres(options.url)) return openPostgres(options)
  throw noSuchKind()
}

export const noSuchKind = () =>
  new DatabaseUnusable(
    `DATABASE_URL must start with file: and name a file, like ${DEFAULT_DATABASE_URL}, or with postgresql:`,
  )

/** Whether only one server at a time may use the database that a URL names. */
export const isForOneServer = (url: string) => url.startsWith('file:')

export const isPostgres = (url: string) => /^postgres(?:ql)?:\/\//.test(url)

/** Does moveDatabase (move.ts), from and to databases of which that is possible. */
export function moveToOther(options: Parameters<typeof moveDatabase>[0]): Promise<MovedCounts> {
  if (!isForOneServer(options.from)) {
    throw new DatabaseUnusable('DATABASE_URL must name the SQLite file that is to be moved.')
  }
  if (!isPostgres(options.to) || !URL.canParse(options.to)) {
    throw new DatabaseUnusable(
      `Name the database to move to as postgresql://user:password@host/name. ${PERCENT_ENCODE}`,
    )
  }
  return moveDatabase(options)
}

export type Backup = { path: string; bytes: number }

/**
 * Writes a copy of the whole database, as it is at one moment, to a file that is not there yet and
 * that only this user may read. Nothing is migrated and nobody is kept waiting: it is for the
 * moment before an upgrade, too.
 *
 * @throws DatabaseUnusable when it cannot be done; then no file is left behind
 */
export function backUpDatabase({ url, file }: { url: string; file: string }): Backup {
  if (isForOneServer(url)) return backUpSqlite({ url, file })
  throw new DatabaseUnusable(
    'This command copies SQLite files. For PostgreSQL: pg_dump --format=custom --exclude-table-data=\'"Node"\' --file=<file> "$DATABASE_URL"',
  )
}

/** Where the database is now, where the one that it replaced is kept, and what `prepare` returned. */
export type Restored<T> = { path: string; kept: string | undefined; value: T }

/**
 * Puts a backup in place of the database, which is kept beside it, whole. Everything is done to a copy
 * first: it is checked, and `prepare` is given its URL, to do to it what has to be done before anybody
 * may use it. Only then one file takes the place of the other. Cut off at any moment, the database is
 * the one or the other; or it is missing, and a start is refused until this is done again.
 *
 * @throws DatabaseUnusable when a server is running, or the backup cannot be used; nothing is changed then
 */
export function restoreDatabase<T>(options: {
  url: string
  file: string
  prepare: (url: string) => Promise<T>
}): Promise<Restored<T>> {
  if (isForOneServer(options.url)) return restoreSqlite(options)
  throw new DatabaseUnusable(
    'This command restores SQLite files. For PostgreSQL stop every server, create an empty database, run ' +
      'pg_restore --no-owner --dbname="$DATABASE_URL" <file>, and then npm run latchkey -- end-all-sessions --after-restore: ' +
      'what ended since the backup is open in it.',
  )
}
