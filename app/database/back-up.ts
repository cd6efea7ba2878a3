import { DatabaseUnusable } from './errors'
import { backUpSqlite } from './sqlite/back-up'

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
