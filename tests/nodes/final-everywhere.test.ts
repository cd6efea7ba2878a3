import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runCommand } from '../support/command-line'
import { manySessions } from '../support/many-tabs'
import { startNodes, type TestNode, type TestNodes } from '../support/nodes'
import { openTab } from '../support/tab'
import { until } from '../support/until'
import { PASSWORD } from '../support/visitor'

const NEW_PASSWORD = 'eight red bicycles'
const TRIES = 50
/** More ids than fit into ten notices. */
const MANY = 1_000

let world: TestNodes
let here: TestNode
let there: TestNode
beforeAll(async () => {
  world = await startNodes(2)
  ;[here, there] = world.nodes as [TestNode, TestNode]
})
afterAll(() => world.dispose())

let email: string
let count = 0
beforeEach(async () => {
  email = `person-${(count += 1)}@example.com`
  // Only so many accounts may be made from one address in an hour.
  await world.query('DELETE FROM "AttemptCounter"')
})

describe('what ends at one node is refused at the other once that is answered', () => {
  test('when a person signs out of the other sessions, with two tabs open there, and the receipt counts both nodes', async () => {
    const acting = await here.caller.signUp(email)
    const ended = await there.caller.signIn(email)
    const tabs = [await openTab(there, ended), await openTab(there, ended)]
    const page = await (await here.caller.endOthers(acting)).text()
    expect(await there.caller.check(ended)).toBe(401)
    expect(page).toContain(
      'Signed out of 1 other session; 2 open tabs were told; confirmed by 2 of 2 nodes',
    )
    await until(() => tabs.every(({ closed }) => closed))
    for (const { messages } of tabs) {
      expect(messages.at(-1)).toEqual({ type: 'signed-out', reason: 'signed-out-elsewhere' })
    }
  })

  test('again and again, while the other node is asked for the session all the time', async () => {
    const acting = await here.caller.signUp(email)
    for (let round = 0; round < TRIES; round += 1) {
      const ended = await there.caller.signIn(email)
      let over = false
      const hammer = Promise.all([1, 2, 3].map(() => use(ended, () => over)))
      await here.caller.endOthers(acting)
      expect(await there.caller.check(ended)).toBe(401)
      over = true
      await hammer
    }
  })

  test('when the same sign-out is sent to both nodes at once, or again to the other one', async () => {
    for (let round = 0; round < TRIES / 5; round += 1) {
      const secret = await here.caller.signIn(await personWith(email))
      expect(await there.caller.check(secret)).toBe(200)
      await Promise.all([here.caller.signOut(secret), there.caller.signOut(secret)])
      expect([await here.caller.check(secret), await there.caller.check(secret)]).toEqual([
        401, 401,
      ])
      expect((await there.caller.signOut(secret)).status).toBe(302)
    }
  })

  test('when the password changes: the old secret and the other sessions', async () => {
    const acting = await here.caller.signUp(email)
    const other = await there.caller.signIn(email)
    expect(await there.caller.check(acting)).toBe(200)
    const answer = await here.caller.post(
      '/profile/password',
      { currentPassword: PASSWORD, newPassword: NEW_PASSWORD, endOthers: 'on' },
      acting,
    )
    expect(answer.status).toBe(200)
    expect([await there.caller.check(acting), await there.caller.check(other)]).toEqual([401, 401])
  })

  test('when the account is deleted: its sessions, its API tokens and its tabs', async () => {
    const acting = await here.caller.signUp(email)
    const other = await there.caller.signIn(email)
    const token = await makeToken(acting)
    expect(await checkToken(there, token)).toBe(200)
    const tab = await openTab(there, other)
    await here.caller.post(
      '/profile/delete',
      { currentPassword: PASSWORD, confirmed: 'yes' },
      acting,
    )
    expect(await there.caller.check(other)).toBe(401)
    expect(await checkToken(there, token)).toBe(401)
    await until(() => tab.closed)
    expect(tab.messages.at(-1)).toEqual({ type: 'signed-out', reason: 'account-deleted' })
  })

  test('when a thousand sessions end at once', async () => {
    const acting = await here.caller.signUp(email)
    const secrets = await manySessions(there, acting, MANY)
    const sample = secrets.filter((_, index) => index % 100 === 0)
    for (const secret of sample) expect(await there.caller.check(secret)).toBe(200)
    const page = await (await here.caller.endOthers(acting)).text()
    expect(page).toContain(`Signed out of ${MANY} other sessions; confirmed by 2 of 2 nodes`)
    for (const secret of sample) expect(await there.caller.check(secret)).toBe(401)
  })
})

