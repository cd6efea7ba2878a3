import { createCaller, type Caller } from './caller'
import type { Queries } from './queries'
import { startOpenServer, startServer, type TestServer } from './server'
import { startTcpProxy, type TcpProxy } from './tcp-proxy'
import { until } from './until'

/** One of several built servers on one database of PostgreSQL. */
export type TestNode = TestServer & {
  caller: Caller
  /** The way from it to PostgreSQL, which a test can make fail. */
  way: TcpProxy
}

export type TestNodes = Queries & {
  nodes: TestNode[]
  /** The database as an operator reaches it, past every way. */
  databaseUrl: string
  /** An address that nobody has, for an account that may be made however many were made before. */
  newEmail: () => Promise<string>
  /** Waits until a sign-out is confirmed by every node: a fault before is over for all of them. */
  untilAllConfirm: () => Promise<void>
  dispose: () => Promise<void>
}

/**
 * Starts several, each a process with an address of its own (so with a cookie name of its own, for
 * sessions that all of them know).
 *
 * @param options.build another build than that of the project
 * @param options.through the port of what stands before PostgreSQL
 */
export async function startNodes(
  count: number,
  settings: Record<string, string> = {},
  options: { build?: string; through?: number } = {},
): Promise<TestNodes> {
  // It makes the database, and its first administrator; then it is no node any more.
  const maker = await startOpenServer()
  await maker.stop()
  const nodes: TestNode[] = []
  for (let number = 0; number < count; number += 1) {
    nodes.push(await startNode(maker, settings, options))
  }
  const { query, queryValue, queryEach, queryAll, databaseUrl } = maker
  let people = 0
  async function newEmail() {
    await query('DELETE FROM "AttemptCounter"')
    return `person-${(people += 1)}@example.com`
  }

  return {
    nodes,
    newEmail,
    async untilAllConfirm() {
      const { caller } = nodes[0]!
      const email = await newEmail()
      const acting = await caller.signUp(email)
      await until(async () => {
        await caller.signIn(email)
        const page = await (await caller.endOthers(acting)).text()
        return page.includes(`confirmed by ${count} of ${count} nodes`)
      })
    },
    query,
    queryValue,
    queryEach,
    queryAll,
    databaseUrl,
    async dispose() {
      for (const node of nodes) {
        node.way.heal()
        await node.dispose()
        await node.way.close()
      }
      await maker.dispose()
    },
  }
}

async function startNode(
  maker: TestServer,
  settings: Record<string, string>,
  { build, through }: { build?: string; through?: number },
) {
  const url = new URL(maker.databaseUrl)
  const way = await startTcpProxy(through ?? Number(url.port))
  url.port = String(way.port)
  const server = await startServer({ SIGNUP: 'open', ...settings, DATABASE_URL: url.href }, build)
  const { query, queryValue, queryEach, queryAll } = maker
  // Not a copy: which process it is changes with a restart.
  return Object.assign(Object.create(server) as TestServer, {
    query,
    queryValue,
    queryEach,
    queryAll,
    caller: createCaller(server.origin),
    way,
  })
}

/**
 * Begins a request at a node whose answers are stalled, and resolves when PostgreSQL has read the row
 * of its session, which the node is given only when that is over.
 */
export async function readUnderWay<T>({ queryValue }: Queries, begin: () => T): Promise<T> {
  const since = await queryValue<string>('SELECT clock_timestamp()::text')
  const begun = begin()
  await until(() =>
    queryValue(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle'
       AND query LIKE '%"Session"."id" =%' AND query_start > ?::timestamptz`,
      since!,
    ),
  )
  return begun
}
