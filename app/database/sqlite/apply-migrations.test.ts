import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { INSERT_OLD_PEOPLE, OLD_PEOPLE } from '../fixtures'
import { migrationsFrom } from '../migrate'
import { applyMigrations, sqliteMigrations } from './apply-migrations'
import { BetterSqlite3 } from './driver'
import { anotherProcess, openTemporary, temporaryPath } from './fixtures'

test('a migration that fails leaves nothing of itself', async () => {
  const path = await emptyFile()
  const migrations = migrationsFrom({
    '1_good/migration.sql': 'CREATE TABLE "Good" ("id");',
    '2_bad/migration.sql': 'CREATE TABLE "Bad" ("id"); INSERT INTO "Missing" VALUES (1);',
  })
  await expect(apply(path, migrations)).rejects.toThrow('Missing')
  expect(namesOf(path, 'table')).toEqual(['Good', '_prisma_migrations'])
  expect(recordsOf(path).map((record) => record.migration_name)).toEqual(['1_good'])
})

test('redefining a table does not cascade to the rows that refer to it', async () => {
  const path = await emptyFile()
  const before = {
    '1_tables/migration.sql': `
      CREATE TABLE "Parent" ("id" TEXT PRIMARY KEY);
      CREATE TABLE "Child" ("parent" TEXT REFERENCES "Parent" ("id") ON DELETE CASCADE);
      INSERT INTO "Parent" VALUES ('p'); INSERT INTO "Child" VALUES ('p');`,
  }
  const redefining = `
      PRAGMA defer_foreign_keys=ON;
      PRAGMA foreign_keys=OFF;
      CREATE TABLE "new_Parent" ("id" TEXT PRIMARY KEY, "name" TEXT);
      INSERT INTO "new_Parent" ("id") SELECT "id" FROM "Parent";
      DROP TABLE "Parent";
      ALTER TABLE "new_Parent" RENAME TO "Parent";
      PRAGMA foreign_keys=ON;
      PRAGMA defer_foreign_keys=OFF;`
  await apply(path, migrationsFrom({ ...before, '2_redefine/migration.sql': redefining }))
  expect(rowsOf(path, 'SELECT * FROM "Child"')).toEqual([{ parent: 'p' }])
  expect(rowsOf(path, 'PRAGMA foreign_key_list("Child")')).toMatchObject([{ table: 'Parent' }])
})

test('a migration that would leave references to missing rows is refused', async () => {
  const path = await emptyFile()
  const migrations = migrationsFrom({
    '1_orphan/migration.sql': `
      CREATE TABLE "Parent" ("id" TEXT PRIMARY KEY);
      CREATE TABLE "Child" ("parent" TEXT REFERENCES "Parent" ("id"));
      INSERT INTO "Child" VALUES ('nobody');`,
  })
  await expect(apply(path, migrations)).rejects.toThrow('missing rows')
  expect(namesOf(path, 'table')).toEqual([])
})

test('people stay signed in when their sessions are given a key for their form tokens', async () => {
  const path = await emptyFile()
  const isBefore = ({ name }: { name: string }) => name < '20261126170000_session_keys'
  await apply(path, sqliteMigrations.filter(isBefore))
  const database = new BetterSqlite3(path)
  database.exec(`
    INSERT INTO "User" VALUES ('ada', 'ada@example.com', 'Ada', 'ada', 'user', NULL, '1', '1', '1');
    INSERT INTO "Session" VALUES ('s1', x'00ff', 'ada', 'began', 'seen', 'expires', 'ends', 'ip', 'ua')`)
  database.close()

  await apply(path, sqliteMigrations)

  const [session] = rowsOf(path, 'SELECT *, length("formKey") AS "bytes" FROM "Session"')
  expect(session).toMatchObject({
    ...{ id: 's1', tokenHash: Buffer.from([0, 255]), userId: 'ada', bytes: 32 },
    ...{ createdAt: 'began', lastSeenAt: 'seen', authenticatedAt: 'began' },
    ...{ expiresAt: 'expires', endsAt: 'ends', ip: 'ip', userAgent: 'ua' },
  })
})

