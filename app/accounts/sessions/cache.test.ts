import { describe, expect, test } from 'vitest'
import { createSessionCache, type CachedSession } from './cache'

const entryOf = (sessionId: string, userId = 'ada', expiresAt = 1_000): CachedSession => ({
  viewer: {
    user: { id: userId, name: '', email: '', role: 'user' },
    session: { id: sessionId, createdAt: new Date(0), endsAt: new Date(1_000) },
  },
  expiresAt,
})

function cacheWith(...entries: ReadonlyArray<readonly [key: string, entry: CachedSession]>) {
  const cache = createSessionCache({ max: 10 })
  for (const [key, entry] of entries) cache.beginFill().store(key, entry)
  return cache
}

describe('a fill that began before', () => {
  const endings = [
    ['the ending of its session', 'forgetSessions', ['s1']],
    ['the ending of another session', 'forgetSessions', ['s2']],
    ['an ending that found nothing', 'forgetSessions', []],
  ] as const
  test.each(endings)('%s is not stored', (_, method, ids) => {
    const cache = cacheWith()
    const fill = cache.beginFill()
    cache[method](ids)
    expect(fill.store('k1', entryOf('s1'))).toBe(false)
    expect(cache.get('k1')).toBeUndefined()
  })

  test('a change of a user is not stored', () => {
    const cache = cacheWith()
    const fill = cache.beginFill()
    cache.forgetUser('ada')
    expect(fill.store('k1', entryOf('s1'))).toBe(false)
  })

  test('an emptying is not stored', () => {
    const cache = cacheWith()
    const fill = cache.beginFill()
    cache.forgetEverything()
    expect(fill.store('k1', entryOf('s1'))).toBe(false)
  })

  test('nothing of the kind is stored', () => {
    const cache = cacheWith()
    const fill = cache.beginFill()
    cache.extend('s1', 2_000)
    expect(fill.store('k1', entryOf('s1'))).toBe(true)
    expect(cache.get('k1')?.viewer.session.id).toBe('s1')
  })
})

describe('forgetting', () => {
  test('sessions leaves the others', () => {
    const cache = cacheWith(['k1', entryOf('s1')], ['k2', entryOf('s2')], ['k3', entryOf('s3')])
    cache.forgetSessions(['s1', 's3', 'unheard of'])
    expect(['k1', 'k2', 'k3'].filter((key) => cache.get(key))).toEqual(['k2'])
  })

  test('a user takes all sessions of that user and of nobody else', () => {
    const cache = cacheWith(
      ['k1', entryOf('s1', 'ada')],
      ['k2', entryOf('s2', 'bob')],
      ['k3', entryOf('s3', 'ada')],
    )
    cache.forgetUser('ada')
    expect(['k1', 'k2', 'k3'].filter((key) => cache.get(key))).toEqual(['k2'])
    cache.forgetUser('ada')
    expect(cache.size).toBe(1)
  })

  test('everything leaves nothing', () => {
    const cache = cacheWith(['k1', entryOf('s1')], ['k2', entryOf('s2')])
    cache.forgetEverything()
    expect(cache.size).toBe(0)
  })

  test('a session whose secret is being replaced leaves neither secret', () => {
    const cache = cacheWith(['old', entryOf('s1')], ['new', entryOf('s1')])
    cache.forgetSessions(['s1'])
    expect(cache.get('old') ?? cache.get('new')).toBeUndefined()
  })
})

test('the sliding limit moves for the session that was used, and for no other', () => {
  const cache = cacheWith(['k1', entryOf('s1')], ['k2', entryOf('s2')])
  cache.extend('s1', 5_000)
  cache.extend('unheard of', 5_000)
  expect(cache.get('k1')?.expiresAt).toBe(5_000)
  expect(cache.get('k2')?.expiresAt).toBe(1_000)
})

test('no more is kept than allowed, and what was used least recently goes', () => {
  const cache = createSessionCache({ max: 2 })
  for (const id of ['1', '2']) cache.beginFill().store(`k${id}`, entryOf(`s${id}`))
  cache.get('k1')
  cache.beginFill().store('k3', entryOf('s3'))
  expect(['k1', 'k2', 'k3'].filter((key) => cache.get(key))).toEqual(['k1', 'k3'])
  // What was pushed out is not missed, nor does it take anything along.
  cache.forgetSessions(['s2'])
  expect(cache.size).toBe(2)
})
