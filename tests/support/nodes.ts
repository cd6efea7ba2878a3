import { createCaller, type Caller } from './caller'
import type { Queries } from './queries'
import { startOpenServer, startServer, type TestServer } from './server'
import { startTcpProxy, type TcpProxy } from './tcp-proxy'

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
  dispose: () => Promise<void>
}

/**
 * Starts several, each a process with an address of its own (so with a cookie name of its own, for
 * sessions that all of them know).
 *
 * @param build another build than that of the project
 */
export async function startNodes(
  count: number,
  settings: Record<string, string> = {},
  build?: string,
): Promise<TestNodes> {
  // It makes the database, and its first administrator; then it is no node any more.
  const maker = await startOpenServer()
  await maker.stop()
  const nodes: TestNode[] = []
  for (let number = 0; number < count; number += 1) {
    nodes.push(await startNode(maker, settings, build))
  }
  const { query, queryValue, queryEach, databaseUrl } = maker
  return {
    nodes,
    query,
    queryValue,
    queryEach,
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

async function startNode(maker: TestServer, settings: Record<string, string>, build?: string) {
  const url = new URL(maker.databaseUrl)
  const way = await startTcpProxy(Number(url.port))
  url.port = String(way.port)
  const server = await startServer({ SIGNUP: 'open', ...settings, DATABASE_URL: url.href }, build)
  const { query, queryValue, queryEach } = maker
  // Not a copy: which process it is changes with a restart.
  return Object.assign(Object.create(server) as TestServer, {
    query,
    queryValue,
    queryEach,
    caller: createCaller(server.origin),
    way,
  })
}
