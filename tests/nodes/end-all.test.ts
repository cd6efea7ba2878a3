import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runCommand } from '../support/command-line'
import { manySessions } from '../support/many-tabs'
import { startNodes, type TestNode, type TestNodes } from '../support/nodes'
import { openTab, Refused, type OpenTab } from '../support/tab'
import { until } from '../support/until'

const TABS = 1_000
/** How long a tab stays at a node at most, in milliseconds, before it comes again. */
const STAY_MS = 2_000

let world: TestNodes
let here: TestNode
let there: TestNode
let email: string
let acting: string
let secrets: string[]
beforeAll(async () => {
  world = await startNodes(2)
  ;[here, there] = world.nodes as [TestNode, TestNode]
})
beforeEach(async () => {
  email = await world.newEmail()
  acting = await administrator(email)
  secrets = await manySessions(here, acting, TABS)
})
afterAll(() => world.dispose())

describe('everybody is signed out twice at once, while a thousand tabs come again and again to both nodes', () => {
  let storm: ReturnType<typeof startStorm>
  beforeEach(async () => {
    storm = startStorm()
    await until(() => storm.arrivals >= TABS)
  })

  test('by one administrator at both nodes: each session is counted once, and theirs stays', async () => {
    const active = (await activeSessions()) - 1
    const counts = await Promise.all(world.nodes.map((node) => signEveryoneOut(node, acting)))
    expect(counts.sort()).toEqual([0, active])
    for (const { caller } of world.nodes) expect(await caller.check(acting)).toBe(200)
    await expectNobodyLeft(storm)
  })

  test('by two administrators, one at each node: one stays, and the other is told', async () => {
    const other = await administrator(await world.newEmail())
    const active = (await activeSessions()) - 1
    const counts = await Promise.all([signEveryoneOut(here, acting), signEveryoneOut(there, other)])
    expect(counts.filter((count) => count !== undefined)).toEqual([active])
    for (const { caller } of world.nodes) {
      const [first, second] = [await caller.check(acting), await caller.check(other)]
      expect([first, second]).toEqual(counts.map((count) => (count === undefined ? 401 : 200)))
    }
    await expectNobodyLeft(storm)
  })

  test('by an operator, with two command lines: each session is counted once', async () => {
    const active = await activeSessions()
    const { folder, port } = here
    const at = { folder, port, databaseUrl: world.databaseUrl }
    const answers = await Promise.all([1, 2].map(() => runCommand(at, 'end-all-sessions')))
    const counts = answers.map(({ output, code }) => {
      expect(output).toContain('Nobody is signed in. Confirmed by 2 of 2 nodes.')
      expect(code).toBe(0)
      return Number(/^Ended (\d+) active/.exec(output)?.[1])
    })
    expect(counts.sort()).toEqual([0, active])
    for (const { caller } of world.nodes) expect(await caller.check(acting)).toBe(401)
    await expectNobodyLeft(storm)
  })
})

/** Every tab was refused or told, no session is of use any more, and whoever signs in now is in. */
async function expectNobodyLeft(storm: ReturnType<typeof startStorm>) {
  for (const how of await storm.over) expect([401, 4001]).toContain(how)
  for (const { messages } of storm.signedOut) {
    expect(messages.at(-1)).toMatchObject({ type: 'signed-out' })
  }
  expect(await rowsOf(secrets)).toBe(0)
  for (const { caller } of world.nodes) {
    expect(new Set(await Promise.all(secrets.map(caller.check)))).toEqual(new Set([401]))
    const fresh = await caller.signIn(email)
    for (const other of world.nodes) expect(await other.caller.check(fresh)).toBe(200)
  }
}

/** How many sessions the answer says have ended; undefined when it says that one's own had. */
async function signEveryoneOut({ caller }: TestNode, secret: string) {
  const fields = { intent: 'sign-everyone-out', confirmed: 'yes' }
  const answer = await caller.post('/admin/users', fields, secret)
  if (answer.status === 302) {
    expect(answer.headers.get('Location')).toContain('/login')
    return undefined
  }
  expect(answer.status).toBe(200)
  const page = await answer.text()
  expect(page).toContain('confirmed by 2 of 2 nodes')
  return Number(/signed out of (\d+) sessions?/.exec(page)?.[1])
}

/**
 * Lets a tab of each session come to one node or the other, and come again for as long as it is let in.
 * It is over when none is left; for each tab it says with what status it was refused, or closed.
 */
function startStorm() {
  const storm = { arrivals: 0, signedOut: [] as OpenTab[] }

  async function comeAgainAndAgain(secret: string): Promise<number> {
    for (;;) {
      const node = world.nodes[Math.random() < 0.5 ? 0 : 1]!
      const tab = await openTab(node, secret).catch((error: unknown) => {
        if (error instanceof Refused) return error.status
        throw error
      })
      if (typeof tab === 'number') return tab
      storm.arrivals += 1
      const closed = new Promise((resolve) => tab.socket.once('close', resolve))
      await Promise.race([closed, sleep(Math.random() * STAY_MS)])
      if (tab.closed) {
        storm.signedOut.push(tab)
        return tab.closed.code
      }
      tab.socket.terminate()
    }
  }

  return Object.assign(storm, { over: Promise.all(secrets.map(comeAgainAndAgain)) })
}

async function administrator(address: string): Promise<string> {
  const secret = await here.caller.signUp(address)
  await world.query(`UPDATE "User" SET "role" = 'admin' WHERE "email" = ?`, address)
  for (const { caller } of world.nodes) {
    await until(async () => (await caller.page('/admin/users', secret)).status === 200)
  }
  // The form token that is going to be needed.
  await here.caller.rename(secret, 'Test Person')
  return secret
}

const activeSessions = async () =>
  (await world.queryValue<number>(
    'SELECT count(*) FROM "Session" WHERE "expiresAt" > ?',
    new Date(),
  ))!

const rowsOf = (some: readonly string[]) =>
  world.queryValue<number>(
    'SELECT count(*) FROM "Session" WHERE "id" = ANY (string_to_array(?, \',\'))',
    some.map((secret) => secret.split('.')[0]).join(','),
  )
