import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import type { Logger } from 'pino'
import { DatabaseUnusable } from '../errors'
import { migrationsFrom, pendingMigrations, type Migration, type MigrationRecord } from '../migrate'

/** Servers that start together wait for less. */
const LONG_WAIT_MS = 2_000

/** Any number will do, if it is always the same: who holds it migrates, the others wait. */
export const MIGRATION_LOCK = 5_281_904_337

const CREATE_RECORDS = `
CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum"              VARCHAR(64) NOT NULL,
    "finished_at"           TIMESTAMPTZ,
    "migration_name"        VARCHAR(255) NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        TIMESTAMPTZ,
    "started_at"            TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count"   INTEGER NOT NULL DEFAULT 0
)`

const INSERT_RECORD = `
INSERT INTO "_prisma_migrations"
    ("id", "checksum", "finished_at", "migration_name", "started_at", "applied_steps_count")
VALUES ($1, $2, clock_timestamp(), $3, now(), 1)`

export const postgresMigrations = migrationsFrom(
  import.meta.glob<string>('/prisma/postgres/migrations/*/migration.sql', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
)

/**
 * Applies what is pending, each migration in a transaction of its own together with its record. Each one
 * asks again what is pending once it has the lock, so two servers can start at once: one applies it, the
 * other waits and finds it done. The lock is the transaction's: a pooler would keep that of a connection.
 *
 * @param options.onEmpty is called first when there are no tables at all; it may refuse
 */
export async function applyMigrations(
  client: pg.Client,
  {
    onEmpty,
    migrations = postgresMigrations,
    log,
  }: { onEmpty: () => unknown; migrations?: Migration[]; log?: Pick<Logger, 'warn'> | undefined },
): Promise<void> {
  // A machine that died while it migrated is noticed within a minute, and not after hours.
  await client.query('SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10')
  for (let more = true; more;) {
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED')
    await takeLock(client, log)
    if ((await tables(client)).length === 0) onEmpty()
    const [next] = pendingMigrations(migrations, await readRecords(client))
    if (next) await apply(client, next)
    await client.query('COMMIT')
    more = next !== undefined
  }
}

async function takeLock(client: pg.Client, log: Pick<Logger, 'warn'> | undefined) {
  const late = setTimeout(
    () => log?.warn('another process migrates this database, or moves one to it: waiting for it'),
    LONG_WAIT_MS,
  )
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
  } finally {
    clearTimeout(late)
  }
}

/** What fails leaves a transaction that ends with the connection. */
async function apply(client: pg.Client, { name, sql, checksum }: Migration) {
  await client.query(CREATE_RECORDS)
  await client.query(sql)
  await client.query(INSERT_RECORD, [randomUUID(), checksum, name])
}

export async function readRecords(client: pg.Client): Promise<MigrationRecord[]> {
  const names = await tables(client)
  if (names.includes('_prisma_migrations')) {
    const { rows } = await client.query<MigrationRecord>('SELECT * FROM "_prisma_migrations"')
    return rows
  }
  if (names.length === 0) return []
  throw new DatabaseUnusable(
    "The database holds another program's tables. Let DATABASE_URL name one of its own.",
  )
}

async function tables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT "tablename" AS "name" FROM "pg_tables" WHERE "schemaname" = current_schema()`,
  )
  return rows.map(({ name }) => name)
}
