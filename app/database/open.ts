import { DatabaseUnusable } from './errors'
import { backUpSqlite } from './sqlite/back-up'
import { openSqlite } from './sqlite/open'
import type { Database, DatabaseOptions } from './types'

/** The one place that knows which databases there are. */
export const DEFAULT_DATABASE_URL = 'file:./data/latchkey.db'

/**
 * Opens the database and brings its tables up to date.
 *
 * @throws DatabaseUnusable when that cannot be; the message names the fix
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  if (options.url.startsWith('file:')) return openSqlite(options)
  throw new DatabaseUnusable(
    `DATABASE_URL must start with file: and name a file, like ${DEFAULT_DATABASE_URL}.`,
  )
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
  if (url.startsWith('file:')) return backUpSqlite({ url, file })
  throw new DatabaseUnusable('This command copies SQLite files. Use pg_dump for PostgreSQL.')
}
