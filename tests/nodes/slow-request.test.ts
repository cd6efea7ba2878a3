import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { dump, type Dump } from '../support/dump'
import { startNodes, type TestNode, type TestNodes } from '../support/nodes'
import { createSlowPassword } from '../support/slow-password'
import { until } from '../support/until'
import { PASSWORD } from '../support/visitor'

const NEW_PASSWORD = 'eight red bicycles'

let world: TestNodes
let here: TestNode
let there: TestNode
let password: Awaited<ReturnType<typeof createSlowPassword>>
let administrator: string
beforeAll(async () => {
  world = await startNodes(2)
  ;[here, there] = world.nodes as [TestNode, TestNode]
  password = await createSlowPassword(world)
  const address = await world.newEmail()
  administrator = await here.caller.signUp(address)
  await world.query(`UPDATE "User" SET "role" = 'admin' WHERE "email" = ?`, address)
  await until(async () => (await here.caller.page('/admin/users', administrator)).status === 200)
})
afterAll(() => world.dispose())

let email: string
beforeEach(async () => (email = await world.newEmail()))

describe('a request at one node whose session ends at the other while it is being answered', () => {
  const requests: Record<string, [path: string, fields: Record<string, string>]> = {
    'changes no password': ['/profile/password', { newPassword: NEW_PASSWORD, endOthers: 'on' }],
    'changes no address': ['/profile', { intent: 'change-email', email: 'new@example.com' }],
    'deletes no account': ['/profile/delete', { confirmed: 'yes' }],
  }

  test.each(Object.entries(requests))(
    '%s, sets no cookie and leaves no activity, and the next one is refused at both',
    async (_, [path, fields]) => {
      const secret = await there.caller.signUp(email)
      const id = await world.queryValue<string>('SELECT "id" FROM "User" WHERE "email" = ?', email)
      await password.slowDown(email)
      const slow = there.caller.post(path, { currentPassword: PASSWORD, ...fields }, secret)
      await until(password.isLookedAt, { interval: 1 })
      // Somebody else ends it, so that this person does nothing meanwhile.
      const ending = await here.caller.post(
        `/admin/users/${id!}`,
        { intent: 'sign-out-of-sessions', confirmed: 'yes' },
        administrator,
      )
      const before = await about(id!)
      expect(ending.status).toBe(200)
      expect(before.Session).toEqual([])

      const answer = await slow
      expect([answer.status, answer.headers.get('Location')]).toEqual([302, '/login?reason=ended'])
      expect(answer.headers.getSetCookie()).toEqual([])
      for (const { caller } of world.nodes) {
        expect(await caller.check(secret)).toBe(401)
        expect((await caller.page('/profile', secret)).status).toBe(302)
      }
      // It writes the activity that it has in memory.
      await there.stop()
      const after = await about(id!)
      await there.start()
      expect(after).toEqual(before)
    },
  )
})

/** What the database holds of a person; of counted attempts, which are by address, nothing. */
async function about(id: string): Promise<Dump> {
  const { User = [], Password = [], Session = [], AuditEvent = [] } = await dump(world)
  const ofThem = (column: string) => (row: Record<string, unknown>) => row[column] === id
  return {
    User: User.filter(ofThem('id')),
    Password: Password.filter(ofThem('userId')),
    Session: Session.filter(ofThem('userId')),
    AuditEvent: AuditEvent.filter(ofThem('subjectId')),
  }
}
