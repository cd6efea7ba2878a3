import { afterAll, beforeAll, test } from 'vitest'
import { startNodes, type TestNodes } from '../support/nodes'
import { expectKeptThrough } from '../support/nodes-history'
import { startOwnPostgres } from '../support/postgres/set-up'

let postgres: Awaited<ReturnType<typeof startOwnPostgres>>
let world: TestNodes
beforeAll(async () => {
  postgres = await startOwnPostgres()
  world = await startNodes(2)
})
afterAll(async () => {
  await world.dispose()
  await postgres.stop()
})

test('no use that began after an acknowledged ending succeeds when PostgreSQL crashes in between, and is started again', () =>
  expectKeptThrough(world, async (crowd) => {
    await postgres.crash()
    await crowd.endings(1)
    await postgres.start()
  }))
