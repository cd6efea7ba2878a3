import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  addAdministrator,
  addPerson,
  makeSetUpLink,
  openServices,
  PASSWORD,
  type Person,
  type TestServices,
} from '../../../tests/support/services'

const TAKEN = { ok: false, code: 'USERNAME_TAKEN' }
const origin = { ip: '192.0.2.60', userAgent: 'test' }

let app: TestServices
let admin: Person
beforeAll(async () => {
  app = await openServices()
  admin = await addAdministrator(app)
})

const someName = () => `n${randomUUID().slice(0, 8)}`
const rowOf = (where: { id: string } | { email: string }) =>
  app.database.client.user.findUniqueOrThrow({ where })
const usernameOf = async ({ userId: id }: { userId: string }) => (await rowOf({ id })).username

const create = (person: { email?: string; username?: string | null } = {}) =>
  app.administration.create(admin.first.acting, {
    ...{ name: 'New', email: `${someName()}@example.com`, role: 'user' },
    ...person,
  })
const change = ({ userId }: { userId: string }, username: string) =>
  app.administration.changeUsername(admin.first.acting, userId, username)

async function signUp(email: string) {
  const result = await app.signUp({ name: 'Zed', email, password: PASSWORD }, origin)
  expect(result).toMatchObject({ ok: true })
  return rowOf({ email })
}

/** Everybody who ever had a name. */
const holders: Record<string, (name: string) => Promise<unknown>> = {
  'has it': async (name) => change(await addPerson(app), name),
  'had it before': async (name) => {
    const person = await addPerson(app)
    await change(person, name)
    await change(person, someName())
  },
  'had it and was deleted': async (name) => {
    const person = await addPerson(app)
    await change(person, name)
    await app.access.remove(admin.first.acting, person.userId)
  },
  'was created with it and deleted': async (name) => {
    const created = await create({ username: name })
    if (created.ok) await app.access.remove(admin.first.acting, created.userId)
  },
}

describe.each(Object.entries(holders))(
  'a username is not given when somebody else %s',
  (_, hold) => {
    test('to a person who is created with it, and nobody is created', async () => {
      const [username, email] = [someName(), `${someName()}@example.com`]
      await hold(username)
      expect(await create({ username, email })).toEqual(TAKEN)
      expect(await app.database.client.user.count({ where: { email } })).toBe(0)
    })

    test('to a person whose username is changed, and nothing is written down', async () => {
      const username = someName()
      await hold(username)
      const person = await addPerson(app)
      const before = await rowOf({ id: person.userId })
      expect(await change(person, username)).toEqual(TAKEN)
      expect(await rowOf({ id: person.userId })).toEqual(before)
      const where = { subjectId: person.userId, kind: 'user.username-changed' }
      expect(await app.database.client.auditEvent.count({ where })).toBe(0)
    })

    test('to a person for whom it would be suggested', async () => {
      const username = someName()
      await hold(username)
      const created = await create({ email: `${username}@example.com` })
      expect(created.ok && (await usernameOf(created))).toBe(`${username}2`)
      const add = await app.addPeople(PASSWORD)
      const email = `${username}@example.org`
      const invented = { name: 'X', email, role: 'user', disabledAt: null, sessions: [] } as const
      await add([{ ...invented, sessions: [], createdAt: app.clock.now() }])
      expect((await rowOf({ email })).username).toBe(`${username}3`)
    })
  },
)

describe('who signs up alone', () => {
  test('never gets the bare part before the @, though it is free', async () => {
    const name = someName()
    const { username, emailConfirmedAt } = await signUp(`${name}@example.com`)
    expect(username).toMatch(RegExp(`^${name}-\\d{4}$`))
    expect(emailConfirmedAt).toBeNull()
  })

  test('does not get it by changing their address, or by signing up again', async () => {
    const { username } = await signUp('postmaster@example.com')
    expect(username).toMatch(/^postmaster-\d{4}$/)
    const again = await signUp('postmaster@example.org')
    expect(again.username).toMatch(/^postmaster-\d{4}$/)
    expect(again.username).not.toBe(username)
  })
})

