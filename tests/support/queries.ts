import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { BetterSqlite3 } from '../../app/database/sqlite/driver.js'

/*
 * Looks into a database from outside, as an operator would, by SQL that every database understands:
 * names in double quotes, `?` for a value.
 */

export type Value = string | number | Date | Uint8Array | null
export type Row = Record<string, Value>

/**
 * Runs one statement over a connection of its own and resolves to its rows: those of `RETURNING`, too.
 * A date goes in and comes out as a Date, bytes as a Buffer, a count as a number.
 */
export type Query = <R extends Row = Row>(sql: string, ...values: Value[]) => Promise<R[]>

/** The one value that a statement is about; undefined when it finds no row. */
export type QueryValue = <V extends Value = Value>(
  sql: string,
  ...values: Value[]
) => Promise<V | undefined>

/** Runs one statement for each of these lists of values, all of them or none. */
export type QueryEach = (sql: string, lists: readonly (readonly Value[])[]) => Promise<void>

/**
 * Asks several questions over one connection, and returns the rows of each. PostgreSQL starts a process
 * for each connection.
 */
export type QueryAll = (statements: readonly string[]) => Promise<Row[][]>

export type Queries = {
  query: Query
  queryValue: QueryValue
  queryEach: QueryEach
  queryAll: QueryAll
}

export function queriesOf(url: string): Queries {
  const { query, queryEach, queryAll } = url.startsWith('file:') ? ofSqlite(url) : ofPostgres(url)
  return {
    query,
    async queryValue<V extends Value>(sql: string, ...values: Value[]) {
      const [row] = await query(sql, ...values)
      return row === undefined ? undefined : (Object.values(row)[0] as V)
    },
    queryEach,
    queryAll,
  }
}

function ofSqlite(url: string): Omit<Queries, 'queryValue'> {
  const path = url.startsWith('file:/') ? fileURLToPath(url) : url.slice('file:'.length)
  const connected = async <T>(work: (database: BetterSqlite3.Database) => T): Promise<T> => {
    const database = new BetterSqlite3(path, { fileMustExist: true })
    try {
      return work(database)
    } finally {
      database.close()
    }
  }

  return {
    query: <R extends Row>(sql: string, ...values: Value[]) =>
      connected((database) => {
        const statement = database.prepare<unknown[], Row>(sql)
        const bound = values.map(asSqlite)
        if (statement.reader) return statement.all(...bound).map(fromSqlite) as R[]
        statement.run(...bound)
        return []
      }),
    queryEach: (sql, lists) =>
      connected((database) => {
        const statement = database.prepare(sql)
        database.transaction(() => {
          for (const values of lists) statement.run(...values.map(asSqlite))
        })()
      }),
    queryAll: (statements) =>
      connected((database) =>
        statements.map((sql) => database.prepare<unknown[], Row>(sql).all().map(fromSqlite)),
      ),
  }
}

const asSqlite = (value: Value) =>
  value instanceof Date ? value.toISOString().replace('Z', '+00:00') : value

/** How SQLite keeps a moment; nothing else in the database looks like that. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/

const fromSqlite = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'string' && MOMENT.test(value) ? new Date(value) : value,
    ]),
  )

function ofPostgres(connectionString: string): Omit<Queries, 'queryValue'> {
  const connected = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ connectionString, types: { getTypeParser } })
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }

  return {
    query: <R extends Row>(sql: string, ...values: Value[]) =>
      connected(
        async (client) => (await client.query<R>(numbered(sql), values.map(asPostgres))).rows,
      ),
    queryEach: (sql, lists) =>
      connected(async (client) => {
        await client.query('BEGIN')
        for (const values of lists) await client.query(numbered(sql), values.map(asPostgres))
        await client.query('COMMIT')
      }),
    queryAll: (statements) =>
      connected(async (client) => {
        const answers: Row[][] = []
        for (const sql of statements) answers.push((await client.query<Row>(sql)).rows)
        return answers
      }),
  }
}

/** `$1` for the first `?`, and so on; not inside of quotes. */
function numbered(sql: string): string {
  let count = 0
  return sql.replaceAll(/'[^']*'|"[^"]*"|\?/g, (part) => (part === '?' ? `$${(count += 1)}` : part))
}

/** The columns are without a time zone and in UTC; pg would write the time of this machine's. */
const asPostgres = (value: Value) => (value instanceof Date ? value.toISOString() : value)

const parsers = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.INT8, Number],
  [pg.types.builtins.TIMESTAMP, (text) => new Date(`${text.replace(' ', 'T')}Z`)],
])

const getTypeParser = ((oid: number, format?: 'text') =>
  parsers.get(oid) ?? (pg.types.getTypeParser(oid, format) as unknown)) as GetTypeParser
type GetTypeParser = typeof pg.types.getTypeParser
