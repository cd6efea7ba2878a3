import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startNodes, type TestNode, type TestNodes } from '../support/nodes'
import { startPgBouncer } from '../support/pooler'
import { serversUrl, urlOf } from '../support/postgres/databases'

/** Where it cannot be had, nothing is tried. */
const pooler = await startPgBouncer(urlOf(serversUrl(), 'postgres'), 'transaction')

const ENDINGS = 3

describe.skipIf(!pooler)('behind a pooler in transaction mode', () => {
  let world: TestNodes
  let here: TestNode
  let there: TestNode
  beforeAll(async () => {
    world = await startNodes(2, {}, { through: Number(new URL(pooler!.url).port) })
    ;[here, there] = world.nodes as [TestNode, TestNode]
  })
  afterAll(async () => {
    await world.dispose()
    await pooler!.stop()
  })

  test('each node says that nothing is heard through it, and how to mend that', () => {
    for (const { logs } of world.nodes) {
      expect(logs()).toContain('so nothing is answered from memory')
      expect(logs()).toContain('a pooler in transaction mode (PgBouncer)')
    }
  })

  test('what ends is refused at once, since nothing is answered from memory', async () => {
    const email = await world.newEmail()
    const acting = await here.caller.signUp(email)
    for (let ending = 0; ending < ENDINGS; ending += 1) {
      const ended = await there.caller.signIn(email)
      expect(await there.caller.check(ended)).toBe(200)
      expect(await (await here.caller.endOthers(acting)).text()).toContain(
        'Signed out of 1 other session',
      )
      expect(await there.caller.check(ended)).toBe(401)
    }
    const id = acting.split('.')[0]!
    for (const { caller } of world.nodes) expect(await caller.check(acting)).toBe(200)
    await world.query('DELETE FROM "Session" WHERE "id" = ?', id)
    for (const { caller } of world.nodes) expect(await caller.check(acting)).toBe(401)
  })
})
