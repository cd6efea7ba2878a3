import { beforeAll, describe, expect, test } from 'vitest'
import {
  addAdministrator,
  addPerson,
  addSession,
  addToken,
  ANY_TOKEN,
  openServices,
  PASSWORD,
  provenAgain,
  silentLog,
  type Person,
  type TestServices,
} from '../../../tests/support/services'
import { ATTEMPT_LIMITS, createAttemptLimits, type LimitName } from '../attempt-limits'
import { hours } from '../time'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

const TOO_MANY = { ok: false, code: 'TOO_MANY_ATTEMPTS', counted: 'changes' }

const ownChanges: Record<string, (person: Person) => Promise<{ ok: boolean }>> = {
  'a name': ({ first }) => app.ownAccount.rename(first.acting, nextName()),
  'an API token': ({ first }) => app.apiTokens.create(first.acting, ANY_TOKEN),
  'the name of a device': ({ first }) =>
    app.nameSession(first.acting, { sessionId: first.id, label: nextName() }),
  'a download': ({ first }) => app.exportAccount(first.acting),
}

const provenChanges: Record<string, (person: Person) => Promise<{ ok: boolean }>> = {
  'an e-mail address': ({ first }) => changeEmail(first, `${nextName()}@example.com`),
  'a password': changePassword,
}

/** To another one and back, in turn. */
async function changePassword(person: Person) {
  const { first, userId } = person
  const [currentPassword, newPassword] = hasAnother.has(userId)
    ? [ANOTHER_PASSWORD, PASSWORD]
    : [PASSWORD, ANOTHER_PASSWORD]
  const change = { currentPassword, newPassword, endOthers: false }
  const result = await app.ownAccount.changePassword(first.acting, change)
  if (!result.ok) return result
  if (!hasAnother.delete(userId)) hasAnother.add(userId)
  // It goes on under another secret.
  const viewer = await app.sessions.verify(result.session.secret)
  person.first = { ...first, acting: { ...first.acting, viewer: viewer! } }
  return result
}
const ANOTHER_PASSWORD = 'nine purple harbours'
const hasAnother = new Set<string>()

describe('in an hour people change so much about themselves and no more:', () => {
  test.each(Object.entries(ownChanges))('%s', async (_, change) => {
    const person = await addPerson(app)
    for (let count = 0; count < ATTEMPT_LIMITS.ownChange.attempts; count += 1) {
      expect(await change(person)).toMatchObject({ ok: true })
    }
    const before = await eventsOf(person)
    for (const one of Object.values(ownChanges)) {
      expect(await one(person)).toMatchObject(TOO_MANY)
    }
    expect(await eventsOf(person)).toBe(before)
    expect(await change(await addPerson(app))).toMatchObject({ ok: true })
    app.clock.pass(hours(1))
    person.first = await provenAgain(app, person.first)
    expect(await change(person)).toMatchObject({ ok: true })
  })

  test.each(Object.entries(provenChanges))('%s', async (_, change) => {
    const person = await addPerson(app)
    for (let count = 0; count < ATTEMPT_LIMITS.provenChange.attempts; count += 1) {
      expect(await change(person)).toMatchObject({ ok: true })
    }
    const before = await eventsOf(person)
    for (const one of Object.values(provenChanges)) {
      expect(await one(person)).toMatchObject(TOO_MANY)
    }
    expect(await eventsOf(person)).toBe(before)
    app.clock.pass(hours(1))
    expect(await change(person)).toMatchObject({ ok: true })
  })
})

