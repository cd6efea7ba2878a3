import type BetterSqlite3 from 'better-sqlite3'
import { LRUCache } from 'lru-cache'

/** More than the application has; lists of ids make some of every length. */
const REMEMBERED = 300

/** What Prisma's stock adapter uses of its connection, and of a statement. */
export type StatementSource = Pick<BetterSqlite3.Database, 'exec' | 'close'> & {
  prepare(sql: string): { bind(args: readonly unknown[]): Bound }
}
type Bound = {
  reader: boolean
  columns(): BetterSqlite3.ColumnDefinition[]
  run(): BetterSqlite3.RunResult
  raw(): { all(): unknown[] }
}

/**
 * A connection that has SQLite parse and plan the text of a query once. The stock adapter has it
 * done for every query, which took a twentieth of the time that a sign-in holds the event loop.
 *
 * A statement that was prepared before the tables changed is prepared anew by SQLite itself.
 */
export function rememberStatements(raw: BetterSqlite3.Database): StatementSource {
  const prepared = new LRUCache<string, BetterSqlite3.Statement<unknown[], unknown>>({
    max: REMEMBERED,
  })

  function statementOf(sql: string) {
    const known = prepared.get(sql)
    if (known) return known
    const statement = raw.prepare<unknown[], unknown>(sql)
    if (statement.reader) statement.raw()
    prepared.set(sql, statement)
    return statement
  }

  return {
    exec: (script) => raw.exec(script),
    close: () => raw.close(),
    prepare(sql) {
      const statement = statementOf(sql)
      return {
        bind: (args) => ({
          reader: statement.reader,
          columns: () => statement.columns(),
          run: () => statement.run(args),
          raw: () => ({ all: () => statement.all(args) }),
        }),
      }
    },
  }
}