test('what an operator ends by the command line is refused at every node, which have confirmed it', async () => {
  const secret = await here.caller.signUp(email)
  for (const { caller } of world.nodes) expect(await caller.check(secret)).toBe(200)
  const { code, output } = await runCommand(
    { folder: here.folder, port: here.port, databaseUrl: world.databaseUrl },
    'end-all-sessions',
  )
  for (const { caller } of world.nodes) expect(await caller.check(secret)).toBe(401)
  expect(output).toMatch(/^Ended \d+ active sessions?\. .* Confirmed by 2 of 2 nodes\.\n$/)
  expect(code).toBe(0)
})

describe('what an operator types into the database is known at every node', () => {
  const typed: Record<string, string> = {
    'the deletion of a session': 'DELETE FROM "Session" WHERE "userId" = ?',
    'the deletion of a person': 'DELETE FROM "User" WHERE "id" = ?',
    'that a person is disabled': `UPDATE "User" SET "disabledAt" = now() WHERE "id" = ?`,
    'another secret for a session': `UPDATE "Session" SET "tokenHash" = '\\x00' WHERE "userId" = ?`,
  }
  test.each(Object.entries(typed))('%s', async (_, sql) => {
    const secret = await here.caller.signUp(email)
    for (const { caller } of world.nodes) expect(await caller.check(secret)).toBe(200)
    const id = await world.queryValue<string>('SELECT "id" FROM "User" WHERE "email" = ?', email)
    await world.query(sql, id!)
    for (const { caller } of world.nodes) {
      await until(async () => (await caller.check(secret)) === 401)
    }
  })

  test('tabs of a deleted person are told, at both nodes', async () => {
    const secret = await here.caller.signUp(email)
    const tabs = [await openTab(here, secret), await openTab(there, secret)]
    await world.query('DELETE FROM "User" WHERE "email" = ?', email)
    await until(() => tabs.every(({ closed }) => closed))
    for (const { messages } of tabs) {
      expect(messages.at(-1)).toEqual({ type: 'signed-out', reason: 'ended' })
    }
  })

  test('a TRUNCATE of all sessions', async () => {
    const secret = await here.caller.signUp(email)
    expect(await there.caller.check(secret)).toBe(200)
    await world.query('TRUNCATE "Session" CASCADE')
    for (const { caller } of world.nodes) {
      await until(async () => (await caller.check(secret)) === 401)
    }
  })

  test('fewer scopes of an API token', async () => {
    const token = await makeToken(await here.caller.signUp(email))
    expect(await nameShownTo(there, token)).toBe('Test Person')
    await world.query(`UPDATE "ApiToken" SET "scopes" = ''`)
    await until(async () => (await nameShownTo(there, token)) === undefined)
  })
})

test('who signs in at one node is seen on the open profile page of the other', async () => {
  const secret = await here.caller.signUp(email)
  const tab = await openTab(here, secret)
  await there.caller.signIn(email)
  await until(() => tab.messages.length > 0)
  expect(tab.messages).toEqual([{ type: 'changed' }])
})

/** Somebody of this address, whether there was one before or not. */
async function personWith(address: string): Promise<string> {
  await here.caller.signUp(address).catch(() => undefined)
  return address
}

async function use(secret: string, over: () => boolean) {
  while (!over()) await there.caller.check(secret)
}

async function makeToken(secret: string): Promise<string> {
  const fields = { intent: 'create-token', name: 'test', scope: 'profile:read', lifetime: '30' }
  const page = await (await here.caller.post('/profile/tokens', fields, secret)).text()
  const [token] = /lk_[\w-]+/.exec(page) ?? []
  if (!token) throw new Error('No token was shown')
  return token
}

const askWith = ({ caller }: TestNode, token: string) =>
  caller.send('/api/v1/session', { headers: { Authorization: `Bearer ${token}` } })

const checkToken = async (node: TestNode, token: string) => (await askWith(node, token)).status

async function nameShownTo(node: TestNode, token: string): Promise<string | undefined> {
  const { user } = (await (await askWith(node, token)).json()) as { user: { name?: string } }
  return user.name
}