describe('the limit on changes', () => {
  test('counts what was done, not what was refused', async () => {
    const [person, other] = [await addPerson(app), await addPerson(app)]
    const ended = await addSession(app, person)
    await app.sessions.endOwn(ended.acting)
    for (let count = 0; count <= ATTEMPT_LIMITS.ownChange.attempts; count += 1) {
      expect(await app.ownAccount.rename(ended.acting, nextName())).toEqual({
        ok: false,
        code: 'SESSION_ENDED',
      })
    }
    for (let count = 0; count < 5; count += 1) {
      expect(await changeEmail(person.first, other.email)).toMatchObject({ code: 'EMAIL_TAKEN' })
    }
    for (const limit of ['ownChange', 'provenChange'] as const) {
      expect(await left(limit, person.userId)).toBe(ATTEMPT_LIMITS[limit].attempts)
    }
  })

  test('is not used up by a stolen session for who knows the password', async () => {
    const person = await addPerson(app)
    await useUp('ownChange', person.userId)
    await app.ownAccount.changePassword(person.first.acting, {
      ...{ currentPassword: 'a guess', newPassword: PASSWORD, endOthers: true },
    })
    for (const change of Object.values(provenChanges)) {
      expect(await change(person)).toMatchObject({ ok: true })
    }
  })

  test('keeps nobody from ending what lets people in', async () => {
    const [person, admin] = [await addPerson(app), await addAdministrator(app)]
    const [one, other] = [await addSession(app, person), await addSession(app, person)]
    for (let count = 0; count < 2; count += 1) await addToken(app, person.first)
    const [mine, theirs] = (await app.apiTokens.list(person)).map(({ id }) => id)
    for (const { userId } of [person, admin]) {
      await useUp('ownChange', userId)
      await useUp('provenChange', userId)
      await useUp('administration', userId)
    }
    const { acting } = person.first
    const another = await addAdministrator(app)
    const ends = [
      () => app.sessions.endChosen(acting, [one.id]),
      () => app.apiTokens.revoke(acting, [mine!]),
      () => app.sessions.endOthers(acting),
      () => app.apiTokens.revokeOf(admin.first.acting, person.userId, [theirs!]),
      () => app.access.endSessions(admin.first.acting, person.userId, [other.id]),
      () => app.administration.edit(admin.first.acting, { ...another, role: 'user' }),
      () => app.ownAccount.deleteAccount(acting, { currentPassword: PASSWORD }),
      () => app.administration.disable(admin.first.acting, another.userId),
      () => app.access.remove(admin.first.acting, another.userId),
      () => app.access.endEverybody(admin.first.acting),
    ]
    for (const end of ends) expect(await end()).toMatchObject({ ok: true })
    expect(await app.findUser(person.userId)).toBeNull()
  })

  test('lets an administrator invite a whole company, and stops short of filling the log', async () => {
    const [person, admin] = [await addPerson(app), await addAdministrator(app)]
    let { acting } = admin.first
    const { userId } = person
    const grants = [
      () =>
        app.administration.create(acting, {
          ...{ name: 'New', email: `${nextName()}@example.com`, role: 'user' as const },
        }),
      () => app.administration.edit(acting, { ...person, name: nextName(), role: 'user' }),
      () => app.administration.createPasswordLink(acting, userId),
      () => app.administration.enable(acting, userId),
    ]
    const { attempts } = ATTEMPT_LIMITS.administration
    expect(attempts).toBeGreaterThanOrEqual(500)
    await take('administration', admin.userId, attempts - grants.length)
    for (const grant of grants) expect(await grant()).toMatchObject({ ok: true })
    const before = await app.database.client.auditEvent.count()
    for (const grant of grants) expect(await grant()).toMatchObject(TOO_MANY)
    expect(await app.database.client.auditEvent.count()).toBe(before)
    app.clock.pass(hours(1))
    ;({ acting } = await provenAgain(app, admin.first))
    for (const grant of grants) expect(await grant()).toMatchObject({ ok: true })
  })
})

let names = 0
const nextName = () => `name-${(names += 1)}`

const changeEmail = ({ acting }: Person['first'], email: string) =>
  app.ownAccount.changeEmail(acting, { email, currentPassword: PASSWORD })

const eventsOf = ({ userId }: Person) =>
  app.database.client.auditEvent.count({ where: { subjectId: userId } })

const limits = () => createAttemptLimits({ ...app, log: silentLog })

async function take(limit: LimitName, of: string, times: number) {
  for (let count = 0; count < times; count += 1) await limits().take([{ limit, of }])
}

const useUp = (limit: LimitName, of: string) => take(limit, of, ATTEMPT_LIMITS[limit].attempts)

async function left(limit: LimitName, of: string): Promise<number> {
  let taken = 0
  while ((await limits().take([{ limit, of }])) === null) taken += 1
  return taken
}
