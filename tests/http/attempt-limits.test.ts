import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ATTEMPT_LIMITS } from '../../app/accounts/attempt-limits'
import { dump } from '../support/dump'
import { startOpenServer, type TestServer } from '../support/server'
import { createVisitor, PASSWORD } from '../support/visitor'

const { signInFromAddress, accountFromUnknown, currentPassword, ownChange, signUp } = ATTEMPT_LIMITS

describe('guessing', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startOpenServer({ TRUST_PROXY: '1' })
    await createVisitor(server.origin).post(
      '/signup',
      { name: 'Ada', email: 'ada@example.com', password: PASSWORD },
      { 'X-Forwarded-For': '192.0.2.1' },
    )
  })
  afterAll(() => server.dispose())

  const guess = (from: string, email = 'ada@example.com', password = 'a wrong guess') =>
    createVisitor(server.origin).post('/login', { email, password }, { 'X-Forwarded-For': from })

  const statusesOf = async (guesses: Promise<Response>[]) => {
    const statuses = (await Promise.all(guesses)).map(({ status }) => status)
    return { checked: count(statuses, 422), refused: count(statuses, 429) }
  }

  /** As if a counter had been used so often already: each real guess takes its time. */
  async function setCounters(limit: string, points: number) {
    const counters = await server.query(
      'UPDATE "AttemptCounter" SET "points" = ? WHERE "key" LIKE ? RETURNING "key"',
      ...[points, `${limit}:%`],
    )
    expect(counters).not.toEqual([])
  }

  it('a hundred times at once gets through as often as one may guess, and is told when to come back', async () => {
    const guesses = Array.from({ length: 100 }, () => guess('198.51.100.1'))
    const { checked, refused: limited } = await statusesOf(guesses)
    // A machine with much to do says to some that it is busy, and has compared nothing for them.
    const busy = (await Promise.all(guesses)).filter(({ status }) => status === 503).length
    expect(checked + limited + busy).toBe(100)
    expect(checked).toBeLessThanOrEqual(signInFromAddress.attempts)
    expect(checked + busy).toBeGreaterThanOrEqual(signInFromAddress.attempts)

    const refused = await guess('198.51.100.1', 'ada@example.com', PASSWORD)
    const retryAfter = Number(refused.headers.get('Retry-After'))
    expect(refused.status).toBe(429)
    expect(retryAfter).toBeGreaterThan(0)
    expect(retryAfter).toBeLessThanOrEqual(signInFromAddress.window / 1000)
    expect(refused.headers.getSetCookie()).toEqual([])
    expect(await refused.text()).toMatch(/Too many attempts\. Try again in \d+ minutes?\./)
  })

  it('is shown to the person who was meant, with one line for all that was not even looked at', async () => {
    const ada = createVisitor(server.origin)
    await ada.post(
      '/login',
      { email: 'ada@example.com', password: PASSWORD },
      { 'X-Forwarded-For': '192.0.2.1' },
    )
    const lines = async () =>
      (await (await ada.get('/profile/activity')).text()).split(
        'too many attempts: the next ones are not listed',
      ).length - 1
    const before = await lines()
    const guesses = Array.from({ length: 15 }, () => guess('198.51.100.9'))
    expect(await statusesOf(guesses)).toEqual({ checked: 10, refused: 5 })
    expect(await lines()).toBe(before + 1)
  })

  it('for an address that has no account is limited alike', async () => {
    const guesses = Array.from({ length: 12 }, () => guess('198.51.100.2', 'eve@example.com'))
    expect(await statusesOf(guesses)).toEqual({ checked: 10, refused: 2 })
  })

  it('locks out nobody else, however the proxy writes the address, and gets no further by it', async () => {
    const email = 'eve@example.org'
    const spellings = ['198.51.100.3:1', '"198.51.100.3"', '::ffff:c633:6403', '198.51.100.3']
    const guesses = Array.from({ length: 12 }, (_, index) => guess(spellings[index % 4]!, email))
    expect(await statusesOf(guesses)).toEqual({ checked: 10, refused: 2 })
    expect((await guess('198.51.100.4:1', email)).status).toBe(422)
    expect((await guess('::ffff:c633:6404', email)).status).toBe(422)
  })

  it('from addresses that cannot be read counts as from one', async () => {
    const guesses = Array.from({ length: 12 }, (_, index) =>
      guess(`_hidden${index}`, 'eve@example.net'),
    )
    expect(await statusesOf(guesses)).toEqual({ checked: 10, refused: 2 })
  })

  it('from many addresses of one IPv6 network counts as from one', async () => {
    const guesses = Array.from({ length: 12 }, (_, index) =>
      guess(`2001:db8:1:2:${index}::${index}`, 'six@example.com'),
    )
    expect(await statusesOf(guesses)).toEqual({ checked: 10, refused: 2 })
    expect((await guess('2001:db8:1:3::1', 'six@example.com')).status).toBe(422)
  })

  it('from everywhere is stopped for the account, and its owner is not', async () => {
    await setCounters('accountFromUnknown', accountFromUnknown.attempts)
    expect((await guess('203.0.113.7')).status).toBe(429)
    expect((await guess('203.0.113.8', 'ada@example.com', PASSWORD)).status).toBe(429)
    expect((await guess('192.0.2.1')).status).toBe(422)
    expect((await guess('192.0.2.1', 'ada@example.com', PASSWORD)).status).toBe(302)
  })

  it('wrongly is forgiven by nothing but time, and rightly counts for nothing', async () => {
    const pointsOf = async () =>
      (await dump(server)).AttemptCounter!.map(({ points }) => Number(points))
    const before = sum(await pointsOf())
    await guess('192.0.2.1', 'ada@example.com', PASSWORD)
    expect(sum(await pointsOf())).toBe(before)
    await guess('192.0.2.1')
    expect(sum(await pointsOf())).toBe(before + 2)
  })

  it('the current password on the page of a stolen session is limited too', async () => {
    const thief = createVisitor(server.origin)
    await thief.post(
      '/login',
      { email: 'ada@example.com', password: PASSWORD },
      { 'X-Forwarded-For': '192.0.2.1' },
    )
    const formToken = await thief.formToken()
    const fields = { formToken, confirmed: 'yes', currentPassword: 'a wrong guess' }
    const forms = [
      () => thief.post('/profile/delete', fields),
      () => thief.post('/profile/password', { ...fields, newPassword: 'nine purple harbours' }),
      () => thief.post('/profile', { ...fields, intent: 'change-email', email: 'me@example.com' }),
    ]
    const guesses = Array.from({ length: 15 }, (_, index) => forms[index % forms.length]!())
    expect(await statusesOf(guesses)).toEqual({
      checked: currentPassword.attempts,
      refused: 15 - currentPassword.attempts,
    })
    const right = await thief.post('/profile/delete', { ...fields, currentPassword: PASSWORD })
    expect(right.status).toBe(429)
    expect(right.headers.get('Retry-After')).toMatch(/^\d+$/)
  })

  it('is not what somebody does who changes too much, but that waits as well', async () => {
    const ada = createVisitor(server.origin)
    await ada.post(
      '/login',
      { email: 'ada@example.com', password: PASSWORD },
      { 'X-Forwarded-For': '192.0.2.1' },
    )
    const rename = (name: string) => ada.submit('/profile', { intent: 'rename', name })
    expect((await rename('Augusta')).status).toBe(200)
    await setCounters('ownChange', ownChange.attempts)
    const token = { intent: 'create-token', name: 'x', scope: 'profile:read', lifetime: '7' }
    const refused = [
      await rename('Ada'),
      await ada.submit('/profile/tokens', token),
      await ada.submit('/profile/data'),
    ]
    for (const answer of refused) {
      expect(answer.status).toBe(429)
      const retryAfter = Number(answer.headers.get('Retry-After'))
      expect(retryAfter).toBeGreaterThan(0)
      expect(retryAfter).toBeLessThanOrEqual(ownChange.window / 1000)
      expect(await answer.text()).toMatch(/Too many changes\. Try again in \d+ minutes\./)
    }
    expect(await (await ada.get('/profile')).text()).toContain('Augusta')
    const ended = await ada.submit('/profile', { intent: 'sign-out-of-sessions', confirmed: 'yes' })
    expect(ended.status).toBe(200)
  })

  it('makes no more accounts than one address may have', async () => {
    await setCounters('signUp', signUp.attempts)
    const answer = await createVisitor(server.origin).post(
      '/signup',
      { name: 'Eve', email: 'eve@example.com', password: PASSWORD },
      { 'X-Forwarded-For': '192.0.2.1' },
    )
    expect(answer.status).toBe(429)
    expect((await dump(server)).User).toHaveLength(2)
  })

  it('is not made easier by what a visitor claims to be forwarded from', async () => {
    await server.stop()
    await server.start({ TRUST_PROXY: '0' })
    const guesses = Array.from({ length: 12 }, (_, index) =>
      guess(`203.0.113.${index}`, 'forged@example.com'),
    )
    expect(await statusesOf(guesses)).toEqual({ checked: 10, refused: 2 })
  })
})

const count = (values: number[], wanted: number) =>
  values.filter((value) => value === wanted).length

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
