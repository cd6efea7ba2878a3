import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { rowIdOf } from '../../app/accounts/row-secret'
import { days, minutes, seconds } from '../../app/accounts/time'
import { secretIn } from '../support/caller'
import { expireAt } from '../support/expire'
import { startNodes, type TestNode, type TestNodes } from '../support/nodes'
import { reconnect, shadow } from '../support/postgres/shadow'
import { createSettableClocks } from '../support/set-clock'
import { openTab } from '../support/tab'
import { until } from '../support/until'
import { PASSWORD } from '../support/visitor'

const clocks = createSettableClocks()
let world: TestNodes
let here: TestNode
let there: TestNode
let email: string
beforeAll(async () => {
  world = await startNodes(2, clocks.settings)
  ;[here, there] = world.nodes as [TestNode, TestNode]
})
beforeEach(async () => (email = await world.newEmail()))
afterAll(async () => {
  await world.dispose()
  clocks.remove()
})

describe('when the wall clock of one node jumps', () => {
  afterEach(() => clocks.set(there, 0))

  const jumps = {
    'five minutes ahead': minutes(5),
    'a month ahead': days(30),
    'a day back': -days(1),
  }
  test.each(Object.entries(jumps))(
    '%s, sessions end there when they should, and when the other node ends them',
    async (_, jump) => {
      const brief = await there.caller.signUp(email)
      const tab = await openTab(there, brief)
      await clocks.set(there, jump)

      // What it remembers, and what it reads.
      const fresh = await there.caller.signIn(email)
      const passing = await here.caller.signIn(email)
      const all = [brief, fresh, passing]
      await expectEverywhere(all, [200, 200, 200])
      expect(tab.closed).toBeUndefined()

      await expireAt(there, rowIdOf(passing), new Date(Date.now() + minutes(2)))
      await expectEverywhere([passing], [200])
      await expireAt(there, rowIdOf(passing), new Date(Date.now() + seconds(2)))
      for (const { caller } of world.nodes) {
        await until(async () => (await caller.check(passing)) === 401)
      }

      await here.caller.endOthers(fresh)
      expect(await Promise.all(all.map(there.caller.check))).toEqual([401, 200, 401])
      await until(() => tab.closed)
      expect(tab.messages.at(-1)).toEqual({ type: 'signed-out', reason: 'signed-out-elsewhere' })
    },
  )
})

describe('when the clock of the database jumps', () => {
  beforeAll(async () => {
    await setDatabaseClock(0)
    await reconnect(world.databaseUrl)
    await world.untilAllConfirm()
  })
  afterAll(() => setDatabaseClock(0))

  test('no session ends by it, none lives longer than it may, and what ends at one node ends at the other', async () => {
    // Lasts a day.
    const brief = await there.caller.signUp(email)
    // Lasts 90 days, and two weeks without use.
    const kept = secretIn(
      await there.caller.post('/login', { email, password: PASSWORD, keep: 'on' }),
    )
    const tab = await openTab(there, brief)

    await setDatabaseClock(minutes(5))
    await expectEverywhere([brief, kept], [200, 200])
    const ahead = await here.caller.signIn(email)

    await setDatabaseClock(-days(1))
    await expectEverywhere([brief, kept, ahead], [200, 200, 200])
    const behind = await here.caller.signIn(email)
    await expectEverywhere([behind], [200])
    await here.caller.signOut(ahead)
    await expectEverywhere([ahead], [401])

    await setDatabaseClock(0)
    await expectEverywhere([brief, kept], [200, 200])
    expect(tab.closed).toBeUndefined()

    await setDatabaseClock(days(1) + minutes(1))
    await expectEverywhere([brief, behind, kept], [401, 401, 200])
    await until(() => tab.closed)
    expect(tab.messages.at(-1)).toEqual({ type: 'signed-out', reason: 'expired' })

    await setDatabaseClock(days(15))
    await expectEverywhere([kept], [401])
  })
})

/** Sets the time that PostgreSQL tells by so many milliseconds, and waits until both nodes know. */
async function setDatabaseClock(offset: number) {
  const definition = `clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
    'SELECT pg_catalog.clock_timestamp() + ${offset} * interval ''1 ms'''`
  await shadow(world.databaseUrl, definition)
  // A node asks with each ping, and one may be under way.
  const before = await pings()
  await until(async () => {
    const now = await pings()
    return [...before].every(([node, ping]) => (now.get(node) ?? 0) > ping + 1)
  })
}

const pings = async () =>
  new Map(
    (await world.query<{ id: string; ping: number }>('SELECT "id", "ping" FROM "Node"')).map(
      ({ id, ping }) => [id, ping],
    ),
  )

async function expectEverywhere(secrets: readonly string[], expected: readonly number[]) {
  for (const { caller } of world.nodes) {
    expect(await Promise.all(secrets.map(caller.check))).toEqual(expected)
  }
}
