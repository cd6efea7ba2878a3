import { createHash } from 'node:crypto'
import { DatabaseUnusable } from './errors'
import { ok, warning, wrong, type Finding } from './findings'

export type Migration = { name: string; sql: string; checksum: string }

/** The columns of Prisma's own `_prisma_migrations` table that matter here. */
export type MigrationRecord = {
  migration_name: string
  checksum: string
  finished_at: unknown
  rolled_back_at: unknown
}

/** Migrations in the order of their names, from the texts of `…/<name>/migration.sql`. */
export function migrationsFrom(files: Record<string, string>): Migration[] {
  return Object.entries(files)
    .map(([path, text]) => ({ name: folderOf(path), sql: withUnixLineEnds(text) }))
    .map(({ name, sql }) => ({ name, sql, checksum: sha256(sql) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * What is still to be applied. Throws DatabaseUnusable when the database holds something that these
 * migrations did not make: from a newer version, from an edited file, or half done.
 */
export function pendingMigrations(all: Migration[], records: MigrationRecord[]): Migration[] {
  const applied = records.filter((record) => record.rolled_back_at === null)
  for (const record of applied) refuseForeign(record, all)
  const names = new Set(applied.map((record) => record.migration_name))
  const pending = all.filter((migration) => !names.has(migration.name))
  refuseGap(all, pending)
  return pending
}

/** What there is to say of the migrations of a database that may or may not be up to date. */
export function examineMigrations(all: Migration[], records: MigrationRecord[]): Finding {
  const check = 'migrations'
  try {
    const pending = pendingMigrations(all, records)
    if (pending.length === 0) return ok(check)
    if (pending.length === all.length) {
      return warning(
        check,
        'The database is empty. Start the server once: it makes the tables. If there should be ' +
          'people in it, let DATABASE_URL name the right one.',
      )
    }
    const names = pending.map(({ name }) => name).join(', ')
    return warning(check, `Not applied yet: ${names}. Start the server once.`)
  } catch (error) {
    if (error instanceof DatabaseUnusable) return wrong(check, error.message)
    throw error
  }
}

function refuseForeign(record: MigrationRecord, all: Migration[]) {
  const name = record.migration_name
  const known = all.find((migration) => migration.name === name)
  if (!known) {
    throw new DatabaseUnusable(
      `The database was written by a newer version of Latchkey (migration ${name}). ` +
        'Start that version, or restore a backup from before the upgrade.',
    )
  }
  if (record.finished_at === null) {
    throw new DatabaseUnusable(
      `Migration ${name} was begun by another tool and not finished. Restore a backup.`,
    )
  }
  if (record.checksum !== known.checksum) {
    throw new DatabaseUnusable(
      `Migration ${name} was applied with another text than its file has now. ` +
        'Bring the file back as it was; a change needs a new migration.',
    )
  }
}

/** A migration that sorts before an applied one would be applied to tables it was not written for. */
function refuseGap(all: Migration[], pending: Migration[]) {
  const first = pending[0]
  if (!first || all.length - all.indexOf(first) === pending.length) return
  throw new DatabaseUnusable(
    `Migration ${first.name} is older than one that is applied. Give it a later name.`,
  )
}

function folderOf(path: string) {
  const folder = path.split('/').at(-2)
  if (!folder) throw new Error(`A migration's file must be <name>/migration.sql, not ${path}`)
  return folder
}

/** A checkout on Windows must not look like an edited file. */
function withUnixLineEnds(text: string) {
  return text.replaceAll('\r\n', '\n')
}

function sha256(text: string) {
  return createHash('sha256').update(text).digest('hex')
}
