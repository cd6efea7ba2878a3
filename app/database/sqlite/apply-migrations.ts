import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import { DatabaseUnusable } from '../errors'
import { migrationsFrom, pendingMigrations, type Migration, type MigrationRecord } from '../migrate'
import { BetterSqlite3 } from './driver'
import { deadlineIn, retryWhileBusy } from './write-lock'

/** How long to wait for another process that is migrating. */
const MIGRATION_WAIT_MS = 60_000

/** What `prisma migrate` creates, so that it finds its own. */
const CREATE_RECORDS = `
CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)`

const INSERT_RECORD = `
INSERT INTO "_prisma_migrations"
    ("id", "checksum", "finished_at", "migration_name", "started_at", "applied_steps_count")
VALUES (?, ?, ?, ?, ?, 1)`

export const sqliteMigrations = migrationsFrom(
  import.meta.glob<string>('/prisma/sqlite/migrations/*/migration.sql', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
)

/**
 * Applies what is pending, each migration in a transaction of its own together with its record.
 * Every one asks again what is pending once it has the write lock, so two processes can start at
 * once: one applies it, the other waits and finds it done. `onEmpty` is called first when there are
 * no tables at all; it may refuse.
 */
export async function applyMigrations(
  path: string,
  { onEmpty, migrations = sqliteMigrations }: { onEmpty: () => unknown; migrations?: Migration[] },
): Promise<void> {
  const database = new BetterSqlite3(path, { timeout: 0, fileMustExist: true })
  const deadline = deadlineIn(MIGRATION_WAIT_MS)
  try {
    database.pragma('synchronous = FULL')
    // Redefining a table drops the old one, which would cascade; and the switch is dead inside a
    // transaction. The references are checked before each commit instead.
    database.pragma('foreign_keys = OFF')
    if (await retryWhileBusy(deadline, () => isEmpty(database))) onEmpty()
    const applyNext = exclusively(database, () => applyFirstPending(database, migrations))
    const pendingCount = () => pending(database, migrations).length
    while ((await retryWhileBusy(deadline, pendingCount)) > 0) {
      await retryWhileBusy(deadline, applyNext)
    }
  } finally {
    database.close()
  }
}

/** Throws unless the tables are those of this version of Latchkey, or of an older one. */
export function refuseOtherTables(database: BetterSqlite3.Database): void {
  const names = tables(database)
  if (!names.includes('_prisma_migrations') || !names.includes('User')) {
    throw new DatabaseUnusable('It holds no tables of Latchkey.')
  }
  pending(database, sqliteMigrations)
}

function isEmpty(database: BetterSqlite3.Database) {
  return tables(database).length === 0
}

/** The write lock from the first moment, so that nothing is decided on what is already old. */
function exclusively(database: BetterSqlite3.Database, work: () => void) {
  const transaction = database.transaction(work)
  return () => transaction.immediate()
}

function applyFirstPending(database: BetterSqlite3.Database, migrations: Migration[]) {
  const [next] = pending(database, migrations)
  if (!next) return
  const startedAt = Date.now()
  database.exec(CREATE_RECORDS)
  database.exec(next.sql)
  refuseDangling(database, next)
  database.prepare(INSERT_RECORD).run(randomUUID(), next.checksum, Date.now(), next.name, startedAt)
}

function pending(database: BetterSqlite3.Database, migrations: Migration[]) {
  return pendingMigrations(migrations, readRecords(database))
}

export function readRecords(database: BetterSqlite3.Database): MigrationRecord[] {
  const names = tables(database)
  if (names.includes('_prisma_migrations')) {
    return database.prepare<[], MigrationRecord>('SELECT * FROM "_prisma_migrations"').all()
  }
  if (names.length === 0) return []
  throw new DatabaseUnusable(
    `${database.name} holds another program's tables. Let DATABASE_URL name a file of its own.`,
  )
}

/**
 * Does identifyDatabase (../examine.ts) for SQLite. The record of the first migration has an id that was
 * drawn when it was applied; a file that was copied has the same one, and another number.
 */
export function identityOf(database: BetterSqlite3.Database): string {
  const id = database.prepare<[], string>(FIRST_RECORD).pluck().get()
  return `${id} ${statSync(database.name).ino}`
}

const FIRST_RECORD = `
  SELECT "id" FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL
  ORDER BY "migration_name" LIMIT 1`

function tables(database: BetterSqlite3.Database) {
  return database
    .prepare<[], string>(
      `SELECT "name" FROM "sqlite_schema" WHERE "type" = 'table' AND "name" NOT LIKE 'sqlite%'`,
    )
    .pluck()
    .all()
}

function refuseDangling(database: BetterSqlite3.Database, { name }: Migration) {
  const dangling = database.pragma('foreign_key_check') as unknown[]
  if (dangling.length > 0) throw new Error(`Migration ${name} leaves references to missing rows`)
}
