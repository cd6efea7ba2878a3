import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alterBuild, type Alteration } from '../support/altered-build.js'
import {
  ENDINGS,
  recordApplications,
  type ApplicationHistory,
} from '../support/application-history'
import { objections } from '../support/history'
import { startNodes, type TestNode, type TestNodes } from '../support/nodes'
import { until } from '../support/until'

/** Longer than a lease, and than anybody waits for a node. */
const SUSPENSION_MS = 3_000

/** Happens to a node; can see what was recorded so far. */
type Fault = (there: TestNode, seen: () => ApplicationHistory) => Promise<unknown>
const NOTHING: Fault = () => Promise.resolve()

/** The connection on which it hears of endings stalls while its pings go on. */
const isDeaf: Fault = async ({ way }) => {
  way.stallListening()
  await sleep(SUSPENSION_MS)
  way.heal()
}

/** A node forgets with its lease, so each time it has only a moment to be wrong. */
const MOST_TIMES = 15
const isDeafUntilWrong: Fault = async (there, seen) => {
  for (let time = 0; time < MOST_TIMES && staleUses(seen()).length === 0; time += 1) {
    await isDeaf(there, seen)
    await sleep(SUSPENSION_MS / 3)
  }
}

const staleUses = ({ entries }: ApplicationHistory) =>
  objections(entries).filter((words) => words.includes('was used at'))

describe('whatever ends a sign-in at an application, no proxy of two nodes is told yes after the answer', () => {
  let world: TestNodes
  beforeAll(async () => (world = await startNodes(2)))
  afterAll(() => world.dispose())

  const faults: Record<string, Fault> = {
    'on a quiet day': NOTHING,
    'when one node is killed, and started again': async (there) => {
      await there.stop('SIGKILL')
      await there.start()
    },
    'when one node sleeps for longer than a lease': async (there) => {
      there.process.kill('SIGSTOP')
      await sleep(SUSPENSION_MS)
      there.process.kill('SIGCONT')
    },
    'when one node hears nothing of endings': isDeaf,
  }
  test.each(Object.entries(faults))('%s', async (_, fault) => {
    const history = await recordThrough(world, fault)
    expect(objections(history.entries)).toEqual([])
    expectSubstance(history)
    // Whatever ended left nothing behind that could let anybody in.
    expect(await world.queryValue(ORPHANS)).toBe(0)
  })
})

describe('a proxy is told yes after the answer', () => {
  const guards: [guard: string, without: Alteration, fault: Fault][] = [
    [
      'what is remembered of a visitor is not forgotten with the session, the sign-in, the group and the person',
      [/dependsOn: \[\.\.\.ids\d*, userId, applicationId, \.\.\.groupIds\]/, 'dependsOn: []'],
      NOTHING,
    ],
    [
      'nobody waits for the lease of a node that hears nothing',
      [/const WAIT_MS = 2200;/, 'const WAIT_MS = 0;'],
      isDeafUntilWrong,
    ],
  ]
  test.each(guards)('once %s', async (_, without, fault) => {
    const { build, remove } = alterBuild(without)
    const world = await startNodes(2, {}, { build })
    try {
      expect(staleUses(await recordThrough(world, fault))).not.toEqual([])
    } finally {
      await world.dispose()
      remove()
    }
  })
})

/** Until every kind of ending was seen before what happens to a node, and again after it. */
async function recordThrough(world: TestNodes, fault: Fault): Promise<ApplicationHistory> {
  const there = world.nodes[1]!
  let wanted = Infinity
  let seen: ApplicationHistory | undefined
  const recording = recordApplications(world, (history) => {
    seen = history
    return fewest(history) >= wanted
  })
  // Whatever fails is told at once.
  await Promise.race([recording, until(() => seen && fewest(seen) >= 1, { timeout: 60_000 })])
  await Promise.race([recording, fault(there, () => seen!)])
  wanted = fewest(seen!) + 1
  return recording
}

const fewest = ({ done }: ApplicationHistory) => Math.min(...ENDINGS.map((kind) => done[kind]))

/** A history in which nothing happens is good too, and worth nothing. */
function expectSubstance({ entries }: ApplicationHistory) {
  const count = (result: string) =>
    entries.filter((entry) => entry.kind === 'use' && entry.result === result).length
  expect(count('done')).toBeGreaterThan(20)
  expect(count('refused')).toBeGreaterThan(20)
}

const ORPHANS = `SELECT
  (SELECT count(*) FROM "ApplicationSession" WHERE "sessionId" NOT IN (SELECT "id" FROM "Session")) +
  (SELECT count(*) FROM "ApplicationCookie" WHERE "applicationSessionId" NOT IN
    (SELECT "id" FROM "ApplicationSession")) +
  (SELECT count(*) FROM "ApplicationSession" WHERE "applicationId" NOT IN (SELECT "id" FROM "Application"))`
