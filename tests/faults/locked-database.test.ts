import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anotherProcess } from '../../app/database/sqlite/fixtures'
import { createCaller, type Caller } from '../support/caller'
import { startOpenServer, type TestServer } from '../support/server'
import { until } from '../support/until'
import { PASSWORD } from '../support/visitor'

const BUSY_LIMIT_MS = 5_000

let server: TestServer
let caller: Caller
let here: string
let there: string

beforeAll(async () => {
  server = await startOpenServer()
  caller = createCaller(server.origin)
  here = await caller.signUp('ada@example.com')
  there = await caller.signIn('ada@example.com')
})
afterAll(() => server.dispose())

const takeLock = () => anotherProcess(server.databaseFile, 'BEGIN IMMEDIATE')

describe('while another process holds the write lock', () => {
  test('what would write answers 503 with when to come back, and does nothing of it', async () => {
    const before = await dump()
    const lock = await takeLock()
    const began = performance.now()
    const moments: number[] = []
    const sent = [
      caller.endOthers(here),
      caller.signOut(there),
      caller.rename(here, 'Half done'),
      caller.post('/login', { email: 'ada@example.com', password: PASSWORD }),
      caller.post('/signup', { name: 'New', email: 'new@example.com', password: PASSWORD }),
    ]
    for (const answer of sent) void answer.then(() => moments.push(performance.now()))
    const answers = await Promise.all(sent)
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503])
    for (const answer of answers) {
      expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0)
      expect(answer.headers.get('Set-Cookie')).toBeNull()
    }
    // They had waited, and all at once: one after another, each would come a limit later.
    expect(moments[0]! - began).toBeGreaterThan(BUSY_LIMIT_MS / 2)
    expect(moments.at(-1)! - moments[0]!).toBeLessThan(BUSY_LIMIT_MS)
    await lock.end()
    expect(await dump()).toEqual(before)
    expect([await caller.check(here), await caller.check(there)]).toEqual([200, 200])
  })

  test('reading goes on', async () => {
    const lock = await takeLock()
    const answers = await Promise.all([
      caller.page('/profile', here),
      caller.page('/api/v1/session', there),
      caller.send('/login'),
      caller.send('/readyz'),
      caller.send('/healthz'),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(await answers[0].text()).toContain('Sign out of 1 other session')
    await lock.end()
  })

  test('a write waits, and is done when the lock is free in time', async () => {
    const lock = await takeLock()
    const renaming = caller.rename(here, 'Patient')
    // The page before it is answered, so the server has not stopped for it.
    expect((await caller.page('/profile', here)).status).toBe(200)
    await lock.end()
    expect((await renaming).status).toBe(200)
    expect(await (await caller.page('/profile', here)).text()).toContain('Patient')
  })

  test('an ending that is killed with its process leaves no lock behind', async () => {
    const lock = await takeLock()
    await lock.end('SIGKILL')
    expect((await caller.rename(here, 'Free again')).status).toBe(200)
  })

  test('activity that cannot be written is written afterwards', async () => {
    const fresh = await caller.signIn('ada@example.com')
    const lock = await takeLock()
    const startedAt = Number(await lastSeen())
    await caller.page('/profile', fresh)
    await until(() => server.logs().includes('background work will be retried'), {
      timeout: 20_000,
    })
    await lock.end()
    await until(async () => Number(await lastSeen()) !== startedAt, { timeout: 20_000 })
  })
})

/** Everything that people could lose. Attempts and activity are counted elsewhere. */
const dump = () =>
  Promise.all(
    ['User', 'Password', 'AuditEvent', 'OneTimeLink'].map((table) =>
      server.query(`SELECT * FROM "${table}" ORDER BY 1`),
    ),
  )

const lastSeen = () => server.queryValue<Date>('SELECT max("lastSeenAt") FROM "Session"')
