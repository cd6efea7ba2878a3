import { afterEach, describe, expect, test, vi } from 'vitest'
import { createCaller } from '../support/caller'
import { openRawTab } from '../support/raw-tab'
import { startServer, type TestServer } from '../support/server'
import { openTab } from '../support/tab'
import { until } from '../support/until'
import { withPatience } from '../support/patience'

const EXIT_WITHIN_MS = 10_000

vi.setConfig({ testTimeout: 90_000 })

let server: TestServer
afterEach(() => server.dispose())

async function stopTimed() {
  const began = performance.now()
  const code = await server.stop('SIGTERM')
  return { code, took: performance.now() - began }
}

describe('told to end', () => {
  test('the server answers what was begun, sends tabs away with 1001 and leaves nothing undone', async () => {
    // Passwords that take a while, so that all sign-ins can be under way at one moment.
    server = await startServer({ PASSWORD_COST: '11' })
    const caller = createCaller(server.origin)
    const people = ['ada', 'bob', 'cyd'].map((name) => `${name}@example.com`)
    const homes = await Promise.all(people.map((email) => caller.signUp(email)))
    const tabs = await Promise.all(homes.map((secret) => openTab(server, secret)))

    const signIns = people.map((email) => caller.signIn(email))
    await until(() => attemptsUnderWay() === people.length, { interval: 1 })
    const { code, took } = await stopTimed()

    const secrets = await Promise.all(signIns)
    expect(code).toBe(0)
    expect(took).toBeLessThan(withPatience(EXIT_WITHIN_MS))
    await until(() => tabs.every(({ closed }) => closed))
    expect(tabs.map(({ closed }) => closed?.code)).toEqual([1001, 1001, 1001])
    await expect(caller.send('/healthz')).rejects.toThrow()

    await server.start()
    const again = [...homes, ...secrets].map((secret) => caller.check(secret))
    expect(new Set(await Promise.all(again))).toEqual(new Set([200]))
  })

  test('the server writes the activity that was only in memory', async () => {
    server = await startServer()
    const caller = createCaller(server.origin)
    const secret = await caller.signUp('ada@example.com')
    const before = lastSeen()
    await caller.page('/profile', secret)
    await stopTimed()
    expect(lastSeen() > before).toBe(true)
  })

  test('the server does not wait for a tab that never answers, nor for an idle connection', async () => {
    server = await startServer()
    const caller = createCaller(server.origin)
    const secret = await caller.signUp('ada@example.com')
    const deaf = await openRawTab(server, secret)
    deaf.socket.pause()
    const { code, took } = await stopTimed()
    deaf.socket.destroy()
    expect(code).toBe(0)
    expect(took).toBeLessThan(withPatience(EXIT_WITHIN_MS))
  })
})

/** Sign-ins that were counted and are now at their passwords. */
const attemptsUnderWay = () =>
  reading(
    `SELECT coalesce(sum("points"), 0) FROM "RateLimiterFlexible" WHERE "key" LIKE 'signInFromAddress%'`,
  )

const lastSeen = () => reading('SELECT max("lastSeenAt") FROM "Session"')

function reading(sql: string) {
  const database = server.openDatabase()
  try {
    return database.prepare(sql).pluck().get() as number
  } finally {
    database.close()
  }
}