describe('of two who are given one username at once', () => {
  test('one gets it, when both are created', async () => {
    const username = someName()
    const results = await Promise.all([1, 2, 3].map(() => create({ username })))
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(results.filter(({ ok }) => !ok)).toEqual([TAKEN, TAKEN])
  })

  test('one gets it, when both had another', async () => {
    const username = someName()
    const people = [await addPerson(app), await addPerson(app)]
    const results = await Promise.all(people.map((person) => change(person, username)))
    expect(results).toContainEqual(TAKEN)
    expect(results).toContainEqual({ ok: true })
  })

  test('each gets one of their own, when it is suggested', async () => {
    const name = someName()
    const hosts = ['a', 'b', 'c'].map((host) => `${name}@${host}.example`)
    const results = await Promise.all(hosts.map((email) => create({ email })))
    const names: string[] = []
    for (const created of results) if (created.ok) names.push(await usernameOf(created))
    expect(names.toSorted()).toEqual([name, `${name}2`, `${name}3`])
  })
})

describe('an administrator', () => {
  test('may give any valid name that is free on purpose, a special one too', async () => {
    const created = await create({ username: 'jellyfin' })
    expect(created.ok && (await usernameOf(created))).toBe('jellyfin')
  })

  test('may give somebody the name back that they had', async () => {
    const person = await addPerson(app)
    const before = await usernameOf(person)
    expect(await change(person, someName())).toEqual({ ok: true })
    expect(await change(person, before)).toEqual({ ok: true })
    expect(await usernameOf(person)).toBe(before)
  })

  test('changes a name at once, also in sessions that are open, and it is written down', async () => {
    const person = await addPerson(app)
    const [from, to] = [await usernameOf(person), someName()]
    expect(person.first.acting.viewer.user.username).toBe(from)
    await change(person, to)
    const viewer = await app.sessions.verify(person.first.secret)
    expect(viewer?.user.username).toBe(to)
    const { events } = await app.searchAudit({ userId: person.userId, at: null })
    expect(events[0]).toMatchObject({ kind: 'user.username-changed', details: { from, to } })
  })
})

test('of who was deleted no username stays, only its hash', async () => {
  const created = await create({ username: someName() })
  if (!created.ok) throw new Error(created.code)
  await app.access.remove(admin.first.acting, created.userId)
  const given = await app.database.client.givenUsername.findMany({
    where: { userId: created.userId },
  })
  expect(given.map(({ hash }) => hash.length)).toEqual([32])
})

describe('an e-mail address is confirmed', () => {
  const confirmed = async ({ userId: id }: { userId: string }) =>
    (await rowOf({ id })).emailConfirmedAt

  test('when an administrator enters it', async () => {
    const created = await create()
    expect(created.ok && (await confirmed(created))).toEqual(app.clock.now())
  })

  test('no more when the person changes it, and again when an administrator does', async () => {
    const person = await addPerson(app)
    const toEmail = { email: `${someName()}@example.com`, currentPassword: PASSWORD }
    await app.ownAccount.changeEmail(person.first.acting, toEmail)
    expect(await confirmed(person)).toBeNull()
    const edited = { ...person, email: toEmail.email, role: 'user' as const }
    await app.administration.edit(admin.first.acting, { ...edited, name: 'Only the name' })
    expect(await confirmed(person)).toBeNull()
    await app.administration.edit(admin.first.acting, edited)
    expect(await confirmed(person)).toBeNull()
    const email = `${someName()}@example.com`
    await app.administration.edit(admin.first.acting, { ...edited, email })
    expect(await confirmed(person)).toEqual(app.clock.now())
  })

  test('at the set-up, whose administrator gets the bare part before the @ unless it is special', async () => {
    const fresh = await openServices()
    const entered = { name: 'Ada', email: 'ada@example.com', password: PASSWORD }
    const completed = await fresh.setUp.complete(await makeSetUpLink(fresh), entered, origin)
    expect(completed).toMatchObject({ ok: true })
    const { user } = fresh.database.client
    expect(await user.findFirst()).toMatchObject({
      username: 'ada',
      emailConfirmedAt: fresh.clock.now(),
    })
  })
})
