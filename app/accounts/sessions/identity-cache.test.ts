import { beforeEach, describe, expect, test } from 'vitest'
import { createFakeClock } from '../../../tests/support/fake-clock'
import type { Listener, Revocation } from '../revocations'
import { createIdentityCache, type Identity } from './identity-cache'

type World = ReturnType<typeof createWorld>
let world: World
beforeEach(() => {
  world = createWorld()
})

function createWorld({ max = 10 } = {}) {
  const listeners = new Set<Listener>()
  const known = { now: true, canCatchUp: true, catchUps: 0 }
  const clock = createFakeClock()
  const cache = createIdentityCache({
    revocations: {
      subscribe(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    changes: {
      areKnown: () => known.now,
      catchUp: () => {
        known.catchUps += 1
        known.now = known.canCatchUp
        return Promise.resolve()
      },
    },
    clock,
    max,
  })
  const identity = (id: string, userId = 'ada'): Identity<string> => ({
    dependsOn: [id, userId],
    value: id,
    expiresAt: clock.time() + 1_000,
  })
  return {
    cache,
    clock,
    known,
    identity,
    announce: (revocation: Revocation) => listeners.forEach((listener) => listener(revocation)),
    remember: (key: string, id: string, userId?: string) =>
      cache.lookUp(key, () => Promise.resolve(identity(id, userId))),
    /** Begins a read that is answered when the test says so. */
    readSlowly(key: string, id: string) {
      let answer!: (found: Identity<string> | null) => void
      const read = () => new Promise<Identity<string> | null>((resolve) => (answer = resolve))
      const looked = cache.lookUp(key, read)
      return {
        looked,
        finish: async () => {
          // Looking up asks first whether the changes are known.
          await Promise.resolve()
          answer(identity(id))
          return looked
        },
      }
    },
  }
}

const endings: Record<string, Revocation> = {
  'the ending of its session': {
    ...{ type: 'sessions-ended', userId: 'ada', sessionIds: ['s1'], reason: 'signed-out' },
  },
  'the ending of another session': {
    ...{ type: 'sessions-ended', userId: 'bob', sessionIds: ['s2'], reason: 'signed-out' },
  },
  'the ending of everybody’s sessions': {
    ...{ type: 'all-sessions-ended', exceptSessionId: null, reason: 'signed-out' },
  },
  'the ending of a token': { type: 'tokens-ended', userId: 'ada', tokenIds: ['t1'] },
  'a new secret': { type: 'secret-replaced', userId: 'ada', sessionId: 's1' },
  'a change of a user': { type: 'user-changed', userId: 'ada' },
  'something unknown that others wrote': { type: 'unknown' },
}

describe('a read that began before', () => {
  test.each(Object.entries(endings))('%s is not kept', async (_, revocation) => {
    const { finish } = world.readSlowly('k1', 's1')
    world.announce(revocation)
    await finish()
    expect(world.cache.recall('k1')).toBeUndefined()
  })

  test('a sign-in elsewhere is kept, for it makes nothing wrong', async () => {
    const { finish } = world.readSlowly('k1', 's1')
    world.announce({ type: 'session-started', userId: 'ada', sessionId: 's2' })
    world.announce({ type: 'access-granted', userId: 'ada' })
    await finish()
    expect(world.cache.recall('k1')).toMatchObject({ value: 's1' })
  })
})

describe('a read that is under way', () => {
  test('is joined by who asks for the same meanwhile, and by nobody after an ending', async () => {
    const first = world.readSlowly('k1', 's1')
    const joined = world.remember('k1', 'a read of its own')
    world.announce(endings['the ending of another session']!)
    const after = world.remember('k1', 'a read of its own')
    await first.finish()
    expect((await joined)?.value).toBe('s1')
    expect((await after)?.value).toBe('a read of its own')
  })

  test('is joined by nobody while what others wrote is not known', async () => {
    const first = world.readSlowly('k1', 's1')
    // Nor can it be found out: then each request reads for itself.
    world.known.canCatchUp = false
    world.known.now = false
    const own = world.remember('k1', 'a read of its own')
    await first.finish()
    expect((await own)?.value).toBe('a read of its own')
  })
})

describe('memory is not used', () => {
  test('while what others wrote is not known, and is again after catching up', async () => {
    await world.remember('k1', 's1')
    world.known.now = false
    expect(world.cache.recall('k1')).toBeUndefined()
    const found = await world.remember('k1', 'a read of its own')
    expect(world.known.catchUps).toBe(1)
    expect(found?.value).toBe('s1')
  })

  test('for what has expired', async () => {
    await world.remember('k1', 's1')
    world.clock.pass(1_000)
    expect(world.cache.recall('k1')).toBeUndefined()
  })

  test('for what is not there: it is read each time', async () => {
    const read = () => Promise.resolve(null)
    expect(await world.cache.lookUp('k1', read)).toBeNull()
    expect((await world.remember('k1', 's1'))?.value).toBe('s1')
  })
})

describe('the cache, told to forget', () => {
  beforeEach(async () => {
    await world.remember('k1', 's1', 'ada')
    await world.remember('k2', 's2', 'bob')
    await world.remember('k3', 's3', 'ada')
    await world.remember('k4', 't1', 'bob')
  })
  const left = () => ['k1', 'k2', 'k3', 'k4'].filter((key) => world.cache.recall(key))

  test('some sessions, keeps the others', () => {
    const sessionIds = ['s1', 's3', 'unheard of']
    world.announce({ type: 'sessions-ended', userId: 'ada', sessionIds, reason: 'signed-out' })
    expect(left()).toEqual(['k2', 'k4'])
  })

  test('tokens, keeps sessions', () => {
    world.announce({ type: 'tokens-ended', userId: 'bob', tokenIds: ['t1'] })
    expect(left()).toEqual(['k1', 'k2', 'k3'])
  })

  test('a user, drops everything of that user and of nobody else', () => {
    world.announce({ type: 'user-changed', userId: 'ada' })
    expect(left()).toEqual(['k2', 'k4'])
  })

  test('everything, keeps nothing', () => {
    world.announce({ type: 'unknown' })
    expect(world.cache.size).toBe(0)
  })

  test('a session whose secret is being replaced, keeps neither secret', async () => {
    await world.remember('new', 's1')
    world.announce({ type: 'secret-replaced', userId: 'ada', sessionId: 's1' })
    expect(world.cache.recall('k1') ?? world.cache.recall('new')).toBeUndefined()
  })
})

test('the sliding limit moves for the session that was used, and for no other', async () => {
  await world.remember('k1', 's1')
  await world.remember('k2', 's2')
  world.cache.extend('s1', world.clock.time() + 5_000)
  world.cache.extend('unheard of', world.clock.time() + 5_000)
  world.clock.pass(1_000)
  expect(['k1', 'k2'].filter((key) => world.cache.recall(key))).toEqual(['k1'])
})

test('no more is kept than allowed, and what was used least recently goes', async () => {
  world = createWorld({ max: 2 })
  for (const number of ['1', '2']) await world.remember(`k${number}`, `s${number}`)
  world.cache.recall('k1')
  await world.remember('k3', 's3')
  expect(['k1', 'k2', 'k3'].filter((key) => world.cache.recall(key))).toEqual(['k1', 'k3'])
  // What was pushed out is not missed, nor does it take anything along.
  world.announce({ type: 'sessions-ended', userId: 'ada', sessionIds: ['s2'], reason: 'expired' })
  expect(world.cache.size).toBe(2)
})
