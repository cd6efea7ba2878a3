import { once } from 'node:events'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { startHub } from '../../tests/support/hub'
import { openRawTab } from '../../tests/support/raw-tab'
import { heardSoFar, openTab } from '../../tests/support/tab'
import { until } from '../../tests/support/until'
import { seconds } from '../accounts/time'

describe('changes', () => {
  const CHANGE_DELAY_MS = 100
  afterEach(() => vi.useRealTimers())

  /** Announces changes at these moments, and lets the last of them be told. */
  function announceAt(world: World, moments: readonly number[]) {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let now = 0
    for (const moment of moments) {
      vi.advanceTimersByTime(moment - now)
      now = moment
      world.announce({ type: 'user-changed', userId: 'ada' })
    }
    vi.advanceTimersByTime(CHANGE_DELAY_MS)
    vi.useRealTimers()
  }

  test.each([
    ['ten at once', Array<number>(10).fill(0), 1],
    ['ten within a moment', [0, 11, 22, 33, 44, 55, 66, 77, 88, 99], 1],
    ['one just after a moment is over', [0, 50, 101], 2],
    ['three with time between them', [0, 500, 1_000], 3],
  ])('%s are told as often as there are moments', async (_, moments, told) => {
    const world = await startHub()
    world.start('ada/1')
    world.start('bob/1')
    const [tab, other] = [await openTab(world, 'ada/1'), await openTab(world, 'bob/1')]
    announceAt(world, moments)
    expect(await heardSoFar(tab)).toEqual(Array(told).fill({ type: 'changed' }))
    expect(await heardSoFar(other)).toEqual([])
  })

  test('are told after the last of them, so that the page which then asks sees it', async () => {
    const world = await startHub()
    world.start('ada/1')
    const tab = await openTab(world, 'ada/1')
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    world.announce({ type: 'user-changed', userId: 'ada' })
    vi.advanceTimersByTime(CHANGE_DELAY_MS - 1)
    expect(await heardSoFar(tab)).toEqual([])
    world.announce({ type: 'user-changed', userId: 'ada' })
    vi.advanceTimersByTime(1)
    expect(await heardSoFar(tab)).toEqual([{ type: 'changed' }])
  })

  test('hold no sign-out back, and nothing is told after it', async () => {
    const world = await startHub()
    world.start('ada/1')
    const tab = await openTab(world, 'ada/1')
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    world.announce({ type: 'user-changed', userId: 'ada' })
    world.announce({
      type: 'sessions-ended',
      userId: 'ada',
      sessionIds: ['ada/1'],
      reason: 'signed-out',
    })
    await once(tab.socket, 'close')
    vi.runAllTimers()
    expect(tab.messages).toEqual([{ type: 'signed-out', reason: 'signed-out' }])
  })

  test('by the thousand leave one message for a tab that reads nothing', async () => {
    const world = await startHub()
    world.start('ada/1')
    const deaf = await openRawTab(world, 'ada/1')
    deaf.socket.pause()
    announceAt(world, Array<number>(10_000).fill(0))
    deaf.socket.resume()
    await until(() => deaf.received().includes('changed'))
    expect(
      deaf
        .received()
        .toString('latin1')
        .match(/changed/g),
    ).toHaveLength(1)
    deaf.socket.destroy()
  })

  test('leave no timer behind when the server closes', async () => {
    const world = await startHub()
    world.start('ada/1')
    const tab = await openRawTab(world, 'ada/1')
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    world.announce({ type: 'user-changed', userId: 'ada' })
    expect(vi.getTimerCount()).toBe(1)
    world.hub.close()
    const forTheFarewell = 1
    expect(vi.getTimerCount()).toBe(forTheFarewell)
    tab.socket.destroy()
  })
})

describe('when the secret of a session was replaced', () => {
  const replaced = { type: 'secret-replaced', userId: 'ada', sessionId: 'ada/1' } as const

  test('its tabs come again once the browser has had time to get it, and those that did stay', async () => {
    const world = await startHub()
    world.start('ada/1')
    world.start('ada/2')
    const [before, other] = [await openTab(world, 'ada/1'), await openTab(world, 'ada/2')]
    world.announce(replaced)
    const after = await openTab(world, 'ada/1')
    world.clock.pass(seconds(4))
    world.announce(replaced)
    expect(before.closed).toBeUndefined()
    world.clock.pass(seconds(1))
    await until(() => before.closed)
    expect([before.messages, before.closed?.code]).toEqual([[{ type: 'reconnect' }], 4002])
    expect([await heardSoFar(after), await heardSoFar(other)]).toEqual([[], []])
    world.clock.pass(seconds(4))
    await until(() => after.closed)
    expect(after.closed?.code).toBe(4002)
  })
})

type World = Awaited<ReturnType<typeof startHub>>
