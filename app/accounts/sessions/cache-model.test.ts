import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCacheWorld, type Step } from '../../../tests/support/cache-world'

const RUNS = 5_000
const LONGEST_STORY = 60

/*
 * A story is a list of steps that may come in any order: a fill begins, reads its row and stores it
 * in three steps, an ending commits and is told to the cache in two, so every interleaving that the
 * event loop could bring about is among them. After each step the cache is asked about every secret.
 */

const which = fc.nat({ max: 5 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('start' as const), which }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('begin fill' as const), which }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('read row' as const), which }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('store' as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replace secret' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('change user' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete elsewhere' as const), which }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('tell' as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('extend' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pass' as const), which }) },
)
const story = fc.array(step, { maxLength: LONGEST_STORY, size: 'max' })

describe('the session cache, whatever comes between a read and its store', () => {
  test('never serves a session, a secret or a role after its ending was acknowledged', () => {
    let served = 0
    const property = fc.property(story, (steps) => {
      const world = createCacheWorld({ guardFills: true })
      for (const next of steps) served += world.run(next)
    })
    fc.assert(property, { numRuns: RUNS })
    // It would be easy never to serve anything.
    expect(served).toBeGreaterThan(RUNS)
  })

  test('would serve one without the guard, and this check would notice', () => {
    const property = fc.property(story, (steps) => {
      const world = createCacheWorld({ guardFills: false })
      for (const next of steps) world.run(next)
    })
    const { failed, counterexample } = fc.check(property, { numRuns: RUNS })
    expect(failed).toBe(true)
    const shortest = counterexample![0].map((next) => next.do)
    expect(shortest.slice(0, 3)).toEqual(['start', 'begin fill', 'read row'])
    expect(shortest.slice(-2)).toContain('store')
  })
})
