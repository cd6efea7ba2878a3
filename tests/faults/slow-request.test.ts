import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCaller, type Caller } from '../support/caller'
import { dump, withoutActivity, type Dump } from '../support/dump'
import { formTokenOf } from '../support/form-token'
import { startOpenServer, type TestServer } from '../support/server'
import { sessionCookie } from '../support/session-cookie'
import { createSlowPassword } from '../support/slow-password'
import { until } from '../support/until'
import { PASSWORD } from '../support/visitor'

const NEW_PASSWORD = 'eight red bicycles'
let server: TestServer
let caller: Caller
let password: Awaited<ReturnType<typeof createSlowPassword>>
beforeAll(async () => {
  server = await startOpenServer()
  caller = createCaller(server.origin)
  password = await createSlowPassword(server)
})
afterAll(() => server.dispose())

describe('a request whose session ends while it is being answered', () => {
  const requests: Record<string, [path: string, fields: Record<string, string>]> = {
    'changes no password': ['/profile/password', { newPassword: NEW_PASSWORD, endOthers: 'on' }],
    'changes no address': ['/profile', { intent: 'change-email', email: 'new@example.com' }],
    'deletes no account': ['/profile/delete', { confirmed: 'yes' }],
  }

  test.each(Object.entries(requests))(
    '%s, sets no cookie and leaves no activity',
    async (name, [path, fields]) => {
      const email = `${name.replaceAll(' ', '-')}@example.com`
      const here = await caller.signUp(email)
      const there = await caller.signIn(email)
      await password.slowDown(email)
      const slow = caller.post(path, { currentPassword: PASSWORD, ...fields }, there)
      await until(password.isLookedAt, { interval: 1 })
      const ending = await caller.endOthers(here)
      const before = await dump(server)
      const answer = await slow

      expect(ending.status).toBe(200)
      expect([answer.status, answer.headers.get('Location')]).toEqual([302, '/login?reason=ended'])
      expect(answer.headers.getSetCookie()).toEqual([])
      expect(await caller.check(there)).toBe(401)
      expect(await caller.check(here)).toBe(200)
      expect(withoutAttempts(await dump(server))).toEqual(withoutAttempts(before))
    },
  )
})

test('nothing is kept for a client that leaves before its answer is ready', async () => {
  const email = 'impatient@example.com'
  const here = await caller.signUp(email)
  const there = await caller.signIn(email)
  await password.slowDown(email)
  const leaving = new AbortController()
  const answer = caller.send('/profile', {
    method: 'POST',
    headers: { Origin: server.origin, Cookie: sessionCookie(server.origin, there) },
    body: new URLSearchParams({
      intent: 'change-email',
      email: 'new-address@example.com',
      currentPassword: PASSWORD,
      formToken: await formTokenOf(server.origin, there),
    }),
    signal: leaving.signal,
  })
  await until(password.isLookedAt, { interval: 1 })
  leaving.abort()
  await expect(answer).rejects.toThrow()
  await until(async () =>
    (await dump(server)).User!.some(({ email }) => email === 'new-address@example.com'),
  )
  // By the time that a later request is answered, so would that one have been.
  expect(await caller.check(there)).toBe(200)
  expect((await caller.page('/profile', here)).status).toBe(200)
  expect((await caller.endOthers(here)).status).toBe(200)
  expect(server.logs()).not.toContain('cut off')
  expect(server.logs()).not.toContain('"level":50')
})

const withoutAttempts = ({ AttemptCounter: _, ...others }: Dump) => withoutActivity(others)
