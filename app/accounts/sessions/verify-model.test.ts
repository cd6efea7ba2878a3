import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createVerifyWorld, type Step } from '../../../tests/support/verify-world'

const RUNS = 5_000
const LONGEST_STORY = 60

/*
 * A story is a list of steps that may come in any order: somebody asks, the row is read and answered
 * in three steps, an ending commits and is told in two, so every interleaving that the event loop
 * could bring about is among them. After each step memory is asked about every secret.
 */

const which = fc.nat({ max: 5 })
const WEIGHTS: Record<Step['do'], number> = {
  start: 3,
  ask: 6,
  'read row': 6,
  answer: 6,
  end: 2,
  'replace secret': 1,
  'change user': 1,
  'delete elsewhere': 1,
  tell: 4,
  extend: 2,
  pass: 1,
}
const step = fc.oneof(
  ...Object.entries(WEIGHTS).map(([what, weight]) => ({
    weight,
    arbitrary: fc.record({ do: fc.constant(what as Step['do']), which }),
  })),
)
const story = fc.array(step, { maxLength: LONGEST_STORY, size: 'max' })

describe('verifying a session, whatever comes between a read and its answer', () => {
  test('never serves one, its secret or its user as before, to who asks after that was acknowledged', async () => {
    let [served, shared] = [0, 0]
    const property = fc.asyncProperty(story, async (steps) => {
      const counts = await happen(steps, { guardReads: true })
      served += counts.served
      shared += counts.shared
    })
    await fc.assert(property, { numRuns: RUNS })
    // It would be easy never to serve anything, or to let everybody read alone.
    expect(served).toBeGreaterThan(RUNS)
    expect(shared).toBeGreaterThan(RUNS / 10)
  })

  test('would serve one without the guard, and this check would notice', async () => {
    const property = fc.asyncProperty(story, async (steps) => {
      await happen(steps, { guardReads: false })
    })
    const { failed, counterexample } = await fc.check(property, { numRuns: RUNS })
    expect(failed).toBe(true)
    // Shrinking finds a short story, not always the shortest: these steps are in every one.
    const shrunk = counterexample![0].map((next) => next.do)
    expect(shrunk).toEqual(expect.arrayContaining(['start', 'ask', 'read row', 'tell']))
  })
})

async function happen(steps: readonly Step[], options: { guardReads: boolean }) {
  const world = createVerifyWorld(options)
  for (const next of steps) await world.run(next)
  return world.counts()
}
