import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Client } from '../types'
import { openTemporary } from './fixtures'

const SQL_TYPES: Record<string, string> = {
  String: 'TEXT',
  DateTime: 'DATETIME',
  Bytes: 'BLOB',
  Int: 'INTEGER',
}

// The SQL of the migrations is written by hand. It must be what the models say.

const models = parseModels(readFileSync('prisma/models.prisma', 'utf8'))

test('the schema names models to compare with', () => {
  expect(models.map((model) => model.name)).toContain('Session')
  expect(models.flatMap((model) => model.columns).length).toBeGreaterThan(models.length)
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
    expect(byName(found), model.name).toEqual(byName(model.columns))
  }
})

test('every index and every unique column of a model exists, and no other', async () => {
  const { client } = await openTemporary()
  for (const model of models) {
    const indexes = await client.$queryRawUnsafe<Index[]>(`PRAGMA index_list("${model.name}")`)
    const found = indexes
      .filter((index) => index.origin === 'c')
      .map((index) => `${index.name}${index.unique ? ' unique' : ''}`)
    expect(found.sort(), model.name).toEqual(model.indexes.sort())
  }
})

test('every relation of a model is a foreign key that cascades', async () => {
  const { client } = await openTemporary()
  for (const model of models) {
    const sql = `PRAGMA foreign_key_list("${model.name}")`
    const keys = await client.$queryRawUnsafe<ForeignKey[]>(sql)
    const found = keys.map((key) => `${key.from} → ${key.table}.${key.to} ${key.on_delete}`)
    expect(found.sort(), model.name).toEqual(model.relations.sort())
  }
})

test('every column of every model can be written and read through the client', async () => {
  const { client } = await openTemporary()
  for (const model of models) {
    const data = Object.fromEntries(model.columns.map(({ name }) => [name, sample(model, name)]))
    const table = tableOf(client, model.name)
    await table.create({ data })
    expect(await table.findFirstOrThrow(), model.name).toEqual(data)
  }
})

type Column = { name: string; type: string; notnull: bigint }
type Index = { name: string; unique: bigint; origin: string }
type ForeignKey = { from: string; to: string; table: string; on_delete: string }
type Model = ReturnType<typeof parseModels>[number]

function parseModels(text: string) {
  const enums = new Map(blocks(text, 'enum').map(({ name, lines }) => [name, lines[0]]))
  return blocks(text, 'model').map(({ name, lines }) => {
    const fields = lines.filter((line) => !line.startsWith('@@')).map(parseField)
    const scalars = fields.filter(({ type }) => type in SQL_TYPES || enums.has(type))
    return {
      name,
      types: new Map(scalars.map(({ field, type }) => [field, enums.get(type) ?? type])),
      columns: scalars.map(({ field, type, required }) => ({
        name: field,
        type: SQL_TYPES[type] ?? 'TEXT',
        required,
      })),
      indexes: [
        ...scalars
          .filter(({ attributes }) => attributes.includes('@unique'))
          .map(({ field }) => `${name}_${field}_key unique`),
        ...lines
          .flatMap((line) => /^@@index\(\[(.+)\]\)/.exec(line)?.[1] ?? [])
          .map((columns) => `${name}_${columns.split(', ').join('_')}_idx`),
      ],
      relations: fields.flatMap(({ type, attributes }) => {
        const [, from, to] = /fields: \[(\w+)\], references: \[(\w+)\]/.exec(attributes) ?? []
        return from ? [`${from} → ${type}.${to} CASCADE`] : []
      }),
    }
  })
}

function blocks(text: string, kind: string) {
  const found = text.matchAll(new RegExp(`^${kind} (\\w+) \\{\\n([^}]*)^\\}`, 'gm'))
  return [...found].map(([, name = '', body = '']) => ({
    name,
    lines: body
      .replaceAll(/\/\/.*/g, '')
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  }))
}

function parseField(line: string) {
  const [, field = '', type = '', mark, attributes = ''] =
    /^(\w+)\s+(\w+)(\?|\[\])?\s*(.*)$/.exec(line) ?? []
  return { field, type, required: mark !== '?', attributes }
}

/** A value that the column can hold; references are to the user that was created first. */
function sample(model: Model, column: string) {
  const type = model.types.get(column)
  if (type === 'DateTime') return new Date('2026-02-03T04:05:06.789Z')
  if (type === 'Bytes') return new Uint8Array([0, 1, 255])
  if (type === 'Int') return 42
  if (type !== 'String') return type
  return column === 'userId' || (model.name === 'User' && column === 'id')
    ? 'ada'
    : `some ${column}`
}

type Table = {
  create(query: { data: object }): Promise<unknown>
  findFirstOrThrow(): Promise<unknown>
}

function tableOf(client: Client, model: string) {
  const key = model[0]!.toLowerCase() + model.slice(1)
  return (client as unknown as Record<string, Table>)[key]!
}

function byName<T extends { name: string }>(columns: T[]) {
  return columns.sort((a, b) => (a.name < b.name ? -1 : 1))
}
