import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alterBuild, type Alteration } from '../support/altered-build.js'
import { readUnderWay, startNodes, type TestNode, type TestNodes } from '../support/nodes'
import { until } from '../support/until'

/*
 * Each guard of the protocol against a schedule that is made for it, with real processes: taken out of
 * the built server, it is missed. tests/support/nodes-guards.ts does the same on virtual clocks, with
 * thousands of schedules that nobody made.
 */

/** A schedule hits a moment of a second or two; beside other programs it may come too late. */
const TRIES = 8
/** Longer than any wait of these schedules, so that no statement gives up in the middle of one. */
const settings = { DATABASE_TIMEOUT: '5s' }

type World = TestNodes & { here: TestNode; there: TestNode; email: string }
/** Whether something that was ended, and answered as ended, was used afterwards. */
type Schedule = (world: World) => Promise<boolean>

const guards: { guard: string; without: Alteration; schedule: Schedule }[] = [
  {
    guard: 'a lease counts from a ping that came back',
    without: [
      /if \((await channel\d*\.ping\(id\d*, ping\))\) return;/,
      'if ($1) return cameBack(ping);',
    ],
    schedule: whileTheOtherIsDeaf,
  },
  {
    guard: 'an ending waits until the leases of silent nodes are over',
    without: [/const WAIT_MS = 2200;/, 'const WAIT_MS = 0;'],
    schedule: whileTheOtherIsDeaf,
  },
  {
    guard: 'what was read before an ending is not remembered after it',
    without: [
      /const isCurrent = \(\) => !guardReads \|\| epoch\d* === epochBefore;/,
      'const isCurrent = () => true;',
    ],
    schedule: aReadThatComesLate,
  },
  {
    guard: 'to join a read that is under way needs a lease',
    without: [
      /if \(underWay\?\.isCurrent\(\) && changes\.areKnown\(\)\) return/,
      'if (underWay?.isCurrent()) return',
    ],
    schedule: joiningAnOldRead,
  },
  {
    guard: 'a node is taken off the list only if it has pinged no more',
    without: [
      /\(\$2::bigint IS NULL OR "ping" <= \$2\)/,
      '($2::bigint IS NULL OR TRUE OR "ping" <= $2)',
    ],
    schedule: aRemovalThatComesLate,
  },
  {
    guard: 'whoever grants locks the row of the person who acts',
    without: [/await database\d*\.lockUsers\(tx\d*, \[viewer\.user\.id\]\);/, ''],
    schedule: aGrantOfAnEndedSession,
  },
]

describe('with every guard in place no schedule finds a use of what was ended', () => {
  let world: World
  beforeAll(async () => (world = await createWorld()))
  afterAll(() => world.dispose())

  test.each(guards)('$guard', async ({ schedule }) => {
    expect(await schedule(await withNewPerson(world))).toBe(false)
    await heal(world)
  })
})

describe('the schedule finds one without the guard that', () => {
  test.each(guards)('$guard', async ({ without, schedule }) => {
    const { build, remove } = alterBuild(without)
    const world = await createWorld(build)
    try {
      let found = false
      for (let round = 0; round < TRIES && !found; round += 1) {
        found = await schedule(await withNewPerson(world))
        await heal(world)
      }
      expect(found).toBe(true)
    } finally {
      await world.dispose()
      remove()
    }
  })
})

/** The other node's connection for notices stalls while its pings go on. */
async function whileTheOtherIsDeaf({ here, there, email }: World): Promise<boolean> {
  const secret = await here.caller.signUp(email)
  await remembered(there, secret)
  there.way.stallListening()
  await here.caller.signOut(secret)
  return (await there.caller.check(secret)) === 200
}

/** The other node reads a row, and is given it only after the session of that row has ended. */
async function aReadThatComesLate(world: World): Promise<boolean> {
  const { here, there, email } = world
  const secret = await here.caller.signUp(email)
  there.way.stallAnswers()
  const { early } = await checkUnderWay(world, secret)
  await here.caller.signOut(secret)
  there.way.heal()
  await early
  for (let look = 0; look < 30; look += 1) {
    if ((await there.caller.check(secret)) === 200) return true
    await sleep(100)
  }
  return false
}

