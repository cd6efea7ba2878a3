import { describe, expect, test } from 'vitest'
import { createGates } from '../../tests/support/gates'
import { startHub } from '../../tests/support/hub'
import { openRawTab } from '../../tests/support/raw-tab'
import { openTab, statusOf } from '../../tests/support/tab'
import { until } from '../../tests/support/until'
import { minutes } from '../accounts/time'

const signedOut = (reason: string) => ({ type: 'signed-out', reason })

describe('a socket that opens', () => {
  test('while its session ends, between the check and the registration, is closed', async () => {
    const world = await startHub()
    world.start('ada/1')
    const check = world.verify.run
    world.verify.run = async (secret) => {
      const session = await check(secret)
      world.verify.run = check
      // Ended after this answer was found, and told while there was no tab to tell.
      world.end(secret)
      world.announce({
        type: 'sessions-ended',
        userId: 'ada',
        sessionIds: [secret],
        reason: 'signed-out-elsewhere',
      })
      return session
    }
    const tab = await openTab(world, 'ada/1')
    await until(() => tab.closed)
    expect(tab.messages).toEqual([signedOut('ended')])
    expect(world.hub.size).toBe(0)
  })

  test('is refused with 503 while this node does not hear of endings', async () => {
    const world = await startHub()
    world.start('ada/1')
    world.hearing.isCutOff = true
    expect(await statusOf(openTab(world, 'ada/1'))).toBe(503)
    world.hearing.isCutOff = false
    await openTab(world, 'ada/1')
    expect(world.hub.size).toBe(1)
  })

  test('is sent away with 1012 when this node no longer hears of endings, and is no tab any more', async () => {
    const world = await startHub()
    world.start('ada/1')
    world.start('bob/1')
    const tabs = [await openTab(world, 'ada/1'), await openTab(world, 'bob/1')]
    world.hub.sendAway()
    expect(world.hub.size).toBe(0)
    await until(() => tabs.every(({ closed }) => closed))
    expect(tabs.map(({ closed }) => closed?.code)).toEqual([1012, 1012])
    expect(tabs.map(({ messages }) => messages)).toEqual([[], []])
  })

  test('is refused with 503 when nobody can tell whose it is', async () => {
    const world = await startHub()
    world.verify.run = () => Promise.reject(new Error('no database'))
    expect(await statusOf(openTab(world, 'ada/1'))).toBe(503)
  })

  test('is closed when it cannot be checked a second time', async () => {
    const world = await startHub()
    world.start('ada/1')
    const check = world.verify.run
    let checks = 0
    world.verify.run = (secret) =>
      (checks += 1) === 1 ? check(secret) : Promise.reject(new Error('no database'))
    const tab = await openTab(world, 'ada/1')
    await until(() => tab.closed)
    expect(tab.closed?.code).toBe(1001)
  })

  test('is refused with 503 once the server is closing, and those that are open get 1001', async () => {
    const world = await startHub()
    world.start('ada/1')
    const tab = await openTab(world, 'ada/1')
    world.hub.close()
    await until(() => tab.closed)
    expect(tab.closed?.code).toBe(1001)
    expect(await statusOf(openTab(world, 'ada/1'))).toBe(503)
  })

  test('is closed with 1001 and not registered when the server closes while it is verified', async () => {
    const world = await startHub()
    world.start('ada/1')
    const gates = createGates()
    world.verify.run = gates.after(world.verify.run)
    const opening = openTab(world, 'ada/1')
    await gates.arrived()
    world.hub.close()
    gates.open()
    const tab = await opening
    await until(() => tab.closed)
    expect([tab.closed?.code, tab.messages, world.hub.size]).toEqual([1001, [], 0])
  })
})

describe('a tab that is gone without a word', () => {
  test('is noticed within two pings, and one that answers stays', async () => {
    const world = await startHub({ pingInterval: 250 })
    world.start('ada/1')
    const silent = await openRawTab(world, 'ada/1')
    const living = await openTab(world, 'ada/1')
    expect(world.hub.size).toBe(2)
    silent.socket.pause()
    let pings = 0
    living.socket.on('ping', () => (pings += 1))
    await until(() => world.hub.size === 1, { interval: 1 })
    expect(pings).toBeLessThanOrEqual(3)
    await until(() => pings >= 6)
    expect(living.closed).toBeUndefined()
    // The page cannot see pings, so it is told with each.
    await until(() => living.beats >= 6)
    silent.socket.destroy()
  })
})

