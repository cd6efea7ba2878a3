import type BetterSqlite3 from 'better-sqlite3'
import type { Row } from '../database'

/** Inserts rows over a connection that has a transaction open. */
export function insertMany(raw: BetterSqlite3.Database, table: string, rows: readonly Row[]) {
  if (!raw.inTransaction) throw new Error('Rows are inserted in a transaction')
  const [first] = rows
  if (!first) return
  const columns = Object.keys(first)
  const names = columns.map((column) => `"${column}"`).join(', ')
  const places = columns.map(() => '?').join(', ')
  const insert = raw.prepare(`INSERT INTO "${table}" (${names}) VALUES (${places})`)
  for (const row of rows) insert.run(columns.map((column) => stored(row[column])))
}

/** As Prisma's adapter stores it, which writes UTC as +00:00. */
export function stored(value: Date): string
export function stored(value: Row[string] | undefined): Exclude<Row[string], Date> | undefined
export function stored(value: Row[string] | undefined) {
  return value instanceof Date ? value.toISOString().replace('Z', '+00:00') : value
}
