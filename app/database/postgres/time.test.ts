import { describe, expect, test } from 'vitest'
import { createFakeClock } from '../../../tests/support/fake-clock'
import { connectTo, openTemporary } from './fixtures'
import { createDatabaseTime } from './time'

const DAY_MS = 86_400_000
const DATABASE_SAYS = Date.parse('2026-01-01T00:00:00Z')

describe('time that is learnt from a database', () => {
  test('goes by neither this machine’s wall clock nor its jumps', () => {
    const clock = createFakeClock('2040-01-01T00:00:00Z')
    const time = createDatabaseTime(clock)
    time.learn(DATABASE_SAYS, 0, 0)
    expect(time.now()).toEqual(new Date(DATABASE_SAYS))
    clock.jump(-DAY_MS)
    expect(time.now()).toEqual(new Date(DATABASE_SAYS))
    clock.pass(1_000)
    expect(time.now()).toEqual(new Date(DATABASE_SAYS + 1_000))
  })

  test('was so late in the middle between question and answer', () => {
    const clock = createFakeClock()
    const time = createDatabaseTime(clock)
    clock.pass(80)
    time.learn(DATABASE_SAYS, 0, 80)
    expect(time.now()).toEqual(new Date(DATABASE_SAYS + 40))
  })

  test('is not learnt from an answer that took long, unless there was none before', () => {
    const clock = createFakeClock()
    const time = createDatabaseTime(clock)
    expect(time.now()).toEqual(clock.now())
    time.learn(DATABASE_SAYS, 0, 5_000)
    expect(time.now()).toEqual(new Date(DATABASE_SAYS - 2_500))
    time.learn(DATABASE_SAYS, 0, 0)
    time.learn(DATABASE_SAYS + DAY_MS, 0, 101)
    expect(time.now()).toEqual(new Date(DATABASE_SAYS))
    time.learn(DATABASE_SAYS + DAY_MS, 0, 100)
    expect(time.now()).toEqual(new Date(DATABASE_SAYS + DAY_MS - 50))
  })
})

describe('an open database', () => {
  test('has its server’s time, although this machine’s clock is years ahead', async () => {
    const clock = createFakeClock('2040-01-01T00:00:00Z')
    const database = await openTemporary(undefined, { clock })
    const { url } = database
    const { rows } = await (await connectTo(url)).query<{ now: Date }>('SELECT now()')
    expect(Math.abs(database.now().getTime() - rows[0]!.now.getTime())).toBeLessThan(DAY_MS / 24)
    expect(database.now().getFullYear()).toBeLessThan(2040)
  })

  test('learns anew with each ping, unless its answer is slow', async () => {
    const clock = createFakeClock()
    let slowness = 0
    const monotonic = () => {
      clock.pass(slowness)
      return clock.monotonic()
    }
    const database = await openTemporary(undefined, { clock: { ...clock, monotonic } })
    const { channel } = database
    await channel.register('here', 1)
    // From now on this machine's steady clock is wrong: it was suspended, say.
    clock.pass(-DAY_MS)
    const wrong = database.now().getTime()
    slowness = 200
    await channel.ping('here', 2)
    slowness = 0
    expect(database.now().getTime() - wrong).toBeLessThan(DAY_MS / 2)
    await channel.ping('here', 3)
    expect(database.now().getTime() - wrong).toBeGreaterThan(DAY_MS / 2)
  })

  test('never asks its server what time it is where a test’s clock decides', async () => {
    const clock = createFakeClock('2040-01-01T00:00:00Z')
    const database = await openTemporary(undefined, { clock, timeFrom: 'clock' })
    const { channel } = database
    await channel.register('here', 1)
    await channel.ping('here', 2)
    expect(database.now()).toEqual(new Date('2040-01-01T00:00:00Z'))
    clock.jump(DAY_MS)
    expect(database.now()).toEqual(new Date('2040-01-02T00:00:00Z'))
  })
})
