import { afterAll, beforeAll, expect, test } from 'vitest'
import { startNodes, type TestNode, type TestNodes } from '../support/nodes'
import { startOwnPostgres } from '../support/postgres/set-up'
import { until } from '../support/until'

const ROUNDS = 4

let world: TestNodes
let here: TestNode
let there: TestNode
let postgres: Awaited<ReturnType<typeof startOwnPostgres>>
beforeAll(async () => {
  // One of its own: a crash is everybody's who uses the server.
  postgres = await startOwnPostgres()
  world = await startNodes(2)
  ;[here, there] = world.nodes as [TestNode, TestNode]
})
afterAll(async () => {
  await world.dispose()
  await postgres.stop()
})

test('a session that ends right after a crash of PostgreSQL is refused by a node that did not hear of the crash', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const secret = await here.caller.signUp(`person-${round}@example.com`)
    expect(await there.caller.check(secret)).toBe(200)
    expect(await here.caller.check(secret)).toBe(200)

    there.way.stallAll()
    await crash()
    await until(async () => (await here.caller.signOut(secret).catch(() => null))?.status === 302)
    expect(await there.caller.check(secret)).not.toBe(200)
    there.way.heal()
    await until(async () => (await there.caller.check(secret)) === 401)
    await until(async () => Number(await world.queryValue('SELECT count(*) FROM "Node"')) === 2)
  }
})

/** As when the kernel ends one of its processes: it ends all others, and recovers, within a moment. */
async function crash() {
  const pid = await world.queryValue<number>(
    `SELECT "pid" FROM "pg_stat_activity" WHERE "query" = 'LISTEN latchkey' LIMIT 1`,
  )
  process.kill(pid!, 'SIGKILL')
}
