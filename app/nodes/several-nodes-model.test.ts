import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Alteration, createProtocol } from '../../tests/support/altered-protocol'
import { GUARDS } from '../../tests/support/nodes-guards'
import { happen } from '../../tests/support/nodes-happen'
import type { Step } from '../../tests/support/nodes-steps'
import { stories } from '../../tests/support/nodes-story'
import type { DatabaseOptions } from '../../tests/support/simulated-database'

const RUNS = 8_000
/** Each guard is missed in one of some hundred stories, of those in which it matters. */
const RUNS_TO_FAIL = 30_000
const SEED = 18

/*
 * A story is a list of steps that may come in any order: people sign in, are asked for, and are signed
 * out; calls are held up on their way there or back, nodes hear nothing, stop, go on or die, the
 * database is away, and time passes, often just until something runs out. Nodes are as they are, over
 * a simulated database. After everything that happens their memory is searched for what has ended.
 */

describe('several nodes, whatever happens to them and to what is on its way', () => {
  test('never use what ended after that was answered, and are as before when all is healed', async () => {
    const sum = { served: 0, joined: 0, ended: 0, silent: 0 }
    const property = fc.asyncProperty(stories(), async (story) => {
      const counts = await happen(story, createProtocol())
      for (const what of Object.keys(sum) as (keyof typeof sum)[]) sum[what] += counts[what]
    })
    await fc.assert(property, { numRuns: RUNS })
    // It would be easy never to use memory, to let everybody read alone, or to end nothing.
    expect(sum.served).toBeGreaterThan(RUNS * 5)
    expect(sum.joined).toBeGreaterThan(RUNS / 10)
    expect(sum.ended).toBeGreaterThan(RUNS * 2)
    expect(sum.silent).toBeGreaterThan(RUNS / 10)
  })

  test.each(GUARDS.map((guard) => [guard.but, guard] as const))(
    'would use it, and this check would notice, if %s',
    async (_, guard) => {
      const protocol = createProtocol(guard)
      const property = fc.asyncProperty(stories(guard.told), async (story) => {
        await happen(story, protocol)
      })
      const found = await fc.check(property, {
        numRuns: RUNS_TO_FAIL,
        seed: SEED,
        endOnFailure: true,
      })
      expect(String(found.errorInstance)).toMatch(/(remembers|answered) .* after it ended/)
    },
  )
})

/** Stories that chance would seldom tell, and what is missing when they end badly. */
const rare: { title: string; steps: Step[]; without: Alteration | DatabaseOptions }[] = [
  {
    title: 'a late removal takes no node off the list that has pinged since',
    steps: [
      step('hold', { call: 'remove' }),
      ...deafTwice(),
      step('everybody uses'),
      step('release'),
      ...endElsewhere(),
    ],
    without: alteration('remove(id, lastPing)', 'remove(id)'),
  },
  {
    title: 'a late registration does not make a node look as if it had not pinged since',
    steps: [
      step('hold', { call: 'register' }),
      step('hold', { call: 'remove' }),
      ...deafTwice(),
      step('everybody uses'),
      step('release', { which: 1 }),
      step('release'),
      ...endElsewhere(),
    ],
    without: { numbersGrow: false },
  },
  {
    title: 'a node that was taken off the list gets no lease before it is on it again',
    steps: [
      step('stop'),
      ...endElsewhere(),
      step('sign in', { node: 1 }),
      pass(3),
      step('go on'),
      pass(3),
      step('everybody uses'),
      pass(3),
      step('stall'),
      ...endElsewhere(),
    ],
    without: { sendsUnlistedPings: true },
  },
  {
    title: 'a node that is alone on the list waits for itself',
    steps: [
      step('hold', { node: 1, call: 'listen' }),
      step('cut', { node: 1 }),
      pass(600),
      step('stall'),
      step('delete by hand'),
      step('end'),
      pass(100),
    ],
    without: alteration('node === id && !listening', 'node === id'),
  },
]

test.each(rare.map((story) => [story.title, story] as const))('%s', async (_, told) => {
  const { steps, without } = told
  await happen({ nodes: 2, steps }, createProtocol())
  const weakened =
    'in' in without
      ? happen({ nodes: 2, steps }, createProtocol(without))
      : happen({ nodes: 2, steps }, createProtocol(), without)
  await expect(weakened).rejects.toThrow('after it ended')
})

/** Node 0 is deaf, begins anew by requests of which the first may be held up, and is deaf again. */
function deafTwice(): Step[] {
  return [step('stall'), pass(5_997), step('stall')]
}

function endElsewhere(): Step[] {
  return [step('end', { node: 1 }), pass(2_300)]
}

function pass(milliseconds: number): Step {
  return step('pass', { milliseconds })
}

function step(what: Step['do'], details: Partial<Step> = {}): Step {
  return { do: what, node: 0, which: 0, call: 'read', way: 'request', milliseconds: 0, ...details }
}

function alteration(from: string, to: string): Alteration {
  return { in: 'nodes/several-nodes.ts', replace: [[from, to]] }
}
