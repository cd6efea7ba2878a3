import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { runCommand } from '../support/command-line'
import { manySessions } from '../support/many-tabs'
import { startNodes, type TestNode, type TestNodes } from '../support/nodes'
import { openTab, Refused, type OpenTab } from '../support/tab'
import { until } from '../support/until'

const TABS = 1_000
const AT_ONCE = 50
const PAUSE_MS = 100

let world: TestNodes
let here: TestNode
let there: TestNode
let email: string
let acting: string
let secrets: string[]
beforeAll(async () => {
  // Longer than usual, since a thousand tabs and their tests share a machine.
  world = await startNodes(2, { DATABASE_TIMEOUT: '5s' })
  ;[here, there] = world.nodes as [TestNode, TestNode]
})
beforeEach(async () => {
  email = await world.newEmail()
  acting = await administrator(email)
  secrets = await manySessions(here, acting, TABS)
})
afterAll(() => world.dispose())

describe('everybody is signed out twice at once, while a thousand tabs come again and again to both nodes', () => {
  test('by one administrator at both nodes: each session is counted once, and theirs stays', async () => {
    const storm = await stormUnderWay()
    const active = (await activeSessions()) - 1
    const counts = await Promise.all(world.nodes.map((node) => signEveryoneOut(node, acting)))
    expect(counts.sort()).toEqual([0, active])
    for (const node of world.nodes) expect(await isIn(node, acting)).toBe(true)
    await expectNobodyLeft(storm)
  })

  test('by two administrators, one at each node: one stays, and the other is told', async () => {
    const other = await administrator(await world.newEmail())
    const storm = await stormUnderWay()
    const active = (await activeSessions()) - 1
    const counts = await Promise.all([signEveryoneOut(here, acting), signEveryoneOut(there, other)])
    expect(counts.filter((count) => count !== undefined)).toEqual([active])
    for (const node of world.nodes) {
      const stayed = [await isIn(node, acting), await isIn(node, other)]
      expect(stayed).toEqual(counts.map((count) => count !== undefined))
    }
    await expectNobodyLeft(storm)
  })

  test('by an operator, with two command lines: each session is counted once', async () => {
    const storm = await stormUnderWay()
    const active = await activeSessions()
    const { folder, port } = here
    const at = { folder, port, databaseUrl: world.databaseUrl }
    const answers = await Promise.all([1, 2].map(() => runCommand(at, 'end-all-sessions')))
    const counts = answers.map(({ output, code }) => {
      expect(output).toContain('Nobody is signed in.')
      expect(code).toBe(0)
      return Number(/^Ended (\d+) active/.exec(output)?.[1])
    })
    expect(counts.sort()).toEqual([0, active])
    for (const node of world.nodes) expect(await isIn(node, acting)).toBe(false)
    await expectNobodyLeft(storm)
  })
})

/** Every tab was refused or told, no session is of use any more, and whoever signs in now is in. */
async function expectNobodyLeft(storm: ReturnType<typeof startStorm>) {
  await storm.over
  expect(storm.told.length + storm.refused).toBe(TABS)
  for (const { messages } of storm.told) {
    expect(messages.at(-1)).toMatchObject({ type: 'signed-out' })
  }
  expect(await rowsOf(secrets)).toBe(0)
  for (const node of world.nodes) {
    for (const some of batches(secrets)) {
      const isAnyIn = await Promise.all(some.map((secret) => isIn(node, secret)))
      expect(isAnyIn).not.toContain(true)
    }
    const fresh = await node.caller.signIn(email)
    for (const other of world.nodes) expect(await isIn(other, fresh)).toBe(true)
  }
}

/** How many sessions the answer says have ended; undefined when it says that one's own had. */
async function signEveryoneOut({ caller }: TestNode, secret: string) {
  const fields = { intent: 'sign-everyone-out', confirmed: 'yes' }
  const answer = await unlessBusy(() => caller.post('/admin/users', fields, secret))
  if (answer.status === 302) {
    expect(answer.headers.get('Location')).toContain('/login')
    return undefined
  }
  expect(answer.status).toBe(200)
  const page = await answer.text()
  if (page.includes('There was nothing left to sign out of.')) return 0
  return Number(/signed out of (\d+) sessions?/.exec(page)?.[1])
}

/**
 * Lets a tab of each session come to one node or the other, and again after a while, as pages do also
 * when a node is busy or sends them away: so many at once, as quickly as this machine bears it. It is
 * over when each was told that it is signed out.
 */
function startStorm() {
  const storm = { arrivals: 0, told: [] as OpenTab[], refused: 0, isCalledOff: false }

  async function comeInTurn(some: string[]) {
    const tabs = new Map<string, OpenTab>()
    const left = new Set(some)
    while (left.size > 0 && !storm.isCalledOff) {
      for (const secret of left) {
        await sleep(PAUSE_MS)
        const before = tabs.get(secret)
        if (before?.closed?.code === 4001) {
          storm.told.push(before)
          left.delete(secret)
          continue
        }
        before?.socket.terminate()
        const tab = await open(world.nodes[Math.random() < 0.5 ? 0 : 1]!, secret)
        if (tab === 'refused') {
          storm.refused += 1
          left.delete(secret)
        } else if (tab !== 'not now') {
          storm.arrivals += 1
          tabs.set(secret, tab)
        }
      }
    }
  }

  onTestFinished(() => void (storm.isCalledOff = true))
  return Object.assign(storm, { over: Promise.all(batches(secrets).map(comeInTurn)) })
}

const batches = (all: readonly string[]) =>
  Array.from({ length: AT_ONCE }, (_, lane) => all.filter((_, at) => at % AT_ONCE === lane))

/** One in which every tab has come about once. */
async function stormUnderWay() {
  const storm = startStorm()
  await until(() => storm.arrivals >= TABS)
  return storm
}

/** A node that has too much to do answers 503, or does not take the connection. */
async function open(node: TestNode, secret: string): Promise<OpenTab | 'refused' | 'not now'> {
  try {
    return await openTab(node, secret)
  } catch (error) {
    return error instanceof Refused && error.status === 401 ? 'refused' : 'not now'
  }
}

/** What is neither done nor refused, since the node has too much to do, is tried again. */
async function unlessBusy<T extends { status: number }>(ask: () => Promise<T>): Promise<T> {
  return until(async () => {
    const answer = await ask()
    return answer.status === 503 ? null : answer
  })
}

const isIn = async ({ caller }: TestNode, secret: string) =>
  (await unlessBusy(async () => ({ status: await caller.check(secret) }))).status === 200

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
