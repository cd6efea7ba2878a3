import { beforeAll, describe, expect, test } from 'vitest'
import {
  addPerson,
  addSession,
  hashOf,
  openServices,
  PASSWORD,
  type Person,
  type SignedIn,
  type TestServices,
} from '../../../tests/support/services'
import { ATTEMPT_LIMITS } from '../attempt-limits'
import { createOneTimeLinks } from '../one-time-links'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

const NEW_PASSWORD = 'eight red bicycles'

describe('a wrong current password changes nothing', () => {
  const attempts = {
    'the e-mail address': ({ acting }: SignedIn) =>
      app.ownAccount.changeEmail(acting, { email: 'x@example.com', currentPassword: 'wrong' }),
    'the password': ({ acting }: SignedIn) =>
      app.ownAccount.changePassword(acting, change({ currentPassword: 'wrong' })),
    'the account': ({ acting }: SignedIn) =>
      app.ownAccount.deleteAccount(acting, { currentPassword: 'wrong' }),
  }

  test.each(Object.entries(attempts))('of %s', async (_, attempt) => {
    const person = await addPerson(app)
    const before = await stored(person)
    expect(await attempt(person.first)).toEqual({ ok: false, code: 'WRONG_PASSWORD' })
    expect(await stored(person)).toEqual(before)
  })

  test('and after too many of them the right one is not heard either', async () => {
    const { first } = await addPerson(app)
    for (let count = 0; count < ATTEMPT_LIMITS.currentPassword.attempts; count += 1) {
      await attempts['the account'](first)
    }
    const result = await app.ownAccount.deleteAccount(first.acting, { currentPassword: PASSWORD })
    expect(result).toMatchObject({ ok: false, code: 'TOO_MANY_ATTEMPTS' })
    expect((result as { retryAfter: number }).retryAfter).toBeGreaterThan(0)
  })

  test('and is written down, the one too many once', async () => {
    const { first, userId } = await addPerson(app)
    const { attempts: allowed } = ATTEMPT_LIMITS.currentPassword
    for (let count = 0; count < allowed + 5; count += 1) await attempts['the account'](first)
    const events = await app.database.client.auditEvent.findMany({
      where: { kind: 'password.refused', subjectId: userId },
      orderBy: { id: 'asc' },
    })
    expect(events.map(({ details }) => details)).toEqual([
      ...Array.from({ length: allowed }, () => '{}'),
      '{"reason":"too-many-attempts"}',
    ])
  })

  test('and is counted, while right ones are not', async () => {
    const { first } = await addPerson(app)
    for (let count = 0; count <= ATTEMPT_LIMITS.currentPassword.attempts; count += 1) {
      const email = first.acting.viewer.user.email
      const again = await app.ownAccount.changeEmail(first.acting, {
        email,
        currentPassword: PASSWORD,
      })
      expect(again).toEqual({ ok: true, isConfirmed: true })
    }
  })
})

test('a name that grows when it is made comparable leaves no long rows behind', async () => {
  const { first, userId } = await addPerson(app)
  await app.ownAccount.rename(first.acting, '\ufdfa'.repeat(100))
  const { client } = app.database
  const user = await client.user.findUniqueOrThrow({ where: { id: userId } })
  const events = await client.auditEvent.findMany({ where: { subjectId: userId } })
  for (const row of [user, ...events]) {
    expect(Buffer.byteLength(JSON.stringify(row))).toBeLessThan(4_000)
  }
})

describe('a session that ended meanwhile changes nothing', () => {
  const attempts = {
    'the name': ({ acting }: SignedIn) => app.ownAccount.rename(acting, 'Mallory'),
    'the e-mail address': ({ acting }: SignedIn) =>
      app.ownAccount.changeEmail(acting, { email: 'x@example.com', currentPassword: PASSWORD }),
    'the password': ({ acting }: SignedIn) => app.ownAccount.changePassword(acting, change()),
    'the account': ({ acting }: SignedIn) =>
      app.ownAccount.deleteAccount(acting, { currentPassword: PASSWORD }),
  }

  test.each(Object.entries(attempts))('of %s', async (_, attempt) => {
    const person = await addPerson(app)
    const ended = await addSession(app, person)
    await app.sessions.endOwn(ended.acting)
    const before = await stored(person)
    expect(await attempt(ended)).toEqual({ ok: false, code: 'SESSION_ENDED' })
    expect(await stored(person)).toEqual(before)
  })
})

describe('changing the e-mail address', () => {
  test("to another person's is refused and leaves both", async () => {
    const [ada, bob] = [await addPerson(app), await addPerson(app)]
    const result = await app.ownAccount.changeEmail(ada.first.acting, {
      email: bob.email,
      currentPassword: PASSWORD,
    })
    expect(result).toEqual({ ok: false, code: 'EMAIL_TAKEN' })
    expect((await app.sessions.verify(ada.first.secret))?.user.email).toBe(ada.email)
  })

  test('of two people to the same address at once succeeds for one', async () => {
    const people = [await addPerson(app), await addPerson(app)]
    const email = `wanted-${people[0]!.userId}@example.com`
    const results = await Promise.all(
      people.map(({ first }) =>
        app.ownAccount.changeEmail(first.acting, { email, currentPassword: PASSWORD }),
      ),
    )
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(results).toContainEqual({ ok: false, code: 'EMAIL_TAKEN' })
  })
})

