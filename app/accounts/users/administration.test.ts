import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { heardDuring } from '../../../tests/support/heard'
import {
  addAdministrator,
  addPerson,
  addSession,
  openServices,
  PASSWORD,
  type Person,
  type TestServices,
} from '../../../tests/support/services'
import { days } from '../time'
import { looksLikeSecret } from '../secret-token'

let app: TestServices
let admin: Person
beforeAll(async () => {
  app = await openServices()
})
beforeEach(async () => {
  admin = await addAdministrator(app)
})

const UNKNOWN = '01890000-0000-7000-8000-000000000000'

/** Everything an administrator can do, as `by` does it to `to`. */
const verbs: Record<string, (by: Person, to: string) => Promise<{ ok: boolean }>> = {
  create: ({ first }) =>
    app.administration.create(first.acting, { name: 'New', email: newEmail(), role: 'admin' }),
  edit: ({ first }, userId) =>
    app.administration.edit(first.acting, { userId, name: 'X', email: newEmail(), role: 'admin' }),
  'change a username': ({ first }, userId) =>
    app.administration.changeUsername(first.acting, userId, `name-${newEmail().slice(0, 8)}`),
  disable: ({ first }, userId) => app.administration.disable(first.acting, userId),
  enable: ({ first }, userId) => app.administration.enable(first.acting, userId),
  'make a password link': ({ first }, userId) =>
    app.administration.createPasswordLink(first.acting, userId),
  'end all sessions': ({ first }, userId) => app.access.endSessions(first.acting, userId),
  'revoke tokens': ({ first }, userId) => app.apiTokens.revokeOf(first.acting, userId, []),
  delete: ({ first }, userId) => app.access.remove(first.acting, userId),
  'sign everybody out': ({ first }) => app.access.endEverybody(first.acting),
}
const onUsers = Object.entries(verbs).filter(([name]) => !/create|everybody/.test(name))

test.each(Object.entries(verbs))(
  'a request to %s locks the row of who acts and of who is acted on, before it looks at either',
  async (name, act) => {
    const { userId } = await addPerson(app)
    // What the lock does cannot be seen on SQLite, which has one for everything: so what is asked for.
    const lockUsers = vi.spyOn(app.database, 'lockUsers')
    await act(admin, userId)
    const [, locked] = lockUsers.mock.calls[0] ?? []
    lockUsers.mockRestore()
    expect(locked).toContain(admin.userId)
    if (onUsers.some(([onUser]) => onUser === name)) expect(locked).toContain(userId)
  },
)

describe('everything that administrators do is refused, and nothing is done,', () => {
  const notAllowed: Record<string, (person: Person) => Promise<unknown>> = {
    'to who never was an administrator': (person) => setRole(person, 'user'),
    'to an administrator who was demoted a moment ago': (person) =>
      app.administration.edit(admin.first.acting, { ...person, role: 'user' }),
    'to an administrator who was disabled a moment ago': ({ userId }) =>
      app.administration.disable(admin.first.acting, userId),
    'to an administrator whose session was ended a moment ago': ({ userId }) =>
      app.access.endSessions(admin.first.acting, userId),
    'to an administrator whose session has expired': () => {
      app.clock.pass(days(2))
      return Promise.resolve()
    },
    'to an administrator who was deleted a moment ago': ({ userId }) =>
      app.access.remove(admin.first.acting, userId),
  }

  test.each(Object.entries(notAllowed))('%s', async (_, stop) => {
    const [person, subject] = [await addAdministrator(app), await addPerson(app)]
    await stop(person)
    const before = await everything()
    for (const [what, verb] of Object.entries(verbs)) {
      const refused = { ok: false, code: 'NOT_ALLOWED' }
      expect(await verb(person, subject.userId), what).toEqual(refused)
      expect(await everything(), what).toEqual(before)
    }
  })
})

test.each(onUsers)(
  'a request to %s finds nobody under an unknown id, and writes nothing down',
  async (_, verb) => {
    for (const id of [UNKNOWN, '', 'x', "' OR 1=1"]) {
      const before = await everything()
      expect(await verb(admin, id)).toEqual({ ok: false, code: 'NO_SUCH_USER' })
      expect(await everything()).toEqual(before)
    }
  },
)

