import { beforeAll, describe, expect, test } from 'vitest'
import { openServices, silentLog, type TestServices } from '../../tests/support/services'
import { ATTEMPT_LIMITS, createAttemptLimits, type AttemptLimits } from './attempt-limits'

let app: TestServices
let limits: AttemptLimits
beforeAll(async () => {
  app = await openServices()
  limits = createAttemptLimits({ ...app, log: silentLog })
})

const { attempts: ALLOWED, window: WINDOW } = ATTEMPT_LIMITS.currentPassword

describe('one attempt too many', () => {
  test('is refused with when to come back', async () => {
    const attempt = [{ limit: 'currentPassword', of: 'ada' }] as const
    for (let count = 0; count < ALLOWED; count += 1) expect(await limits.take(attempt)).toBeNull()
    const refusal = await limits.take(attempt)
    expect(refusal).toMatchObject({ ok: false, code: 'TOO_MANY_ATTEMPTS' })
    expect(refusal!.retryAfter).toBeGreaterThan(0)
    expect(refusal!.retryAfter).toBeLessThanOrEqual(WINDOW / 1000)
    expect(Number.isInteger(refusal!.retryAfter)).toBe(true)
  })

  test('is refused also when all come at once', async () => {
    const attempt = [{ limit: 'currentPassword', of: 'all at once' }] as const
    const results = await Promise.all(Array.from({ length: 40 }, () => limits.take(attempt)))
    expect(results.filter((result) => result === null)).toHaveLength(ALLOWED)
  })

  test('is refused after a restart too', async () => {
    const attempt = [{ limit: 'currentPassword', of: 'restarted' }] as const
    for (let count = 0; count < ALLOWED; count += 1) await limits.take(attempt)
    const again = createAttemptLimits({ ...app, log: silentLog })
    expect(await again.take(attempt)).not.toBeNull()
  })

  test('says nothing about anybody else or any other limit', async () => {
    for (let count = 0; count <= ALLOWED; count += 1) {
      await limits.take([{ limit: 'currentPassword', of: 'eve' }])
    }
    expect(await limits.take([{ limit: 'currentPassword', of: 'eva' }])).toBeNull()
    expect(await limits.take([{ limit: 'link', of: 'eve' }])).toBeNull()
  })
})

describe('the first refusal', () => {
  const isFirst = async (attempts: Parameters<typeof limits.take>[0]) =>
    (await limits.take(attempts))?.isFirst

  test('of a window says so, and no other one, however often attempts are given back', async () => {
    const attempt = [{ limit: 'currentPassword', of: 'mallory' }] as const
    for (let count = 0; count < ALLOWED; count += 1) await limits.take(attempt)
    expect(await isFirst(attempt)).toBe(true)
    expect(await isFirst(attempt)).toBe(false)
    for (let count = 0; count < 2; count += 1) await limits.giveBack(attempt)
    expect(await isFirst(attempt)).toBe(false)
    app.clock.pass(WINDOW)
    for (let count = 0; count < ALLOWED; count += 1) {
      expect(await limits.take(attempt)).toBeNull()
    }
    expect(await isFirst(attempt)).toBe(true)
    expect(await isFirst(attempt)).toBe(false)
  })

  test('is one when all come at once', async () => {
    const attempt = [{ limit: 'currentPassword', of: 'mallory and friends' }] as const
    const results = await Promise.all(Array.from({ length: 40 }, () => isFirst(attempt)))
    expect(results.filter((result) => result === true)).toHaveLength(1)
  })
})

test('an attempt that is given back was not made', async () => {
  const attempt = [{ limit: 'currentPassword', of: 'right every time' }] as const
  for (let count = 0; count < ALLOWED * 2; count += 1) {
    expect(await limits.take(attempt)).toBeNull()
    await limits.giveBack(attempt)
  }
})

test('the table of counters does not say who has an account', async () => {
  await limits.take([{ limit: 'signInFromAddress', of: 'grace@example.com 192.0.2.1' }])
  const rows = await app.database.client.attemptCounter.findMany()
  expect(JSON.stringify(rows)).not.toMatch(/grace|192\.0\.2/)
})
