import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAdministration, type Someone } from '../support/administration'
import { createCaller, type Caller } from '../support/caller'
import { manySessions, tabsOf } from '../support/many-tabs'
import { startServer, type TestServer } from '../support/server'
import { openTab, Refused, type OpenTab } from '../support/tab'
import { until } from '../support/until'

const SESSIONS = 20

let server: TestServer
let caller: Caller
let admin: Someone
beforeAll(async () => {
  server = await startServer({ SIGNUP: 'open' })
  caller = createCaller(server.origin)
  admin = await createAdministration(server).setUp()
  await caller.signUp('ada@example.com')
})
afterAll(() => server.dispose())

const newSessions = async () =>
  manySessions(server, await caller.signIn('ada@example.com'), SESSIONS)

/** Every tab at once; those that are refused by their status. */
function storm(secrets: readonly string[]) {
  const arrived: OpenTab[] = []
  const refused: number[] = []
  const all = tabsOf(secrets).map(async (secret) => {
    try {
      arrived.push(await openTab(server, secret))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      refused.push(error.status)
    }
  })
  return { arrived, refused, over: Promise.all(all) }
}

describe('a thousand tabs that come to a server at once', () => {
  test('after it was restarted are all let in, and so is a person who signs in beside them', async () => {
    const secrets = await newSessions()
    await server.stop('SIGKILL')
    await server.start()
    const { arrived, refused, over } = storm(secrets)
    const here = await caller.signIn('ada@example.com')
    await over
    expect([arrived.length, refused.length]).toEqual([1_000, 0])
    expect(await caller.check(here)).toBe(200)
    for (const { socket } of arrived) socket.terminate()
  })

  test('while an administrator signs everybody out, twice at once, are all refused or told', async () => {
    const secrets = await newSessions()
    const { arrived, refused, over } = storm(secrets)
    await until(() => arrived.length >= 100, { interval: 1 })
    const intent = { intent: 'sign-everyone-out' }
    const twice = await Promise.all([1, 2].map(() => admin.confirm('/admin/users', intent)))
    await over
    expect(twice.map(({ status }) => status)).toEqual([200, 200])
    await until(() => arrived.every(({ closed }) => closed))
    expect(arrived.length + refused.length).toBe(1_000)
    expect(new Set([...refused, 401])).toEqual(new Set([401]))
    expect(new Set(arrived.map(({ closed }) => closed!.code))).toEqual(new Set([4001]))
    for (const { messages } of arrived)
      expect(messages.at(-1)).toMatchObject({ type: 'signed-out' })
    expect(new Set(await Promise.all(secrets.map(caller.check)))).toEqual(new Set([401]))
    expect(await admin.isSignedIn()).toBe(true)
  })
})
