import { beforeAll, describe, expect, test } from 'vitest'
import {
  addPerson,
  addSession,
  openServices,
  PASSWORD,
  type Person,
  type TestServices,
} from '../../../tests/support/services'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

const ROUNDS = 12
const origin = { ip: '192.0.2.1', userAgent: 'test' }

describe('deleting an account', () => {
  const rivals = {
    'a sign-in': ({ email }: Person) =>
      app.signIn({ email, password: PASSWORD, keep: true, origin }),
    'a profile edit': ({ first }: Person) => app.ownAccount.rename(first.acting, 'Other'),
    'a change of its address': ({ first, userId }: Person) =>
      app.ownAccount.changeEmail(first.acting, {
        email: `${userId}@example.com`,
        currentPassword: PASSWORD,
      }),
    'a change of its password': ({ first }: Person) =>
      app.ownAccount.changePassword(first.acting, {
        currentPassword: PASSWORD,
        newPassword: 'eight red bicycles',
        endOthers: true,
      }),
    'a sign-out': ({ first }: Person) => app.sessions.endOwn(first.acting),
    'the same deletion again': ({ first }: Person) =>
      app.ownAccount.deleteAccount(first.acting, { currentPassword: PASSWORD }),
  }

  test.each(Object.entries(rivals))(
    'beside %s leaves nothing without an owner, and neither fails badly',
    async (_, rival) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const person = await addPerson(app)
        const second = await addSession(app, person)
        const deletion = () =>
          app.ownAccount.deleteAccount(second.acting, { currentPassword: PASSWORD })
        const both = round % 2 ? [deletion(), rival(person)] : [rival(person), deletion()]
        const [deleted] = await Promise.all(round % 2 ? both : both.reverse())
        await expectWhole(person, (deleted as { ok: boolean }).ok)
      }
    },
  )

  async function expectWhole({ userId, first }: Person, deleted: boolean) {
    const { client } = app.database
    const [users, sessions, passwords] = await Promise.all([
      client.user.count({ where: { id: userId } }),
      client.session.count({ where: { userId } }),
      client.password.count({ where: { userId } }),
    ])
    if (deleted || users === 0) {
      expect({ users, sessions, passwords }).toEqual({ users: 0, sessions: 0, passwords: 0 })
      expect(await app.sessions.verify(first.secret)).toBeNull()
    } else {
      // A password changed first, so the deletion knew the wrong one, or its session was ended.
      expect({ users, passwords }).toEqual({ users: 1, passwords: 1 })
    }
  }
})

describe('changing the password', () => {
  test('twice at once succeeds once, and the person is signed in with the one that won', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const person = await addPerson(app)
      const wishes = ['eight red bicycles', 'nine blue kettles']
      const results = await Promise.all(
        wishes.map((newPassword) =>
          app.ownAccount.changePassword(person.first.acting, {
            currentPassword: PASSWORD,
            newPassword,
            endOthers: true,
          }),
        ),
      )
      expect(results.filter(({ ok }) => ok)).toHaveLength(1)
      // It asked with the secret from before.
      expect(results).toContainEqual({ ok: false, code: 'SESSION_ENDED' })
      const winner = results.findIndex(({ ok }) => ok)
      expect(await opens(person, wishes[winner]!)).toBe(true)
      expect(await opens(person, wishes[1 - winner]!)).toBe(false)
    }
  })

  test('on two devices at once leaves the one that won signed in, and no other', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const person = await addPerson(app)
      const devices = [person.first, await addSession(app, person)]
      const results = await Promise.all(
        devices.map(({ acting }, device) =>
          app.ownAccount.changePassword(acting, {
            currentPassword: PASSWORD,
            newPassword: `eight red bicycles ${device}`,
            endOthers: true,
          }),
        ),
      )
      const winner = results.find((result) => result.ok)
      expect(results.filter(({ ok }) => ok)).toHaveLength(1)
      expect((await app.sessions.list(person)).map(({ id }) => id)).toEqual([winner?.session.id])
    }
  })

  test('beside a sign-in with the old one leaves no session of the old one', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const person = await addPerson(app)
      const [signIn, changed] = await Promise.all([
        app.signIn({ email: person.email, password: PASSWORD, keep: true, origin }),
        app.ownAccount.changePassword(person.first.acting, {
          currentPassword: PASSWORD,
          newPassword: 'eight red bicycles',
          endOthers: true,
        }),
      ])
      expect(changed.ok).toBe(true)
      // Whether it came before and was ended, or came after and was refused.
      if (signIn.ok) expect(await app.sessions.verify(signIn.session!.secret)).toBeNull()
      expect(await app.sessions.countActive(person)).toBe(1)
    }
  })

  const opens = async ({ email }: Person, password: string) =>
    (await app.signIn({ email, password, keep: false, origin })).ok
})
