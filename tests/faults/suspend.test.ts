import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCaller, type Caller } from '../support/caller'
import { openTab } from '../support/tab'
import { startOpenServer, type TestServer } from '../support/server'
import { until } from '../support/until'

/** Longer than anything that is remembered may be believed. */
const SUSPENSION_MS = 3_000

let server: TestServer
let caller: Caller
beforeAll(async () => {
  server = await startOpenServer()
  caller = createCaller(server.origin)
})
afterAll(() => server.dispose())

test('a server that slept through an ending refuses in its first answers', async () => {
  const secret = await caller.signUp('ada@example.com')
  const bystander = await caller.signUp('bob@example.com')
  const [tab, other] = [await openTab(server, secret), await openTab(server, bystander)]
  expect(await caller.check(secret)).toBe(200)

  server.process.kill('SIGSTOP')
  await deleteSessionsOf('ada@example.com')
  const waiting = Array.from({ length: 20 }, () => caller.check(secret))
  await sleep(SUSPENSION_MS)
  server.process.kill('SIGCONT')

  expect(new Set(await Promise.all(waiting))).toEqual(new Set([401]))
  await until(() => tab.closed)
  expect(tab.messages).toContainEqual({ type: 'signed-out', reason: 'ended' })
  expect(await caller.check(bystander)).toBe(200)
  expect(other.closed).toBeUndefined()
})

test('a row that another process deletes is refused within its wait, in a server that never slept', async () => {
  const secret = await caller.signUp('cyd@example.com')
  const tab = await openTab(server, secret)
  expect(await caller.check(secret)).toBe(200)
  await deleteSessionsOf('cyd@example.com')
  // The command line answers 300 ms after its commit, and may then be relied upon.
  await sleep(300)
  expect(await caller.check(secret)).toBe(401)
  await until(() => tab.closed)
})

async function deleteSessionsOf(email: string) {
  const deleted = await server.query(
    `DELETE FROM "Session" WHERE "userId" = (SELECT "id" FROM "User" WHERE "email" = ?) RETURNING "id"`,
    email,
  )
  expect(deleted).not.toEqual([])
}
