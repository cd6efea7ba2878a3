import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startNodes, type TestNode, type TestNodes } from '../support/nodes'
import { secretIn } from '../support/caller'
import { until } from '../support/until'
import { PASSWORD } from '../support/visitor'

const ROUNDS = 8
const NEW_PASSWORD = 'eight red bicycles'
/** How long a password takes at most, in milliseconds: a race may begin at any moment of it. */
const HASHING_MS = 200
const TOKEN = { intent: 'create-token', name: 'test', scope: 'profile:read', lifetime: '30' }

let world: TestNodes
let here: TestNode
let there: TestNode
let email: string
beforeAll(async () => {
  world = await startNodes(2)
  ;[here, there] = world.nodes as [TestNode, TestNode]
})
beforeEach(async () => (email = await world.newEmail()))
afterAll(() => world.dispose())

/** Does something often, each time for somebody new. */
async function rounds(count: number, race: () => Promise<void>) {
  for (let round = 0; round < count; round += 1) {
    email = await world.newEmail()
    await race()
  }
}

/** The form tokens that they are going to need, so that a race begins with the forms themselves. */
const prepare = (...sessions: [TestNode, string][]) =>
  Promise.all(sessions.map(([{ caller }, secret]) => caller.rename(secret, 'Test Person')))

const idOf = (address: string) =>
  world.queryValue<string>('SELECT "id" FROM "User" WHERE "email" = ?', address)

const sessionId = (secret: string) => secret.split('.')[0]!

const isThere = async (secret: string) =>
  (await world.queryValue('SELECT count(*) FROM "Session" WHERE "id" = ?', sessionId(secret))) === 1

/** What both nodes say of a session, which is the same and what the database says. */
async function isAlive(secret: string): Promise<boolean> {
  const expected = (await isThere(secret)) ? 200 : 401
  for (const { caller } of world.nodes) expect(await caller.check(secret)).toBe(expected)
  return expected === 200
}

const secretOrNone = (answer: Response) => {
  expect([200, 302, 401, 403, 422]).toContain(answer.status)
  return answer.headers.get('Set-Cookie')?.includes('latchkey-') && answer.status === 302
    ? secretIn(answer)
    : undefined
}

describe('at two nodes at once,', () => {
  test('a sign-out of all others and a sign-in: the new session is listed and alive, or neither', async () => {
    await rounds(ROUNDS, async () => {
      const acting = await here.caller.signUp(email)
      const other = await there.caller.signIn(email)
      await prepare([here, acting])
      const signingIn = there.caller.signIn(email)
      await someTime()
      const [fresh, ended] = await Promise.all([signingIn, here.caller.endOthers(acting)])
      expect(ended.status).toBe(200)
      await isAlive(fresh)
      expect([await isAlive(acting), await isAlive(other)]).toEqual([true, false])
    })
  })

  test('two sessions that sign each other out: one stays, and the other is told', async () => {
    await rounds(ROUNDS, async () => {
      const first = await here.caller.signUp(email)
      const second = await there.caller.signIn(email)
      await prepare([here, first], [there, second])
      const answers = await Promise.all([
        here.caller.endOthers(first),
        there.caller.endOthers(second),
      ])
      const alive = [await isAlive(first), await isAlive(second)]
      expect(alive.filter(Boolean)).toEqual([true])
      expect(answers.map(({ status }) => status)).toEqual(alive.map((one) => (one ? 200 : 302)))
    })
  })

  test('a sign-in with the old password, still being checked, while the password changes: it opens nothing', async () => {
    await rounds(ROUNDS, async () => {
      const acting = await here.caller.signUp(email)
      await prepare([here, acting])
      const fields = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD, endOthers: 'on' }
      const changing = here.caller.post('/profile/password', fields, acting)
      await someTime()
      const signingIn = there.caller.post('/login', { email, password: PASSWORD })
      const [changed, signedIn] = await Promise.all([changing, signingIn])
      expect(changed.status).toBe(200)
      const secret = secretOrNone(signedIn)
      if (secret !== undefined) expect(await isAlive(secret)).toBe(false)
      expect(await isAlive(secretIn(changed))).toBe(true)
    })
  })

  test('a session makes an API token and is ended: if there is one, the list says where it came from', async () => {
    await rounds(ROUNDS, async () => {
      const acting = await here.caller.signUp(email)
      const making = await there.caller.signIn(email)
      await prepare([here, acting], [there, making])
      const [made, ended] = await Promise.all([
        there.caller.post('/profile/tokens', TOKEN, making),
        here.caller.endOthers(acting),
      ])
      expect([made.status, ended.status]).toEqual([made.status === 200 ? 200 : 302, 200])
      const shown = (await made.text()).includes('lk_')
      const count = await world.queryValue(
        'SELECT count(*) FROM "ApiToken" WHERE "userId" = ?',
        (await idOf(email))!,
      )
      if (shown) expect(count).toBe(1)
      const listed = await (await here.caller.page('/profile/tokens', acting)).text()
      // Also one that was made and not shown, since the page came too late.
      expect(listed.includes('a session that has ended')).toBe(count === 1)
    })
  })
})