describe('when users are created and edited', () => {
  test.each(['create', 'edit'])(
    '"%s" refuses an address that is taken, and changes nothing',
    async (how) => {
      const [person, other] = [await addPerson(app), await addPerson(app)]
      const before = await everything()
      const wanted = { name: 'X', email: other.email, role: 'admin' as const }
      const { acting } = admin.first
      const result =
        how === 'create'
          ? await app.administration.create(acting, wanted)
          : await app.administration.edit(acting, { ...wanted, userId: person.userId })
      expect(result).toEqual({ ok: false, code: 'EMAIL_TAKEN' })
      expect(await everything()).toEqual(before)
    },
  )

  test('only one of two who take one address at once succeeds', async () => {
    const wanted = { name: 'X', email: newEmail(), role: 'user' as const }
    const results = await Promise.all(
      [1, 2, 3].map(() => app.administration.create(admin.first.acting, wanted)),
    )
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(results).toContainEqual({ ok: false, code: 'EMAIL_TAKEN' })
  })

  test('somebody new has no password, and signs in with none', async () => {
    const email = newEmail()
    const wanted = { name: 'Zoë', email, role: 'user' as const }
    const created = await app.administration.create(admin.first.acting, wanted)
    if (!created.ok) throw new Error(created.code)
    expect(looksLikeSecret(created.secret)).toBe(true)
    expect(await app.findUser(created.userId)).toMatchObject({ email, hasPassword: false })
    for (const password of ['', 'null', created.secret!, PASSWORD]) {
      const origin = { ip: '2001:db8:77::1', userAgent: '' }
      const result = await app.signIn({ email, password, keep: false, origin })
      expect(result).toEqual({ ok: false, code: 'WRONG_CREDENTIALS' })
    }
  })

  test('a change is in force at once in sessions that are open, and is written down piece by piece', async () => {
    const person = await addPerson(app)
    const email = newEmail()
    await app.sessions.verify(person.first.secret)
    const wanted = { userId: person.userId, name: 'Countess', email, role: 'admin' as const }
    expect(await app.administration.edit(admin.first.acting, wanted)).toEqual({ ok: true })
    expect((await app.sessions.verify(person.first.secret))?.user).toEqual({
      id: person.userId,
      username: person.first.acting.viewer.user.username,
      name: 'Countess',
      email,
      role: 'admin',
    })
    expect(await kindsAbout(person)).toEqual([
      'user.renamed',
      'user.email-changed',
      'user.role-changed',
    ])
  })

  test('a change of nothing is not written down', async () => {
    const person = await addPerson(app)
    await app.administration.edit(admin.first.acting, { ...person, role: 'user' })
    expect(await kindsAbout(person)).toEqual([])
  })

  test('a link that went to the old address dies with it', async () => {
    const person = await addPerson(app)
    const link = await app.administration.createPasswordLink(admin.first.acting, person.userId)
    const edited = { ...person, email: newEmail(), role: 'user' as const }
    await app.administration.edit(admin.first.acting, edited)
    expect(await app.choosePassword.findOwner((link as { secret: string }).secret)).toBeNull()
  })
})

describe('a disabled user', () => {
  test('is out at once, and stays out with the right password until enabled again', async () => {
    const person = await addPerson(app)
    const other = await addSession(app, person)
    await app.sessions.verify(other.secret)

    const told = await heardDuring(app, () =>
      app.administration.disable(admin.first.acting, person.userId),
    )

    const reasons = told.flatMap((one) => (one.type === 'sessions-ended' ? [one.reason] : []))
    expect(reasons).toEqual(['account-disabled'])
    for (const { secret } of [person.first, other]) {
      expect(app.sessions.verifyFromMemory(secret)).toBeUndefined()
      expect(await app.sessions.verify(secret)).toBeNull()
    }
    expect(await signIn(person)).toEqual({ ok: false, code: 'DISABLED' })
    expect(await app.sessions.countActive(person)).toBe(0)
    expect(await signIn(person, 'not the right one')).toMatchObject({ code: 'WRONG_CREDENTIALS' })

    await app.administration.enable(admin.first.acting, person.userId)
    expect(await signIn(person)).toMatchObject({ ok: true })
    expect(await kindsAbout(person)).toEqual(['user.disabled', 'user.enabled'])
  })

  test('gets no session that lives by signing in at the same time', async () => {
    for (let round = 0; round < 12; round += 1) {
      const person = await addPerson(app)
      const both = [
        () => signIn(person),
        () => app.administration.disable(admin.first.acting, person.userId),
      ]
      if (round % 2) both.reverse()
      await Promise.all(both.map((run) => run()))
      expect(await app.database.client.session.count({ where: { userId: person.userId } })).toBe(0)
    }
  })
})

let count = 0
const newEmail = () => `somebody-${(count += 1)}@example.com`

const signIn = ({ email }: Person, password = PASSWORD) =>
  app.signIn({ email, password, keep: true, origin: { ip: '192.0.2.9', userAgent: '' } })

const setRole = ({ userId }: Person, role: 'user' | 'admin') =>
  app.database.client.user.update({ where: { id: userId }, data: { role } })

/** What administrators did to somebody, in order. */
async function kindsAbout({ userId }: Person) {
  const events = await app.database.client.auditEvent.findMany({
    where: { subjectId: userId, actorId: admin.userId },
    orderBy: { id: 'asc' },
  })
  return events.map(({ kind }) => kind)
}

/** All rows that administration could touch. */
async function everything() {
  const { user, session, password, apiToken, oneTimeLink, auditEvent } = app.database.client
  return Promise.all([
    user.findMany({ orderBy: { id: 'asc' } }),
    session.findMany({ orderBy: { id: 'asc' }, omit: { tokenHash: true } }),
    password.count(),
    apiToken.count(),
    oneTimeLink.count(),
    auditEvent.count(),
  ])
}
