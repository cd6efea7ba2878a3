import { expect, test } from 'vitest'
import { createFakeClock } from '../../../tests/support/fake-clock'
import { administer } from '../../../tests/support/postgres/databases'
import { connectTo, openTemporary, steadyClock, temporaryDatabase } from './fixtures'

const WINDOW = 60_000
const TIMES = 64

test('a counter counts up and down, never below zero, until the window of its first count is over', async () => {
  const clock = createFakeClock()
  const { count } = await openTemporary(undefined, { clock, timeFrom: 'clock' })
  const expiresAt = new Date(clock.time() + WINDOW)
  expect(await count('k', 1, WINDOW)).toEqual({ points: 1, expiresAt })
  clock.pass(WINDOW - 1)
  expect(await count('k', 2, WINDOW)).toEqual({ points: 3, expiresAt })
  expect(await count('k', -5, WINDOW)).toEqual({ points: 0, expiresAt })
  expect(await count('another', -1, WINDOW)).toMatchObject({ points: 0 })
  await count('k', 4, WINDOW)
  clock.pass(1)
  const again = new Date(clock.time() + WINDOW)
  expect(await count('k', 1, WINDOW)).toEqual({ points: 1, expiresAt: again })
})

test('many counts at once count like as many in a row', async () => {
  const { count, client } = await openTemporary()
  const results = await Promise.all(Array.from({ length: TIMES }, () => count('k', 1, WINDOW)))
  expect(results.map(({ points }) => points).sort((a, b) => a - b)).toEqual(
    Array.from({ length: TIMES }, (_, index) => index + 1),
  )
  expect(new Set(results.map(({ expiresAt }) => expiresAt.getTime())).size).toBe(1)
  expect(await client.attemptCounter.count()).toBe(1)
})

test('a count is no part of a transaction that is open meanwhile', async () => {
  const { count, transaction } = await openTemporary()
  const failing = transaction(async (tx) => {
    await tx.user.count()
    await count('k', 1, WINDOW)
    throw new Error('changed my mind')
  })
  await expect(failing).rejects.toThrow('changed my mind')
  expect(await count('k', 1, WINDOW)).toMatchObject({ points: 2 })
})

test.each(['Pacific/Kiritimati', 'America/St_Johns', 'UTC'])(
  'the window ends when it should where the database’s time is that of %s',
  async (zone) => {
    const url = await temporaryDatabase()
    await administer(`ALTER DATABASE "${new URL(url).pathname.slice(1)}" SET timezone = '${zone}'`)
    const clock = createFakeClock()
    const { count, client } = await openTemporary(url, { clock, timeFrom: 'clock' })
    const expiresAt = new Date(clock.time() + WINDOW)
    expect(await count('k', 1, WINDOW)).toEqual({ points: 1, expiresAt })
    expect(await client.attemptCounter.findFirst()).toEqual({ key: 'k', points: 1, expiresAt })
    clock.pass(WINDOW - 1)
    expect(await count('k', 1, WINDOW)).toEqual({ points: 2, expiresAt })
    clock.pass(1)
    expect(await count('k', 1, WINDOW)).toMatchObject({ points: 1 })
  },
)

test('the window goes by the database’s time, and not by that of this machine', async () => {
  const clock = { ...createFakeClock('2040-01-01T00:00:00Z'), monotonic: steadyClock.monotonic }
  const { count, url } = await openTemporary(undefined, { clock })
  const { expiresAt } = await count('k', 1, WINDOW)
  const { rows } = await (await connectTo(url)).query<{ now: Date }>('SELECT now()')
  expect(Math.abs(rows[0]!.now.getTime() + WINDOW - expiresAt.getTime())).toBeLessThan(WINDOW / 2)
})
