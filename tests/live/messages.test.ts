import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCaller, secretIn, type Caller } from '../support/caller'
import { startOpenServer, type TestServer } from '../support/server'
import { heardSoFar, openTab } from '../support/tab'
import { until } from '../support/until'
import { PASSWORD } from '../support/visitor'

let server: TestServer
let caller: Caller
beforeAll(async () => {
  server = await startOpenServer()
  caller = createCaller(server.origin)
})
afterAll(() => server.dispose())

const NEW_PASSWORD = 'eight red bicycles'

describe('when sessions are signed out from another device', () => {
  test('their tabs are told why before the answer, and closed', async () => {
    const { here, there } = await twoDevices('ada')
    const tabs = await Promise.all([1, 2, 3].map(() => openTab(server, there)))
    const page = await (await caller.endOthers(here)).text()
    // What was written before the answer has arrived by the time that a later request is answered.
    await caller.send('/healthz')
    for (const { messages } of tabs) {
      expect(messages.at(-1)).toEqual({ type: 'signed-out', reason: 'signed-out-elsewhere' })
    }
    await until(() => tabs.every(({ closed }) => closed))
    expect(tabs.map(({ closed }) => closed?.code)).toEqual([4001, 4001, 4001])
    expect(page).toContain('3 open tabs were told')
  })

  test("nobody else's tabs hear anything", async () => {
    const { here, there } = await twoDevices('bob')
    const strange = await caller.signUp('stranger@example.com')
    // Once this is answered, the server has heard what came of the sign-up.
    await caller.endOthers(strange)
    const stranger = await openTab(server, strange)
    const ended = await openTab(server, there)
    await caller.endOthers(here)
    await until(() => ended.closed)
    expect(await heardSoFar(stranger)).toEqual([])
    expect(stranger.closed).toBeUndefined()
  })

  test('the tabs of the session that stays are asked to refresh, and stay open', async () => {
    const { here } = await twoDevices('cyd')
    const staying = await openTab(server, here)
    await caller.endOthers(here)
    await until(() => staying.messages.length > 0)
    expect(staying.messages).toEqual([{ type: 'changed' }])
    expect(staying.closed).toBeUndefined()
  })
})

const reasons = [
  ['signs out', 'signed-out', (secret: string) => caller.signOut(secret)],
  [
    'deletes the account',
    'account-deleted',
    (secret: string) =>
      caller.post('/profile/delete', { currentPassword: PASSWORD, confirmed: 'yes' }, secret),
  ],
] as const
test.each(reasons)('a tab is told the reason when its own session %s', async (_, reason, act) => {
  const secret = await caller.signUp(`${reason}@example.com`)
  const tab = await openTab(server, secret)
  await act(secret)
  await until(() => tab.closed)
  expect(tab.messages.at(-1)).toEqual({ type: 'signed-out', reason })
})

test('a sign-in elsewhere asks open tabs to refresh', async () => {
  const secret = await caller.signUp('dan@example.com')
  const tab = await openTab(server, secret)
  await caller.signIn('dan@example.com')
  await until(() => tab.messages.length > 0)
  expect(tab.messages).toEqual([{ type: 'changed' }])
})

describe('when the password changes', () => {
  test('other sessions are told so, and the tabs of this one to come again with the new secret', async () => {
    const { here, there } = await twoDevices('eve')
    const [mine, other] = [await openTab(server, here), await openTab(server, there)]
    const renewed = secretIn(await changePassword(here, PASSWORD))
    await until(() => other.closed)
    expect(other.messages.at(-1)).toEqual({ type: 'signed-out', reason: 'password-changed' })

    const withNewSecret = await openTab(server, renewed)
    await until(() => mine.closed)
    expect(mine.messages.at(-1)).toEqual({ type: 'reconnect' })
    expect(mine.closed?.code).toBe(4002)
    await expect(openTab(server, here)).rejects.toMatchObject({ status: 401 })
    expect(withNewSecret.closed).toBeUndefined()
  })
})

describe('a socket that opens while its session is being ended', () => {
  test('is refused or closed, never left open', async () => {
    const home = await caller.signUp('fay@example.com')
    const rounds = 15
    for (let round = 0; round < rounds; round += 1) {
      const secret = await caller.signIn('fay@example.com')
      const opening = Array.from({ length: 4 }, () => openTab(server, secret).catch(() => null))
      const [answer, ...tabs] = await Promise.all([caller.endOthers(home), ...opening])
      expect(answer.status).toBe(200)
      await until(() => tabs.every((tab) => tab === null || tab.closed))
    }
  })
})

const changePassword = (secret: string, currentPassword: string) =>
  caller.post(
    '/profile/password',
    { currentPassword, newPassword: NEW_PASSWORD, endOthers: 'on' },
    secret,
  )

async function twoDevices(name: string) {
  const email = `${name}@example.com`
  return { here: await caller.signUp(email), there: await caller.signIn(email) }
}