test('people of a database without usernames keep all else, and what is known of their addresses', async () => {
  const path = await emptyFile()
  await apply(
    path,
    sqliteMigrations.filter(({ name }) => name < '20261127100000_usernames'),
  )
  const database = new BetterSqlite3(path)
  database.exec(INSERT_OLD_PEOPLE)
  database.close()

  await apply(path, sqliteMigrations)

  for (const [id, { role, confirmed }] of Object.entries(OLD_PEOPLE)) {
    const [row] = rowsOf(path, `SELECT * FROM "User" WHERE "id" = '${id}'`)
    expect(row).toMatchObject({ username: id, email: `${id}@example.com`, role })
    expect([id, row?.emailConfirmedAt !== null]).toEqual([id, confirmed])
  }
  expect(rowsOf(path, 'SELECT * FROM "Password"')).toHaveLength(Object.keys(OLD_PEOPLE).length)
})

test('several servers that start at once apply every migration once', async () => {
  const path = temporaryPath()
  await Promise.all(Array.from({ length: 5 }, () => openTemporary(path)))
  expect(recordsOf(path)).toHaveLength(sqliteMigrations.length)
})

test('a server that starts while another process migrates waits for it', async () => {
  const path = await emptyFile()
  const other = await anotherProcess(path, 'BEGIN IMMEDIATE; CREATE TABLE "Half" ("done")')
  let done = false
  const applying = apply(path, sqliteMigrations).then(() => (done = true))
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(done).toBe(false)
  await other.end('SIGKILL')
  await applying
  expect(namesOf(path, 'table')).not.toContain('Half')
})

test('what was applied is recorded the way Prisma does it', async () => {
  const path = temporaryPath()
  await openTemporary(path)
  const folders = readdirSync('prisma/sqlite/migrations').filter((name) => !name.includes('.'))
  const records = recordsOf(path)
  expect(records.map((record) => record.migration_name)).toEqual(folders.sort())
  for (const record of records) {
    const name = String(record.migration_name)
    const file = readFileSync(`prisma/sqlite/migrations/${name}/migration.sql`)
    expect(record).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      checksum: createHash('sha256').update(file).digest('hex'),
      finished_at: expect.any(Number) as number,
      migration_name: expect.any(String) as string,
      logs: null,
      rolled_back_at: null,
      started_at: expect.any(Number) as number,
      applied_steps_count: 1,
    })
  }
})

test('keys of names that were stored too long are cut off, and no others', async () => {
  const path = await emptyFile()
  const isNew = ({ name }: { name: string }) => name.endsWith('_shorter_name_keys')
  await apply(path, sqliteMigrations.slice(0, sqliteMigrations.findIndex(isNew)))
  const database = new BetterSqlite3(path)
  onTestFinished(() => void database.close())
  const addUser = database.prepare(
    `INSERT INTO "User" ("id", "email", "name", "nameKey", "createdAt", "updatedAt", "lastActiveAt")
     VALUES (?, ?, '', ?, 0, 0, 0)`,
  )
  addUser.run('long', 'long@example.com', '😀'.repeat(1_800))
  addUser.run('short', 'short@example.com', 'ada')
  await apply(path, sqliteMigrations)
  expect(rowsOf(path, 'SELECT "nameKey" FROM "User" ORDER BY "id"')).toEqual([
    { nameKey: '😀'.repeat(254) },
    { nameKey: 'ada' },
  ])
})

async function emptyFile() {
  const path = temporaryPath()
  new BetterSqlite3(path).close()
  return path
}

function apply(path: string, migrations: typeof sqliteMigrations) {
  return applyMigrations(path, { onEmpty: () => {}, migrations })
}

function recordsOf(path: string) {
  return rowsOf(path, 'SELECT * FROM "_prisma_migrations" ORDER BY "migration_name"')
}

function namesOf(path: string, type: string) {
  const sql = `SELECT "name" FROM "sqlite_schema" WHERE "type" = '${type}' ORDER BY "name"`
  return rowsOf(path, sql).map((row) => row.name)
}

function rowsOf(path: string, sql: string) {
  const database = new BetterSqlite3(path)
  onTestFinished(() => void database.close())
  return database.prepare<[], Record<string, unknown>>(sql).all()
}
