import { readFileSync } from 'node:fs'
import type { Client } from '../../app/database/types'

/*
 * What the models of prisma/models.prisma say. The SQL of the migrations is written by hand, once for
 * each database, and must be that.
 */

export type Model = {
  name: string
  columns: { name: string; type: string; required: boolean }[]
  /** Those with `@unique` and those of `@@unique` and `@@index`, as Prisma names them. */
  indexes: { name: string; columns: string[]; unique: boolean }[]
  relations: { from: string; table: string; to: string }[]
}

const SCALARS = ['String', 'DateTime', 'Bytes', 'Int', 'BigInt', 'Boolean']

const text = readFileSync('prisma/models.prisma', 'utf8')

/** The values of each enum. */
export const enums = new Map(blocks('enum').map(({ name, lines }) => [name, lines]))

export const models: Model[] = blocks('model').map(({ name, lines }) => {
  const fields = lines.filter((line) => !line.startsWith('@@')).map(parseField)
  const columns = fields.filter(({ type }) => SCALARS.includes(type) || enums.has(type))
  const listed = lines.flatMap((line) => {
    const [, kind, columns] = /^@@(index|unique)\(\[(.+)\]\)/.exec(line) ?? []
    return columns ? [{ unique: kind === 'unique', columns: columns.split(', ') }] : []
  })
  return {
    name,
    columns: columns.map(({ field, type, required }) => ({ name: field, type, required })),
    indexes: [
      ...columns
        .filter(({ attributes }) => attributes.includes('@unique'))
        .map(({ field }) => ({ name: `${name}_${field}_key`, columns: [field], unique: true })),
      ...listed.map(({ columns, unique }) => ({
        name: `${name}_${columns.join('_')}_${unique ? 'key' : 'idx'}`,
        columns,
        unique,
      })),
    ],
    relations: fields.flatMap(({ type, attributes }) => {
      const [, from, to] = /fields: \[(\w+)\], references: \[(\w+)\]/.exec(attributes) ?? []
      return from && to ? [{ from, table: type, to }] : []
    }),
  }
})

function blocks(kind: string) {
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

/**
 * Writes one row of every model through the client, with a value in every column.
 *
 * @returns for each model what was written and what is read
 */
export async function writeEveryColumn(client: Client) {
  const rows: { model: string; written: object; read: unknown }[] = []
  for (const model of thoseReferredToFirst(models)) {
    const written = Object.fromEntries(
      model.columns.map((column) => [
        column.name,
        refers(model, column.name) ? SOME_ID : sample(column),
      ]),
    )
    const table = tableOf(client, model.name)
    await table.create({ data: written })
    rows.push({ model: model.name, written, read: await table.findFirstOrThrow() })
  }
  return rows
}

/** By a relation, or by the name of it where a model does without. */
const refers = ({ relations }: Model, column: string) =>
  column === 'userId' || relations.some(({ from }) => from === column)

function thoseReferredToFirst(some: readonly Model[]): Model[] {
  const ordered: Model[] = []
  const add = (model: Model) => {
    if (ordered.includes(model)) return
    for (const { table } of model.relations) add(some.find(({ name }) => name === table)!)
    ordered.push(model)
  }
  some.forEach(add)
  return ordered
}

/** The id of every row that has one, so that any can refer to any. */
export const SOME_ID = 'some id'

/** A value that the column can hold. */
function sample({ name, type }: { name: string; type: string }) {
  if (type === 'DateTime') return new Date('2026-02-03T04:05:06.789Z')
  if (type === 'Bytes') return new Uint8Array([0, 1, 255])
  if (type === 'Int') return 42
  if (type === 'BigInt') return 42n
  if (type === 'Boolean') return true
  return enums.get(type)?.[0] ?? `some ${name}`
}

type Table = {
  create(query: { data: object }): Promise<unknown>
  findFirstOrThrow(): Promise<unknown>
}

function tableOf(client: Client, model: string) {
  const key = model[0]!.toLowerCase() + model.slice(1)
  return (client as unknown as Record<string, Table>)[key]!
}

export const byName = <T extends { name: string }>(several: readonly T[]): T[] =>
  several.toSorted((a, b) => (a.name < b.name ? -1 : 1))
