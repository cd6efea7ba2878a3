import type BetterSqlite3 from 'better-sqlite3'
import type { NewRows, Table } from '../database'

/** Inserts rows over a connection that has a transaction open. */
export function createInsertMany(raw: BetterSqlite3.Database) {
  /** By their text. There are few: one for each table and set of columns. */
  const prepared = new Map<string, BetterSqlite3.Statement>()

  return function insertMany<T extends Table>(table: T, rows: readonly NewRows[T][]): void {
    const [first] = rows
    if (!first) return
    const columns = Object.keys(first) as (keyof NewRows[T])[]
    const insert = statementFor(table, columns.map(String))
    for (const row of rows) insert.run(columns.map((column) => stored(row[column])))
  }

  function statementFor(table: string, columns: readonly string[]) {
    const names = columns.map((column) => `"${column}"`).join(', ')
    const places = columns.map(() => '?').join(', ')
    const sql = `INSERT INTO "${table}" (${names}) VALUES (${places})`
    const statement = prepared.get(sql) ?? raw.prepare(sql)
    prepared.set(sql, statement)
    return statement
  }
}

/** As Prisma's adapter stores it, which writes UTC as +00:00. */
export function stored(value: Date): string
export function stored(value: unknown): unknown
export function stored(value: unknown) {
  return value instanceof Date ? value.toISOString().replace('Z', '+00:00') : value
}
