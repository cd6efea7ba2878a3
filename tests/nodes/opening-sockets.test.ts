import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { manySessions } from '../support/many-tabs'
import { readUnderWay, startNodes, type TestNode, type TestNodes } from '../support/nodes'
import { openTab, Refused, type OpenTab } from '../support/tab'
import { until } from '../support/until'

const ROUNDS = 15
const SESSIONS = 30
/** How long an ending takes at most on a quiet machine, in milliseconds. */
const ENDING_MS = 60

let world: TestNodes
let here: TestNode
let there: TestNode
let email: string
beforeAll(async () => {
  world = await startNodes(2)
  ;[here, there] = world.nodes as [TestNode, TestNode]
})
beforeEach(async () => (email = await world.newEmail()))
afterAll(() => world.dispose())

describe('a tab that opens at one node while its session is ended at the other', () => {
  test('is refused or signed out, in whatever moment it comes', async () => {
    const acting = await here.caller.signUp(email)
    const opened = { refused: 0, signedOut: 0 }
    for (let round = 0; round < ROUNDS; round += 1) {
      const secrets = await manySessions(there, acting, SESSIONS)
      // Every other one from memory.
      await Promise.all(secrets.filter((_, index) => index % 2 === 0).map(there.caller.check))
      const coming = secrets.map(async (secret) => {
        await sleep(Math.random() * ENDING_MS)
        return tabOrNone(secret)
      })
      const [ending, ...tabs] = await Promise.all([here.caller.endOthers(acting), ...coming])
      expect(ending.status).toBe(200)
      for (const tab of tabs) {
        if (tab) await expectSignedOut(tab)
        opened[tab ? 'signedOut' : 'refused'] += 1
      }
    }
    // Else they did not meet.
    expect(opened.refused).toBeGreaterThan(0)
    expect(opened.signedOut).toBeGreaterThan(0)
    expect(await there.caller.check(acting)).toBe(200)
  })

  test('is signed out also when it was found signed in before the ending, and opens after it', async () => {
    const acting = await here.caller.signUp(email)
    const [secret] = (await manySessions(there, acting, 1)) as [string]
    there.way.stallAnswers()
    const opening = await readUnderWay(world, () => ({ tab: tabOrNone(secret) }))
    expect((await here.caller.endOthers(acting)).status).toBe(200)
    there.way.heal()
    const tab = await opening.tab
    // Not refused: what was read before the ending said that it is signed in.
    expect(tab).toBeDefined()
    await expectSignedOut(tab!)
    await world.untilAllConfirm()
  })
})

/** Undefined when it is refused, as somebody who is not signed in. */
async function tabOrNone(secret: string): Promise<OpenTab | undefined> {
  try {
    return await openTab(there, secret)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    expect(error.status).toBe(401)
    return undefined
  }
}

async function expectSignedOut(tab: OpenTab) {
  await until(() => tab.closed)
  expect(tab.closed).toEqual({ code: 4001 })
  expect(tab.messages.at(-1)).toMatchObject({ type: 'signed-out' })
}