/** The same, and somebody asks for that session while the read is still under way. */
async function joiningAnOldRead(world: World): Promise<boolean> {
  const { here, there, email } = world
  const secret = await here.caller.signUp(email)
  there.way.stallListening()
  there.way.stallAnswers()
  const { early } = await checkUnderWay(world, secret)
  await here.caller.signOut(secret)
  const late = there.caller.check(secret)
  // Time for it to arrive: it has to come before the answer to the read.
  await sleep(200)
  there.way.heal()
  await early
  return (await late) === 200
}

/**
 * A node that was silent is to be taken off the list, and that request is held up until the node has
 * long come back.
 */
async function aRemovalThatComesLate(world: World): Promise<boolean> {
  const { here, there, email } = world
  const first = await here.caller.signUp(email)
  const second = await here.caller.signIn(email)
  await remembered(there, second)
  there.way.stallListening()
  const ending = here.caller.signOut(first)
  await until(async () => (await sessionsOf(world)) === 1)
  // It reads the list meanwhile, and sees who is on it.
  await sleep(300)
  here.way.stallAll()
  await ending
  await until(async () => (await nodesInTouch(world)) === 1)
  await remembered(there, second)
  there.way.stallAll()
  here.way.heal()
  const listed = await nodesListed(world)
  await Promise.race([
    until(async () => (await nodesListed(world)) < listed).catch(() => null),
    sleep(400),
  ])
  await here.caller.signOut(second)
  const stale = await Promise.race([there.caller.check(second), sleep(500)])
  return stale === 200
}

/** A session makes an API token, slowly, while it is signed out at the other node. */
async function aGrantOfAnEndedSession(world: World): Promise<boolean> {
  const { here, there, email } = world
  const ending = await there.caller.signUp(email)
  const ended = await here.caller.signIn(email)
  here.way.delay(40)
  const fields = { intent: 'create-token', name: 'x', scope: 'profile:read', lifetime: '30' }
  const granting = here.caller.post('/profile/tokens', fields, ended)
  await sleep(150 + Math.random() * 500)
  await there.caller.endOthers(ending)
  const before = await tokensOf(world)
  await granting.catch(() => undefined)
  here.way.heal()
  return before === 0 && (await tokensOf(world)) === 1
}

async function createWorld(build?: string): Promise<World> {
  const world = await startNodes(2, settings, { ...(build !== undefined && { build }) })
  const [here, there] = world.nodes as [TestNode, TestNode]
  return { ...world, here, there, email: '' }
}

async function withNewPerson(world: World): Promise<World> {
  await world.query('DELETE FROM "AttemptCounter"')
  return { ...world, email: `${crypto.randomUUID()}@example.com` }
}

/** Until both nodes answer from memory again, as far as can be seen: both are on the list and ping. */
async function heal(world: World) {
  for (const { way } of world.nodes) way.heal()
  await until(async () => (await nodesInTouch(world)) === 2)
}

/** From now on it is in memory, if memory is used. */
async function remembered({ caller }: TestNode, secret: string) {
  for (const _ of [1, 2]) expect(await caller.check(secret)).toBe(200)
}

/** Starts a check whose row PostgreSQL has read, and whose answer is held back. */
const checkUnderWay = (world: World, secret: string) =>
  readUnderWay(world, () => ({ early: world.there.caller.check(secret).catch(() => undefined) }))

/** How many have pinged in the last second. */
const nodesInTouch = ({ queryValue }: World) =>
  queryValue<number>(
    `SELECT count(*) FROM "Node" WHERE "renewedAt" > clock_timestamp() - interval '1 second'`,
  )

const nodesListed = async ({ queryValue }: World) =>
  (await queryValue<number>('SELECT count(*) FROM "Node"')) ?? 0

const sessionsOf = ({ queryValue, email }: World) =>
  queryValue<number>(
    `SELECT count(*) FROM "Session" JOIN "User" ON "User"."id" = "userId" WHERE "email" = ?`,
    email,
  )

const tokensOf = ({ queryValue, email }: World) =>
  queryValue<number>(
    `SELECT count(*) FROM "ApiToken" JOIN "User" ON "User"."id" = "userId" WHERE "email" = ?`,
    email,
  )
