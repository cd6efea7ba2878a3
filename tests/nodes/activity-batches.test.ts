import { afterAll, beforeAll, expect, test } from 'vitest'
import { manySessions } from '../support/many-tabs'
import { startNodes, type TestNodes } from '../support/nodes'

const SESSIONS = 20
const SIGN_OUTS = 10

let world: TestNodes
beforeAll(async () => (world = await startNodes(2)))
afterAll(() => world.dispose())

test('activity that two nodes write of sessions which end at that moment holds up no ending, and fails nobody', async () => {
  const [here, there] = world.nodes as [TestNodes['nodes'][0], TestNodes['nodes'][0]]
  const acting = await here.caller.signUp(await world.newEmail())
  // Each is used at one node, which writes of it what it writes of the others.
  const witnesses = await Promise.all(
    world.nodes.map(async ({ caller }) => caller.signUp(await world.newEmail())),
  )
  const ids = witnesses.map((secret) => secret.split('.')[0]!)
  await letTimePass()
  const written = () =>
    world.queryValue<number>(
      `SELECT count(*) FROM "Session"
       WHERE "id" IN (?, ?) AND "lastSeenAt" > "createdAt" + interval '30 minutes'`,
      ...ids,
    )

  const statuses = new Set<number>()
  while ((await written()) !== witnesses.length) {
    const secrets = await manySessions(here, acting, SESSIONS)
    const uses = await Promise.all(
      world.nodes.map(({ caller }, node) =>
        Promise.all([...secrets, witnesses[node]!].map((one) => caller.page('/profile', one))),
      ),
    )
    const [first = '', ...others] = secrets
    const endings = await Promise.all([
      here.caller.endOthers(acting),
      there.caller.signOut(first),
      ...others
        .slice(0, SIGN_OUTS)
        .map((secret, index) => world.nodes[index % 2]!.caller.signOut(secret)),
    ])
    for (const { status } of [...uses.flat(), ...endings]) statuses.add(status)
  }
  expect([...statuses].filter((status) => status >= 500)).toEqual([])
  for (const { logs } of world.nodes) expect(logs()).not.toMatch(/deadlock|will be retried/)
})

/** What was active a moment ago is not written again so soon. */
const letTimePass = () =>
  world.query(
    `UPDATE "Session" SET "lastSeenAt" = "lastSeenAt" - interval '1 hour',
       "createdAt" = "createdAt" - interval '1 hour'`,
  )
