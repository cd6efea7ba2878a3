import { afterAll, beforeAll, expect, test } from 'vitest'
import { startNodes, type TestNode, type TestNodes } from '../support/nodes'
import { until } from '../support/until'

let world: TestNodes
let node: TestNode
beforeAll(async () => {
  world = await startNodes(1)
  ;[node] = world.nodes as [TestNode]
})
afterAll(() => world.dispose())

test('a node whose request to listen gets no answer tries another connection, and can be stopped', async () => {
  const secret = await node.caller.signUp('ada@example.com')
  await loseListening()
  await until(async () => (await nodesOnTheList()) === 0)
  await until(async () => (await nodesOnTheList()) === 1)
  expect(await node.caller.check(secret)).toBe(200)

  await loseListening()
  await until(async () => (await nodesOnTheList()) === 0)
  expect(await node.stop()).toBe(0)
})

/** The connection that comes after it goes silent when it begins to listen. */
async function loseListening() {
  node.way.stallNextListening()
  await world.query(
    `SELECT pg_terminate_backend("pid") FROM "pg_stat_activity"
     WHERE "query" = 'LISTEN latchkey' AND "datname" = current_database()`,
  )
}

const nodesOnTheList = async () => Number(await world.queryValue('SELECT count(*) FROM "Node"'))
