import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { days, minutes } from '../../app/accounts/time'
import { createCaller, secretIn, type Caller } from '../support/caller'
import { startClockServer, type ClockServer } from '../support/set-clock'
import { openTab } from '../support/tab'
import { until } from '../support/until'
import { PASSWORD } from '../support/visitor'

let server: ClockServer
let caller: Caller
beforeAll(async () => {
  server = await startClockServer()
  caller = createCaller(server.origin)
})
afterAll(() => server.dispose())

const setClock = (offset: number) => server.setClock(offset)

async function signIn(fields: Record<string, string> = {}) {
  const form = { email: 'ada@example.com', password: PASSWORD, ...fields }
  return secretIn(await caller.post('/login', form))
}

describe('a server whose wall clock jumps', () => {
  test('ends no session by it, opens new ones, and lets none live longer than it may', async () => {
    // Lasts a day.
    const brief = await caller.signUp('ada@example.com')
    // Lasts 90 days, and two weeks without use.
    const kept = await signIn({ keep: 'on' })
    const statuses = () => Promise.all([brief, kept].map(caller.check))
    const tab = await openTab(server, brief)
    const keptTab = await openTab(server, kept)

    await setClock(minutes(5))
    expect(await statuses()).toEqual([200, 200])
    const ahead = await signIn()

    await setClock(-days(1))
    expect([...(await statuses()), await caller.check(ahead)]).toEqual([200, 200, 200])
    for (const secret of [brief, kept]) {
      expect((await caller.page('/profile', secret)).status).toBe(200)
    }
    const behind = await signIn()
    expect(await caller.check(behind)).toBe(200)
    expect([tab.closed, keptTab.closed]).toEqual([undefined, undefined])

    await setClock(0)
    expect(await statuses()).toEqual([200, 200])
    expect(await listed(kept)).toBe(await activeRows())

    // A day later by the clock, whatever it showed in between.
    await setClock(days(1) + minutes(1))
    expect(await statuses()).toEqual([401, 200])
    expect(await caller.check(behind)).toBe(401)
    await until(() => tab.closed)
    expect(tab.messages.at(-1)).toEqual({ type: 'signed-out', reason: 'expired' })
    expect(keptTab.closed).toBeUndefined()

    await setClock(days(15))
    expect(await statuses()).toEqual([401, 401])
  })
})

/** How many sessions the profile page shows. */
async function listed(secret: string) {
  const html = await (await caller.page('/profile', secret)).text()
  const [, others] = /Sign out of (\d+) other session/.exec(html) ?? []
  return Number(others) + 1
}

function activeRows() {
  return server.queryValue<number>(
    'SELECT count(*) FROM "Session" WHERE "expiresAt" > ?',
    new Date(),
  )
}