describe('changing the password', () => {
  test.each(['password1', 'latchkey', 'Ada Lovelace 1815!'])(
    'to one that is guessed first is refused: %s',
    async (newPassword) => {
      const person = await addPerson(app, 'Lovelace')
      await app.ownAccount.rename(person.first.acting, 'Ada Lovelace')
      const { acting } = person.first
      const viewer = await app.sessions.verify(person.first.secret)
      const result = await app.ownAccount.changePassword(
        { ...acting, viewer: viewer! },
        change({ newPassword }),
      )
      expect(result).toEqual({ ok: false, code: 'COMMON_PASSWORD' })
    },
  )

  test('to the current one is refused, in whatever form it is typed, and writes nothing', async () => {
    const person = await addPerson(app)
    const current = 'nine caf\u00e9 lanterns'
    await app.ownAccount.changePassword(person.first.acting, change({ newPassword: current }))
    const before = await stored(person)
    for (const newPassword of [current, current.normalize('NFD')]) {
      const again = change({ currentPassword: current, newPassword })
      const result = await app.ownAccount.changePassword(person.first.acting, again)
      expect(result).toEqual({ ok: false, code: 'SAME_PASSWORD' })
    }
    expect(await stored(person)).toEqual(before)
  })

  test('ends the other sessions and gives this one a new secret', async () => {
    const person = await addPerson(app)
    const other = await addSession(app, person)
    const { first } = person
    const result = await app.ownAccount.changePassword(first.acting, change())
    if (!result.ok) throw new Error(result.code)
    expect(result.receipt.sessions).toBe(1)
    expect(await isActive(other)).toBe(false)
    expect(await isActive(first)).toBe(false)
    const renewed = await app.sessions.verify(result.session.secret)
    expect(renewed?.session.id).toBe(first.id)
    expect(result.session.endsAt).toEqual(first.endsAt)
  })

  test('keeps the other sessions when asked to', async () => {
    const person = await addPerson(app)
    const other = await addSession(app, person)
    await app.ownAccount.changePassword(person.first.acting, change({ endOthers: false }))
    expect(await isActive(other)).toBe(true)
    expect(await isActive(person.first)).toBe(false)
  })

  test('keeps what the person chose about staying signed in', async () => {
    const person = await addPerson(app)
    const kept = await addSession(app, person, { kept: true })
    const result = await app.ownAccount.changePassword(kept.acting, change({ endOthers: false }))
    expect(result).toMatchObject({ ok: true, session: { kept: true } })
  })

  test('takes back links by which another could be chosen', async () => {
    const person = await addPerson(app)
    const links = createOneTimeLinks(app)
    const link = { purpose: 'password', userId: person.userId } as const
    const secret = await app.database.transaction((tx) => links.create(tx, link))
    await app.ownAccount.changePassword(person.first.acting, change())
    expect(await links.find(app.database.client, { purpose: 'password', secret })).toBeNull()
  })
})

describe('deleting the account', () => {
  test('leaves nothing of it but the record of what happened', async () => {
    const person = await addPerson(app)
    await addSession(app, person)
    const { userId } = person
    const result = await app.ownAccount.deleteAccount(person.first.acting, {
      currentPassword: PASSWORD,
    })
    expect(result).toMatchObject({ ok: true, receipt: { sessions: 2 } })
    expect(await isActive(person.first)).toBe(false)
    const { client } = app.database
    expect(await client.user.count({ where: { id: userId } })).toBe(0)
    expect(await client.session.count({ where: { userId } })).toBe(0)
    expect(await client.password.count({ where: { userId } })).toBe(0)
    expect(
      await client.auditEvent.count({ where: { subjectId: userId, kind: 'user.deleted' } }),
    ).toBe(1)
  })

  test('is refused to the last administrator, and only to the last', async () => {
    const [one, other] = [await addPerson(app), await addPerson(app)]
    await app.database.client.user.updateMany({
      where: { id: { in: [one.userId, other.userId] } },
      data: { role: 'admin' },
    })
    const results = await Promise.all(
      [one, other].map(({ first }) =>
        app.ownAccount.deleteAccount(first.acting, { currentPassword: PASSWORD }),
      ),
    )
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(results).toContainEqual({ ok: false, code: 'LAST_ADMIN' })
  })
})

const change = (
  more: Partial<Parameters<typeof app.ownAccount.changePassword>[1]> = {},
): Parameters<typeof app.ownAccount.changePassword>[1] => ({
  currentPassword: PASSWORD,
  newPassword: NEW_PASSWORD,
  endOthers: true,
  ...more,
})

const isActive = async ({ secret }: SignedIn) => (await app.sessions.verify(secret)) !== null

/** What must not have changed after a refusal. */
const stored = async ({ userId }: Person) => ({
  user: await app.database.client.user.findUnique({ where: { id: userId } }),
  hash: await hashOf(app, userId),
  sessions: await app.database.client.session.findMany({ where: { userId } }),
})