describe('an announcement', () => {
  test('of ended sessions is told to their tabs, counted, and to the other tabs as a change', async () => {
    const world = await startHub()
    for (const secret of ['ada/1', 'ada/2', 'bob/1']) world.start(secret)
    const [one, same, second, bob] = [
      await openTab(world, 'ada/1'),
      await openTab(world, 'ada/1'),
      await openTab(world, 'ada/2'),
      await openTab(world, 'bob/1'),
    ]
    const tabs = world.announce({
      type: 'sessions-ended',
      userId: 'ada',
      sessionIds: ['ada/1', 'ada/9'],
      reason: 'signed-out',
    })
    expect(tabs).toBe(2)
    await until(() => one.closed && same.closed)
    await until(() => second.messages.length === 1)
    expect([one.messages, same.messages]).toEqual([
      [signedOut('signed-out')],
      [signedOut('signed-out')],
    ])
    expect(second.messages).toEqual([{ type: 'changed' }])
    expect(bob.messages).toEqual([])
  })

  test('of the end of all sessions leaves only the one that asked', async () => {
    const world = await startHub()
    for (const secret of ['ada/1', 'ada/2', 'bob/1']) world.start(secret)
    const [asking, own, bob] = [
      await openTab(world, 'ada/1'),
      await openTab(world, 'ada/2'),
      await openTab(world, 'bob/1'),
    ]
    const tabs = world.announce({
      type: 'all-sessions-ended',
      exceptSessionId: 'ada/1',
      reason: 'signed-out-by-administrator',
    })
    expect(tabs).toBe(2)
    await until(() => own.closed && bob.closed)
    expect(asking.closed).toBeUndefined()
  })
})

describe('when it is not known what was written', () => {
  const occasions = {
    'by a commit without an answer': (world: World) => world.announce({ type: 'unknown' }),
    'by another process': (world: World) => world.anotherProcessWrote(),
  }
  test.each(Object.entries(occasions))('%s, every tab is checked', async (_, happen) => {
    const world = await startHub()
    for (const secret of ['ada/1', 'bob/1']) world.start(secret)
    const [gone, there] = [await openTab(world, 'ada/1'), await openTab(world, 'bob/1')]
    world.end('ada/1')
    happen(world)
    await until(() => gone.closed)
    expect(gone.messages).toContainEqual(signedOut('ended'))
    await until(() => there.messages.length === 1)
    expect(there.messages).toEqual([{ type: 'changed' }])
  })

  test('and the sessions cannot be read either, the tabs are closed, so that they come and ask', async () => {
    const world = await startHub()
    world.start('ada/1')
    const tab = await openTab(world, 'ada/1')
    world.active.run = () => Promise.reject(new Error('no database'))
    world.anotherProcessWrote()
    await until(() => tab.closed)
    expect(tab.closed?.code).toBe(1001)
  })
})

describe('when the time of a session is up', () => {
  test('its tabs are told that it expired', async () => {
    const world = await startHub()
    world.start('ada/1', world.clock.time() + minutes(10))
    const tab = await openTab(world, 'ada/1')
    world.clock.pass(minutes(10))
    await until(() => tab.closed)
    expect(tab.messages).toEqual([signedOut('expired')])
  })

  test('but it was used meanwhile, its tabs stay', async () => {
    const world = await startHub()
    world.start('ada/1', world.clock.time() + minutes(10))
    world.start('bob/1', world.clock.time() + minutes(10))
    const [used, unused] = [await openTab(world, 'ada/1'), await openTab(world, 'bob/1')]
    world.clock.pass(minutes(9))
    world.start('ada/1', world.clock.time() + minutes(10))
    world.clock.pass(minutes(1))
    await until(() => unused.closed)
    expect(used.closed).toBeUndefined()
    expect(used.messages).toEqual([])
  })
})

type World = Awaited<ReturnType<typeof startHub>>
