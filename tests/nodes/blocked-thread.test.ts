import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readUnderWay, startNodes, type TestNode, type TestNodes } from '../support/nodes'
import { openTab, statusOf } from '../support/tab'
import { until } from '../support/until'

const BLOCK_THREAD = fileURLToPath(new URL('../support/block-thread.cjs', import.meta.url))
/** Time for a request to arrive. */
const ARRIVAL_MS = 200
const REQUESTS = 20

const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-block-'))
const BLOCK_FILE = path.join(folder, 'block')
let world: TestNodes
let here: TestNode
let there: TestNode
let acting: string
let ended: string
let bystander: string
beforeAll(async () => {
  world = await startNodes(2, {
    NODE_OPTIONS: `--require=${BLOCK_THREAD}`,
    BLOCK_FILE,
    // Longer than it is blocked, so that no statement gives up meanwhile.
    DATABASE_TIMEOUT: '5s',
  })
  ;[here, there] = world.nodes as [TestNode, TestNode]
})
beforeEach(async () => {
  const email = await world.newEmail()
  acting = await here.caller.signUp(email)
  ended = await there.caller.signIn(email)
  bystander = await there.caller.signUp(await world.newEmail())
  // From now on they are in memory, and there are connections for as many requests at once.
  await Promise.all(many(() => there.caller.check(ended)))
  expect(await there.caller.check(bystander)).toBe(200)
})
afterEach(() => {
  unblock()
  there.way.heal()
})
afterAll(async () => {
  await world.dispose()
  rmSync(folder, { recursive: true, force: true })
})

describe('a node whose thread was blocked while sessions ended at the other', () => {
  test('refuses them in its first answers, and tells their tabs', async () => {
    const tab = await openTab(there, ended)
    await block()
    expect((await here.caller.endOthers(acting)).status).toBe(200)
    const { statuses, openings } = await waitingRequests()
    unblock()
    await expectRefused({ statuses, openings })
    await until(() => tab.closed)
    expect(tab.messages.at(-1)).toEqual({ type: 'signed-out', reason: 'signed-out-elsewhere' })
    await expectGoesOn()
  })

  test('refuses them also when it has not heard of that, however short it was', async () => {
    there.way.stallListening()
    await block()
    expect((await here.caller.endOthers(acting)).status).toBe(200)
    const waiting = await waitingRequests()
    unblock()
    await expectRefused(waiting)
    there.way.heal()
    await expectGoesOn()
  })

  test('refuses them also when it then hears of that, and is given a row from before it', async () => {
    // It is read, since nothing is remembered of this session there.
    await world.query(`UPDATE "User" SET "name" = "name" || '.'`)
    there.way.stallAnswers()
    const early = await readUnderWay(world, () => ({ status: there.caller.check(ended) }))
    await block()
    expect((await here.caller.endOthers(acting)).status).toBe(200)
    there.way.heal()
    const waiting = await waitingRequests()
    unblock()
    await expectRefused(waiting)
    // It was asked before the ending.
    expect(await early.status).toBe(200)
    await expectGoesOn()
  })
})

async function block() {
  writeFileSync(BLOCK_FILE, '')
  const before = there.logs().length
  there.process.kill('SIGUSR2')
  await until(() => there.logs().slice(before).includes('blocked'), { interval: 1 })
}

const unblock = () => rmSync(BLOCK_FILE, { force: true })

const many = <T>(begin: () => T): T[] => Array.from({ length: REQUESTS }, begin)

/** Requests and tabs that wait until the node goes on. */
async function waitingRequests() {
  const statuses = Promise.all(many(() => there.caller.check(ended)))
  const openings = Promise.all(many(() => statusOf(openTab(there, ended))))
  await sleep(ARRIVAL_MS)
  return { statuses, openings }
}

async function expectRefused({
  statuses,
  openings,
}: Awaited<ReturnType<typeof waitingRequests>>): Promise<void> {
  expect(new Set(await statuses)).toEqual(new Set([401]))
  expect(new Set(await openings)).toEqual(new Set([401]))
}

async function expectGoesOn() {
  for (const secret of [acting, bystander]) expect(await there.caller.check(secret)).toBe(200)
  await world.untilAllConfirm()
  // Also from memory.
  expect(await there.caller.check(ended)).toBe(401)
}
