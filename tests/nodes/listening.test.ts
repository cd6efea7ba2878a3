import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startNodes, type TestNode, type TestNodes } from '../support/nodes'
import { asSuperuser, type Superuser } from '../support/postgres/superuser'
import { openTab, statusOf, type OpenTab } from '../support/tab'
import { until } from '../support/until'

let world: TestNodes
let here: TestNode
let there: TestNode
let superuser: Superuser
let email: string
beforeAll(async () => {
  world = await startNodes(2)
  ;[here, there] = world.nodes as [TestNode, TestNode]
  superuser = await asSuperuser(world.databaseUrl)
})
beforeEach(async () => {
  email = await world.newEmail()
  await world.untilAllConfirm()
})
afterEach(() => superuser.letConnect())
afterAll(async () => {
  await superuser.close()
  await world.dispose()
})

const endSessionsByHand = () =>
  superuser.run(
    'DELETE FROM "Session" WHERE "userId" = (SELECT "id" FROM "User" WHERE "email" = $1)',
    [email],
  )

/** Ends the connections on which the nodes listen, and lets them have no other for a while. */
async function makeDeaf() {
  const before = world.nodes.map(({ logs }) => logs().length)
  await superuser.refuseConnections()
  await superuser.endListening()
  await until(() =>
    world.nodes.every(({ logs }, index) =>
      logs().slice(before[index]).includes('the connection that hears of endings was lost'),
    ),
  )
}

const signedOut = ({ messages }: OpenTab) => messages.filter(({ type }) => type === 'signed-out')

describe('a node whose listening connection was ended', () => {
  test('answers nothing from memory from that moment on', async () => {
    const secret = await here.caller.signUp(email)
    for (const { caller } of world.nodes) expect(await caller.check(secret)).toBe(200)
    await makeDeaf()
    await endSessionsByHand()
    for (const { caller } of world.nodes) expect(await caller.check(secret)).toBe(401)
  })

  test('ends the tabs of what ended meanwhile when it listens again, and spares the others', async () => {
    const secret = await here.caller.signUp(email)
    const bystander = await there.caller.signUp(await world.newEmail())
    const [tab, other] = [await openTab(there, secret), await openTab(there, bystander)]
    await makeDeaf()
    await endSessionsByHand()
    expect(await there.caller.check(secret)).toBe(401)
    expect([signedOut(tab), tab.closed]).toEqual([[], undefined])

    await superuser.letConnect()
    await until(() => tab.closed)
    expect(signedOut(tab)).toEqual([{ type: 'signed-out', reason: 'ended' }])
    expect([signedOut(other), other.closed]).toEqual([[], undefined])
    other.socket.terminate()
  })

  test('is heard by the next sign-out again, which both nodes confirm', async () => {
    const acting = await here.caller.signUp(email)
    await superuser.endListening()
    await until(async () => {
      await there.caller.signIn(email)
      return (await (await here.caller.endOthers(acting)).text()).includes(
        'Signed out of 1 other session; confirmed by 2 of 2 nodes',
      )
    })
  })

  test('sends its tabs to another after five seconds, and takes tabs when it hears again', async () => {
    const secret = await here.caller.signUp(email)
    const tab = await openTab(there, secret)
    await makeDeaf()
    await until(async () => {
      // A connection that nobody uses for long is closed, and there is no other to be had.
      expect(await there.caller.check(secret)).toBe(200)
      return tab.closed
    })
    expect([signedOut(tab), tab.closed]).toEqual([[], { code: 1012 }])
    expect(await statusOf(openTab(there, secret))).toBe(503)

    await superuser.letConnect()
    await until(async () => (await statusOf(openTab(there, secret))) === 101)
  })
})
