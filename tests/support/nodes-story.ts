import fc from 'fast-check'
import type { Action, Step } from './nodes-steps'
import { CALLS, type Call, type Way } from './simulated-network'

/** What happens to so many nodes, in any order. */
export type Story = { nodes: number; steps: Step[] }

type Kind = { weights: Partial<Record<Action, number>>; calls: readonly Call[] }

const LONGEST_STORY = 50
/** About the limits of what waits, and so small that it falls between two things that happen. */
const SPANS = [0, 1, 2, 3, 50, 500, 501, 1_000, 1_500, 1_999, 2_000, 2_200, 2_201]

const anything = {
  'sign in': 2,
  use: 3,
  'everybody uses': 4,
  end: 6,
  'replace secret': 1,
  'end all': 1,
  'delete by hand': 1,
  hold: 6,
  release: 4,
  silence: 2,
  'end silence': 2,
  stall: 4,
  'hear one': 1,
  'end stall': 2,
  cut: 4,
  stop: 2,
  'go on': 3,
  crash: 1,
  'database away': 1,
  'database back': 3,
  pass: 12,
  'pass to a limit': 3,
} as const

const lateCalls = {
  'sign in': 1,
  'everybody uses': 4,
  end: 4,
  hold: 6,
  release: 5,
  stall: 4,
  cut: 5,
  pass: 12,
} as const

const silentNodes = {
  'sign in': 3,
  'everybody uses': 5,
  end: 7,
  hold: 6,
  release: 4,
  stall: 5,
  'end stall': 1,
  stop: 1,
  'go on': 1,
  pass: 10,
  'pass to a limit': 3,
} as const

const lateLists = {
  'sign in': 3,
  'everybody uses': 4,
  end: 5,
  hold: 5,
  release: 3,
  stall: 4,
  pass: 7,
}

const longReads = {
  'sign in': 1,
  use: 8,
  end: 5,
  hold: 6,
  release: 3,
  silence: 1,
  stall: 2,
  cut: 5,
  crash: 1,
  pass: 8,
} as const

/** Everything at once, and what is rarely told whole among so much else. */
const KINDS = {
  anything: { weights: anything, calls: CALLS },
  /** Calls that arrive, or are answered, long after nobody waits for them any more. */
  'late calls': { weights: lateCalls, calls: ['listen', 'register', 'ping', 'remove'] },
  'silent nodes': { weights: silentNodes, calls: ['list', 'confirm', 'remove', 'ping'] },
  'late lists': { weights: lateLists, calls: ['list', 'confirm'] },
  'long reads': { weights: longReads, calls: ['read', 'listen'] },
} satisfies Record<string, Kind>
export type KindName = keyof typeof KINDS

const stepOf = ({ weights, calls }: Kind): fc.Arbitrary<Step> =>
  fc.record({
    do: fc.oneof(
      ...Object.entries(weights).map(([what, weight]) => ({
        weight,
        arbitrary: fc.constant(what as Action),
      })),
    ),
    node: fc.nat({ max: 3 }),
    which: fc.nat({ max: 5 }),
    call: fc.constantFrom(...calls),
    way: fc.constantFrom<Way>('request', 'request', 'answer'),
    milliseconds: fc.constantFrom(...SPANS),
  })

/** Stories of these kinds, or of all. */
export const stories = (...kinds: KindName[]): fc.Arbitrary<Story> =>
  fc.record({
    nodes: fc.constantFrom(2, 2, 2, 3, 4),
    steps: fc.oneof(
      ...(kinds.length > 0 ? kinds.map((name) => KINDS[name]) : Object.values<Kind>(KINDS)).map(
        (kind) => fc.array(stepOf(kind), { maxLength: LONGEST_STORY, size: 'max' }),
      ),
    ),
  })
