import pg from 'pg'
import { vi } from 'vitest'
import { BetterSqlite3 } from '../../app/database/sqlite/driver.js'
import { isOnPostgres } from './test-database'

/** A table of the servers that are alive, in which each writes by itself. */
const OF_NODES = 'Node'

/**
 * What the database of this process is asked while something is done: the verb and the table of every
 * statement, in their order.
 */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const asked: string[] = []
  const restore = isOnPostgres ? listenToPostgres(asked) : listenToSqlite(asked)
  try {
    await work()
    return asked.flatMap(inShort)
  } finally {
    restore()
  }
}

function listenToPostgres(asked: string[]): () => void {
  const prototype = pg.Client.prototype as { query: (...of: unknown[]) => unknown }
  const { query } = prototype
  const spy = vi.spyOn(prototype, 'query').mockImplementation(function (this: pg.Client, ...of) {
    const [first] = of
    asked.push(typeof first === 'string' ? first : ((first as { text?: string }).text ?? ''))
    return query.apply(this, of)
  })
  return () => spy.mockRestore()
}

/** Statements are prepared once and run often. */
function listenToSqlite(asked: string[]): () => void {
  type Statement = { source: string } & Record<Way, (...of: unknown[]) => unknown>
  const database = new BetterSqlite3(':memory:')
  const prototype = Object.getPrototypeOf(database.prepare('SELECT 1')) as Statement
  database.close()
  const spies = WAYS.map((way) => {
    const run = prototype[way]
    return vi.spyOn(prototype, way).mockImplementation(function (this: Statement, ...of) {
      asked.push(this.source)
      return run.apply(this, of)
    })
  })
  return () => spies.forEach((spy) => spy.mockRestore())
}

const WAYS = ['run', 'get', 'all', 'iterate'] as const
type Way = (typeof WAYS)[number]

function inShort(sql: string): string[] {
  const [, verb = ''] = /^\s*(\w+)/.exec(sql) ?? []
  const [, table] =
    /(?:FROM|INTO|UPDATE)\s+(?:["`](?:public|main)["`]\.)?["`](\w+)["`]/i.exec(sql) ?? []
  return table === undefined || table === OF_NODES ? [] : [`${verb.toUpperCase()} ${table}`]
}
