import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { byName, enums, models, writeEveryColumn } from '../../../tests/support/models'
import { temporaryPath, openTemporary as openSqlite } from '../sqlite/fixtures'
import { createPostgresDatabase } from '../../../tests/support/postgres/databases'
import { bareDatabase, openTemporary } from './fixtures'

const SQL_TYPES: Record<string, string> = {
  String: 'text COLLATE "C"',
  DateTime: 'timestamp(3) without time zone',
  Bytes: 'bytea',
  Int: 'integer',
  BigInt: 'bigint',
  Boolean: 'boolean',
}

let database: Awaited<ReturnType<typeof createPostgresDatabase>>
let connection: pg.Client
beforeAll(async () => {
  database = await createPostgresDatabase()
  connection = new pg.Client({ connectionString: database.url })
  await connection.connect()
})
afterAll(async () => {
  await connection.end()
  await database.drop()
})

const ask = <Row extends object>(sql: string) => connection.query<Row>(sql)

// The SQL of the migrations is written by hand. It must be what the models say.

test('there is a table for each model, and beside them only those of nodes and of migrations', async () => {
  const { rows } = await ask<{ name: string }>(
    `SELECT "tablename" AS "name" FROM "pg_tables" WHERE "schemaname" = 'public'`,
  )
  const names = models.map(({ name }) => name)
  const others = ['_prisma_migrations', 'Node']
  expect(rows.map(({ name }) => name).sort()).toEqual([...names, ...others].sort())
})

test('no table has a column, a type or a NOT NULL that its model has not, and text is compared by its bytes', async () => {
  for (const model of models) {
    const { rows } = await ask<{ name: string; type: string; required: boolean }>(`
      SELECT "attname" AS "name", "attnotnull" AS "required", format_type("atttypid", "atttypmod") ||
        CASE WHEN "attcollation" = 0 THEN '' ELSE ' COLLATE ' || "attcollation"::regcollation END AS "type"
      FROM "pg_attribute" WHERE "attrelid" = '"${model.name}"'::regclass AND "attnum" > 0`)
    const wanted = model.columns.map((column) => ({
      ...column,
      type: SQL_TYPES[column.type] ?? `"${column.type}"`,
    }))
    expect(byName(rows), model.name).toEqual(byName(wanted))
  }
})

test('every enum has the values of its model, in their order', async () => {
  for (const [name, values] of enums) {
    const { rows } = await ask<{ label: string }>(`
      SELECT "enumlabel" AS "label" FROM "pg_enum"
      WHERE "enumtypid" = '"${name}"'::regtype ORDER BY "enumsortorder"`)
    expect(
      rows.map(({ label }) => label),
      name,
    ).toEqual(values)
  }
})

test('every index and every unique column of a model exists, of its columns, and no other', async () => {
  for (const model of models) {
    const { rows } = await ask<{ name: string; unique: boolean; columns: string[] }>(`
      SELECT "indexrelid"::regclass::text AS "name", "indisunique" AS "unique",
        array(SELECT "attname"::text FROM unnest("indkey") WITH ORDINALITY AS "key" ("number", "place")
          JOIN "pg_attribute" ON "attrelid" = "indrelid" AND "attnum" = "number" ORDER BY "place") AS "columns"
      FROM "pg_index" WHERE "indrelid" = '"${model.name}"'::regclass AND NOT "indisprimary"
        -- That of the search is of no columns, which no model could say.
        AND "indexprs" IS NULL`)
    const found = rows.map((index) => ({ ...index, name: index.name.replaceAll('"', '') }))
    expect(byName(found), model.name).toEqual(byName(model.indexes))
  }
})

test('every relation of a model is a foreign key that cascades, and there is no other', async () => {
  for (const model of models) {
    const { rows } = await ask<{ key: string }>(`
      SELECT pg_get_constraintdef("oid") AS "key" FROM "pg_constraint"
      WHERE "conrelid" = '"${model.name}"'::regclass AND "contype" = 'f'`)
    const found = rows.map(({ key }) => key.replaceAll('"', ''))
    const wanted = model.relations.map(
      ({ from, table, to }) =>
        `FOREIGN KEY (${from}) REFERENCES ${table}(${to}) ON UPDATE CASCADE ON DELETE CASCADE`,
    )
    expect(found.sort(), model.name).toEqual(wanted.sort())
  }
})

test('every column of every model can be written and read through the client', async () => {
  const { client } = await openTemporary(await bareDatabase())
  for (const { model, written, read } of await writeEveryColumn(client)) {
    expect(read, model).toEqual(written)
  }
})

test('a column that may be empty, has a default or is part of the key is that on both databases', async () => {
  const path = temporaryPath()
  const { client } = await openSqlite(path)
  for (const { name } of models) {
    const columns = await client.$queryRawUnsafe<SqliteColumn[]>(`PRAGMA table_info("${name}")`)
    const { rows } = await ask<Shape>(`
      SELECT "attname" AS "name", NOT "attnotnull" AS "mayBeEmpty", "atthasdef" AS "hasDefault",
        EXISTS (SELECT 1 FROM "pg_index" WHERE "indrelid" = "attrelid" AND "indisprimary"
          AND "attnum" = ANY("indkey")) AS "isKey"
      FROM "pg_attribute" WHERE "attrelid" = '"${name}"'::regclass AND "attnum" > 0`)
    const onSqlite = columns.map(({ name, notnull, dflt_value, pk }) => ({
      name,
      mayBeEmpty: notnull === 0n,
      hasDefault: dflt_value !== null,
      isKey: pk > 0n,
    }))
    expect(byName(rows), name).toEqual(byName(onSqlite))
  }
})

type Shape = { name: string; mayBeEmpty: boolean; hasDefault: boolean; isKey: boolean }
type SqliteColumn = { name: string; notnull: bigint; dflt_value: string | null; pk: bigint }
