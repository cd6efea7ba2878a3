import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startNodes, type TestNode, type TestNodes } from '../support/nodes'
import { startOwnPostgres } from '../support/postgres/set-up'
import { asSuperuser } from '../support/postgres/superuser'
import { openTab, statusOf, type OpenTab } from '../support/tab'
import { until } from '../support/until'

const CANCEL_WAIT = `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`

let postgres: Awaited<ReturnType<typeof startOwnPostgres>>
let world: TestNodes
let here: TestNode
let there: TestNode
let email: string
beforeAll(async () => {
  postgres = await startOwnPostgres()
  world = await startNodes(2)
  ;[here, there] = world.nodes as [TestNode, TestNode]
})
beforeEach(async () => (email = await world.newEmail()))
afterAll(async () => {
  await world.dispose()
  await postgres.stop()
})

describe('while PostgreSQL is away,', () => {
  let secret: string
  let tabs: OpenTab[]
  beforeEach(async () => {
    secret = await here.caller.signUp(email)
    tabs = [await openTab(here, secret), await openTab(there, secret)]
    await postgres.crash()
  })

  test('pages and the session check answer 503, nobody is signed out, and all of it recovers by itself', async () => {
    for (const { caller } of world.nodes) {
      await until(async () => {
        const status = await caller.check(secret)
        // From memory, for as long as that may be used. Never 401: nobody was signed out.
        expect([200, 503]).toContain(status)
        return status === 503
      })
      const page = await caller.page('/profile', secret)
      expect(page.status).toBe(503)
      const html = await page.text()
      expect(html).toContain('<title>The database does not answer · Latchkey</title>')
      expect(html).toContain('It cannot reach its database. Try again in a few seconds.')
      const signOut = await caller.signOut(secret)
      expect([signOut.status, signOut.headers.get('Set-Cookie')]).toEqual([503, null])
      const signIn = await caller.post('/login', { email, password: 'whatever it is' })
      expect(signIn.status).toBe(503)
      expect((await caller.send('/readyz')).status).toBe(503)
      expect((await caller.send('/healthz')).status).toBe(200)
    }
    expect(tabs.flatMap(({ messages }) => messages).map(({ type }) => type)).not.toContain(
      'signed-out',
    )
    // Where it takes long they are told to look for another node, which is no sign-out.
    for (const { closed } of tabs) expect([undefined, 1012]).toContain(closed?.code)

    await postgres.start()
    for (const node of world.nodes) {
      await until(async () => (await node.caller.check(secret)) === 200)
      await until(async () => (await node.caller.page('/profile', secret)).status === 200)
      await until(async () => (await node.caller.send('/readyz')).status === 200)
      await until(async () => (await statusOf(openTab(node, secret))) === 101)
    }
    await world.untilAllConfirm()
  })
})

test('a commit that comes with a warning, for want of a standby, is not known to be done, and never said to be', async () => {
  const acting = await here.caller.signUp(email)
  const ended = await there.caller.signIn(email)
  const superuser = await asSuperuser(world.databaseUrl)
  try {
    await superuser.run('SET synchronous_commit = local')
    await superuser.run(`ALTER SYSTEM SET synchronous_standby_names = 'nobody'`)
    await superuser.run('SELECT pg_reload_conf()')
    // Not every process of PostgreSQL knows at once that there is somebody to wait for.
    const answer = await until(async () => {
      const answering = here.caller.endOthers(acting)
      let answered = false
      void answering.then(() => (answered = true))
      await until(async () => answered || (await superuser.run(CANCEL_WAIT)).length > 0)
      return (await answering).status === 200 ? undefined : answering
    })
    expect(answer.status).toBe(503)
    expect(await answer.text()).toContain(
      'It is not known whether the other sessions were signed out',
    )
    expect(here.logs()).toContain('canceling wait for synchronous replication')
  } finally {
    await superuser.run('ALTER SYSTEM RESET synchronous_standby_names')
    await superuser.run('SELECT pg_reload_conf()')
    await superuser.close()
  }
  await until(async () => (await here.caller.endOthers(acting)).status === 200)
  expect(await there.caller.check(ended)).toBe(401)
})