describe('what administrators do at one node', () => {
  let admin: string
  beforeEach(async () => {
    admin = await here.caller.signUp(email)
    await world.query(`UPDATE "User" SET "role" = 'admin' WHERE "email" = ?`, email)
    await untilAdministers(here, admin)
  })

  const remove = ({ caller }: TestNode, id: string, secret: string) =>
    caller.post(`/admin/users/${id}/delete`, { confirmed: 'yes' }, secret)

  test('the deletion of a person who signs in, makes a token and renames themselves at the other leaves nothing of them', async () => {
    await prepare([here, admin])
    await rounds(ROUNDS, async () => {
      const secret = await there.caller.signUp(email)
      const id = (await idOf(email))!
      await prepare([there, secret])
      const signingIn = there.caller.post('/login', { email, password: PASSWORD })
      await someTime(HASHING_MS / 2)
      const [removed, ...others] = await Promise.all([
        remove(here, id, admin),
        signingIn,
        there.caller.post('/profile/tokens', TOKEN, secret),
        there.caller.rename(secret, 'Another Name'),
      ])
      expect(removed.status).toBe(302)
      for (const { status } of others) expect([200, 302, 401, 403, 422]).toContain(status)
      expect(await idOf(email)).toBeUndefined()
      const opened = secretOrNone(others[0])
      for (const one of [secret, opened]) if (one) expect(await isAlive(one)).toBe(false)
      expect(await orphans()).toEqual([])
    })
  })

  const against: Record<string, (node: TestNode, id: string, secret: string) => Promise<Response>> =
    {
      demote: async (node, id, secret) =>
        node.caller.post(
          `/admin/users/${id}`,
          { intent: 'edit', name: 'Other', email: (await emailOf(id))!, role: 'user' },
          secret,
        ),
      disable: ({ caller }, id, secret) =>
        caller.post(`/admin/users/${id}`, { intent: 'disable', confirmed: 'yes' }, secret),
      delete: remove,
    }
  test.each(Object.entries(against))(
    'two of them who %s each other at two nodes: one remains',
    async (_, act) => {
      await rounds(ROUNDS / 2, async () => {
        const first = await here.caller.signUp(email)
        const secondEmail = await world.newEmail()
        const second = await there.caller.signUp(secondEmail)
        const [a, b] = [(await idOf(email))!, (await idOf(secondEmail))!]
        await prepare([here, first], [there, second])
        await world.query(`UPDATE "User" SET "role" = 'user'`)
        await world.query(`UPDATE "User" SET "role" = 'admin' WHERE "id" IN (?, ?)`, a, b)
        await Promise.all([untilAdministers(here, first), untilAdministers(there, second)])
        const answers = await Promise.all([act(here, b, first), act(there, a, second)])
        for (const { status } of answers) expect([200, 302, 403, 404]).toContain(status)
        expect(
          await world.query(
            `SELECT "id" FROM "User" WHERE "role" = 'admin' AND "disabledAt" IS NULL`,
          ),
        ).toHaveLength(1)
      })
    },
  )
})

/** What is typed into the database is not known at once. */
const untilAdministers = ({ caller }: TestNode, secret: string) =>
  until(async () => (await caller.page('/admin/users', secret)).status === 200)

const emailOf = (id: string) =>
  world.queryValue<string>('SELECT "email" FROM "User" WHERE "id" = ?', id)

const orphans = () =>
  world.query(
    `SELECT "id" FROM "Session" WHERE "userId" NOT IN (SELECT "id" FROM "User")
     UNION ALL SELECT "id" FROM "ApiToken" WHERE "userId" NOT IN (SELECT "id" FROM "User")`,
  )

const someTime = (most = HASHING_MS) =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * most))
