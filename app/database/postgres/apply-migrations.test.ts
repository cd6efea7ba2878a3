import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { until } from '../../../tests/support/until'
import { INSERT_OLD_PEOPLE, OLD_PEOPLE } from '../fixtures'
import { migrationsFrom, type Migration } from '../migrate'
import { applyMigrations, MIGRATION_LOCK, postgresMigrations } from './apply-migrations'
import { connect } from './connection'
import {
  bareDatabase,
  connectTo,
  expectUnusable,
  openTemporary,
  temporaryDatabase,
} from './fixtures'

describe('a database is refused', () => {
  test('that a newer version has written', async () => {
    const url = await temporaryDatabase()
    await change(
      url,
      `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "finished_at")
      VALUES ('newer', 'x', '29990101000000_newer', now())`,
    )
    await expectUnusable(
      () => openTemporary(url),
      'newer version of Latchkey (migration 29990101000000_newer)',
    )
  })

  test('whose migration had another text than its file has now', async () => {
    const url = await temporaryDatabase()
    await change(
      url,
      `UPDATE "_prisma_migrations" SET "checksum" = 'other' WHERE "migration_name" LIKE '%_nodes'`,
    )
    await expectUnusable(() => openTemporary(url), 'another text')
  })

  test('in which another tool has begun a migration and not finished it', async () => {
    const url = await temporaryDatabase()
    await change(
      url,
      `UPDATE "_prisma_migrations" SET "finished_at" = NULL WHERE "migration_name" LIKE '%_nodes'`,
    )
    await expectUnusable(() => openTemporary(url), 'not finished')
  })
})

test('a migration that fails leaves nothing of itself, and those before it stay', async () => {
  const url = await bareDatabase()
  const migrations = migrationsFrom({
    '1_good/migration.sql': 'CREATE TABLE "Good" ("id" text);',
    '2_bad/migration.sql': 'CREATE TABLE "Bad" ("id" text); INSERT INTO "Missing" VALUES (1);',
  })
  await expect(apply(url, migrations)).rejects.toThrow('Missing')
  expect(await tablesOf(url)).toEqual(['Good', '_prisma_migrations'])
  expect((await recordsOf(url)).map((record) => record.migration_name)).toEqual(['1_good'])
})

test('the first migration that fails leaves an empty database', async () => {
  const url = await bareDatabase()
  const bad = { '1_bad/migration.sql': 'CREATE TABLE "Bad" ("id" text); SELECT 1 / 0;' }
  await expect(apply(url, migrationsFrom(bad))).rejects.toThrow('division by zero')
  expect(await tablesOf(url)).toEqual([])
})

test('people of a database without usernames keep all else, and what is known of their addresses', async () => {
  const url = await bareDatabase()
  await apply(
    url,
    postgresMigrations.filter(({ name }) => name < '20261127100000_usernames'),
  )
  const client = await connectTo(url)
  await client.query(INSERT_OLD_PEOPLE)

  await apply(url, postgresMigrations)

  const { rows } = await client.query<OldPerson>('SELECT * FROM "User" ORDER BY "id"')
  expect(rows).toHaveLength(Object.keys(OLD_PEOPLE).length)
  for (const { id, username, email, role, emailConfirmedAt } of rows) {
    const { confirmed, role: before } = OLD_PEOPLE[id]!
    expect({ username, email, role }).toEqual({
      ...{ username: id, email: `${id}@example.com`, role: before },
    })
    expect([id, emailConfirmedAt !== null]).toEqual([id, confirmed])
  }
})

test('several servers that start at once apply every migration once', async () => {
  const url = await bareDatabase()
  await Promise.all(Array.from({ length: 5 }, () => openTemporary(url)))
  expect(await recordsOf(url)).toHaveLength(postgresMigrations.length)
})

test('a server that starts while another one migrates waits for it, and finds it done', async () => {
  const url = await bareDatabase()
  const first = await connect(url)
  await first.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
  let done = false
  const second = openTemporary(url, { create: false }).finally(() => (done = true))
  await until(async () => (await waitingForLocks(url)) === 1)
  expect(done).toBe(false)

  await applyMigrations(first, { onEmpty: () => {} })
  expect(done).toBe(false)
  await first.end()

  expect(await (await second).client.user.count()).toBe(0)
  expect(await recordsOf(url)).toHaveLength(postgresMigrations.length)
})

test('a server that starts while another one is killed at its migration does it itself', async () => {
  const url = await bareDatabase()
  const first = await connectTo(url)
  await first.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
  await first.query('BEGIN; CREATE TABLE "Half" ("done" text)')
  const second = openTemporary(url)
  await until(async () => (await waitingForLocks(url)) === 1)
  first.connection.stream.destroy()
  await second
  expect(await tablesOf(url)).not.toContain('Half')
})

test('a role that owns its database and nothing else applies all of them', async () => {
  const url = await bareDatabase()
  const { client } = await openTemporary(url)
  const rights = await client.$queryRaw`
    SELECT "rolname", "rolsuper", "rolcreaterole", "rolcreatedb", "rolbypassrls", "rolreplication"
    FROM "pg_roles" WHERE "rolname" = current_user`
  const none = {
    rolcreaterole: false,
    rolcreatedb: false,
    rolbypassrls: false,
    rolreplication: false,
  }
  expect(rights).toEqual([{ rolname: 'latchkey', rolsuper: false, ...none }])
})

test('what was applied is recorded the way Prisma does it', async () => {
  const url = await bareDatabase()
  await openTemporary(url)
  const folders = readdirSync('prisma/postgres/migrations').filter((name) => !name.includes('.'))
  const records = await recordsOf(url)
  expect(records.map((record) => record.migration_name)).toEqual(folders.sort())
  for (const record of records) {
    const file = readFileSync(`prisma/postgres/migrations/${record.migration_name}/migration.sql`)
    expect(record).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      checksum: createHash('sha256').update(file).digest('hex'),
      finished_at: expect.any(Date) as Date,
      migration_name: expect.any(String) as string,
      logs: null,
      rolled_back_at: null,
      started_at: expect.any(Date) as Date,
      applied_steps_count: 1,
    })
  }
})

async function apply(url: string, migrations: Migration[]) {
  const client = await connect(url)
  try {
    await applyMigrations(client, { onEmpty: () => {}, migrations })
  } finally {
    await client.end()
  }
}

async function change(url: string, statement: string) {
  const { rowCount } = await (await connectTo(url)).query(statement)
  expect(rowCount).toBe(1)
}

type OldPerson = Record<'id' | 'username' | 'email' | 'role', string> & {
  emailConfirmedAt: Date | null
}
type MigrationRecord = { migration_name: string }

async function recordsOf(url: string) {
  const sql = 'SELECT * FROM "_prisma_migrations" ORDER BY "migration_name"'
  return (await (await connectTo(url)).query<MigrationRecord>(sql)).rows
}

async function tablesOf(url: string) {
  const sql = `SELECT "tablename" FROM "pg_tables" WHERE "schemaname" = 'public' ORDER BY "tablename" COLLATE "C"`
  return (await (await connectTo(url)).query<{ tablename: string }>(sql)).rows.map(
    ({ tablename }) => tablename,
  )
}

async function waitingForLocks(url: string) {
  const sql = `SELECT 1 FROM "pg_locks" WHERE NOT "granted" AND "locktype" = 'advisory'
    AND "database" = (SELECT "oid" FROM "pg_database" WHERE "datname" = current_database())`
  return (await (await connectTo(url)).query(sql)).rows.length
}
