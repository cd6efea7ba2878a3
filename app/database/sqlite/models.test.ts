import { expect, test } from 'vitest'
import { byName, models, writeEveryColumn } from '../../../tests/support/models'
import { openTemporary } from './fixtures'

const SQL_TYPES: Record<string, string> = {
  DateTime: 'DATETIME',
  Bytes: 'BLOB',
  Int: 'INTEGER',
  BigInt: 'BIGINT',
  Boolean: 'BOOLEAN',
}

// The SQL of the migrations is written by hand. It must be what the models say.

test('the schema names models to compare with', () => {
  expect(models.map((model) => model.name)).toContain('Session')
  expect(models.flatMap((model) => model.columns).length).toBeGreaterThan(models.length)
})

test('there is a table for each model, and beside them only those of the search and of migrations', async () => {
  const { client } = await openTemporary()
  const tables = await client.$queryRaw<{ name: string }[]>`
    SELECT "name" FROM "sqlite_schema" WHERE "type" = 'table'`
  const names = models.map(({ name }) => name)
  const isOfSearch = (name: string) => /^UserSearch(Row$|_|$)/.test(name)
  const others = tables.map(({ name }) => name).filter((name) => !isOfSearch(name))
  expect(others.sort()).toEqual([...names, '_prisma_migrations'].sort())
})

test('no table has a column, a type or a NOT NULL that its model has not', async () => {
  const { client } = await openTemporary()
  for (const model of models) {
    const columns = await client.$queryRawUnsafe<Column[]>(`PRAGMA table_info("${model.name}")`)
    const found = columns.map(({ name, type, notnull }) => ({
      name,
      type,
      required: notnull === 1n,
    }))
    const wanted = model.columns.map((column) => ({
      ...column,
      type: SQL_TYPES[column.type] ?? 'TEXT',
    }))
    expect(byName(found), model.name).toEqual(byName(wanted))
  }
})

test('every index and every unique column of a model exists, and no other', async () => {
  const { client } = await openTemporary()
  for (const model of models) {
    const indexes = await client.$queryRawUnsafe<Index[]>(`PRAGMA index_list("${model.name}")`)
    const found = indexes
      .filter((index) => index.origin === 'c')
      .map((index) => ({ name: index.name, unique: index.unique === 1n }))
    const wanted = model.indexes.map(({ name, unique }) => ({ name, unique }))
    expect(byName(found), model.name).toEqual(byName(wanted))
  }
})

test('every relation of a model is a foreign key that cascades', async () => {
  const { client } = await openTemporary()
  for (const model of models) {
    const sql = `PRAGMA foreign_key_list("${model.name}")`
    const keys = await client.$queryRawUnsafe<ForeignKey[]>(sql)
    const found = keys.map(({ from, table, to, on_delete }) => ({ from, table, to, on_delete }))
    const wanted = model.relations.map((relation) => ({ ...relation, on_delete: 'CASCADE' }))
    const byColumn = (keys: typeof wanted) => keys.toSorted((a, b) => (a.from < b.from ? -1 : 1))
    expect(byColumn(found), model.name).toEqual(byColumn(wanted))
  }
})

test('every column of every model can be written and read through the client', async () => {
  const { client } = await openTemporary()
  for (const { model, written, read } of await writeEveryColumn(client)) {
    expect(read, model).toEqual(written)
  }
})

type Column = { name: string; type: string; notnull: bigint }
type Index = { name: string; unique: bigint; origin: string }
type ForeignKey = { from: string; to: string; table: string; on_delete: string }
