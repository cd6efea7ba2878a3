import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCaller, type Caller } from '../support/caller'
import { manySessions, openCalmly, tabsOf } from '../support/many-tabs'
import { openRawTab } from '../support/raw-tab'
import { startOpenServer, type TestServer } from '../support/server'
import { openTab } from '../support/tab'
import { until } from '../support/until'

const SESSIONS = 40

let server: TestServer
let caller: Caller
beforeAll(async () => {
  server = await startOpenServer()
  caller = createCaller(server.origin)
})
afterAll(() => server.dispose())

describe('two thousand idle tabs', () => {
  test('are all told when their sessions end, and the one who asked learns how many', async () => {
    const home = await caller.signUp('ada@example.com')
    const bystander = await openTab(server, await caller.signUp('bob@example.com'))
    const sessions = await manySessions(server, await caller.signIn('ada@example.com'), SESSIONS)
    const tabs = await openCalmly(server, tabsOf(sessions))
    expect(tabs).toHaveLength(2_000)

    const page = await (await caller.endOthers(home)).text()
    // What was written before the answer has arrived by the time that a later request is answered.
    await caller.send('/healthz')
    expect(tabs.every(({ messages }) => messages.at(-1)?.type === 'signed-out')).toBe(true)

    await until(() => tabs.every(({ closed }) => closed))
    expect(page).toContain(`${tabs.length} open tabs were told`)
    expect(new Set(tabs.map(({ closed }) => closed!.code))).toEqual(new Set([4001]))
    expect(bystander.closed).toBeUndefined()
    expect(bystander.messages.map(({ type }) => type)).not.toContain('signed-out')
  })
})

describe('a tab that never reads', () => {
  test('does not keep its session from being ended, nor the others from being told', async () => {
    const home = await caller.signUp('cyd@example.com')
    const elsewhere = await caller.signIn('cyd@example.com')
    const [deaf, well] = [await openRawTab(server, elsewhere), await openTab(server, elsewhere)]
    deaf.socket.pause()
    for (let count = 0; count < 20; count += 1) await caller.rename(home, `Name ${count}`)
    await caller.endOthers(home)
    await until(() => well.closed)
    expect(well.messages.at(-1)).toMatchObject({ type: 'signed-out' })
    expect(await caller.check(elsewhere)).toBe(401)
    deaf.socket.destroy()
  })
})
