import { expect } from 'vitest'
import { objections } from './history'
import { createCrowd, type Crowd } from './history-clients'
import type { TestNodes } from './nodes'
import { until } from './until'

const USERS = ['ada@example.com', 'bob@example.com', 'cyd@example.com']
/** Before a fault, and again after it. */
const SOME_ENDINGS = 4
const LONGEST_MS = 60_000

/** What happens while a crowd acts at several nodes; it may wait for what the crowd does meanwhile. */
export type Fault = (crowd: CrowdAtWork) => Promise<unknown>

export type CrowdAtWork = {
  /** Waits for so many more endings to be answered, with whatever answer. */
  endings(count: number): Promise<void>
  /** Waits for one of which nobody knows whether it was done. */
  unknownEnding(): Promise<void>
}

/** Lets clients of every node act before something happens, while it does and after it, and judges all of it. */
export async function expectKeptThrough(world: TestNodes, fault: Fault) {
  // Only so many accounts may be made from one address in an hour.
  await world.query('DELETE FROM "AttemptCounter"')
  const crowd = createCrowd(
    world.nodes.map(({ caller }) => caller),
    USERS,
  )
  let enough = Infinity
  const acting = crowd.act(() => done(crowd).length >= enough)
  await moreOf(() => done(crowd), SOME_ENDINGS)
  await fault({
    endings: (count) => moreOf(() => answered(crowd), count),
    unknownEnding: () => moreOf(() => notKnown(crowd), 1),
  })
  enough = done(crowd).length + SOME_ENDINGS
  await acting
  await crowd.lookAtAll()
  expect(objections(crowd.history)).toEqual([])
  expectSubstance(crowd)
  expect(await world.queryValue(ORPHANS)).toBe(0)
}

const ORPHANS = 'SELECT count(*) FROM "Session" WHERE "userId" NOT IN (SELECT "id" FROM "User")'

const endings = ({ history }: Crowd) => history.filter(({ kind }) => kind.startsWith('end'))
const done = (crowd: Crowd) => endings(crowd).filter(({ result }) => result === 'done')
const answered = (crowd: Crowd) => endings(crowd).filter(({ result }) => result !== 'unknown')

const notKnown = (crowd: Crowd) => crowd.notKnown

async function moreOf(entries: () => unknown[], count: number) {
  const wanted = entries().length + count
  await until(() => entries().length >= wanted, { timeout: LONGEST_MS })
}

/** A history in which nothing happens is good too, and worth nothing. */
function expectSubstance({ history }: Crowd) {
  const count = (result: string) =>
    history.filter((entry) => entry.kind === 'use' && entry.result === result).length
  expect(count('done')).toBeGreaterThan(20)
  expect(count('refused')).toBeGreaterThan(10)
}
