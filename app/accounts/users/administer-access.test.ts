import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  addAdministrator,
  addPerson,
  addSession,
  openServices,
  type Person,
  type TestServices,
} from '../../../tests/support/services'
import { days, hours } from '../time'

let app: TestServices
let admin: Person
beforeAll(async () => {
  app = await openServices()
})
beforeEach(async () => {
  admin = await addAdministrator(app)
})

describe("ending a user's sessions", () => {
  test("by an id of somebody else's ends nothing, like an unknown one, and is not written down", async () => {
    const [person, other] = [await addPerson(app), await addPerson(app)]
    const before = await eventsOf(person)
    for (const id of [other.first.id, 'unknown', '']) {
      const result = await app.access.endSessions(admin.first.acting, person.userId, [id])
      expect(result).toMatchObject({ ok: true, receipt: { sessions: 0 } })
    }
    for (const { first } of [person, other]) {
      expect(await app.sessions.verify(first.secret)).not.toBeNull()
    }
    expect(await eventsOf(person)).toEqual(before)
  })

  test('ends the one that was named, or all, and nobody else’s', async () => {
    const [person, other] = [await addPerson(app), await addPerson(app)]
    const [second, third] = [await addSession(app, person), await addSession(app, person)]
    const end = (ids?: string[]) => app.access.endSessions(admin.first.acting, person.userId, ids)

    expect(await end([second.id])).toMatchObject({ receipt: { sessions: 1 } })
    expect(await app.sessions.verify(second.secret)).toBeNull()
    expect(await app.sessions.verify(third.secret)).not.toBeNull()
    expect(await end()).toMatchObject({ receipt: { sessions: 2 } })
    expect(await app.sessions.countActive(person)).toBe(0)
    for (const { first } of [other, admin]) {
      expect(await app.sessions.verify(first.secret)).not.toBeNull()
    }
    const [latest] = await eventsOf(person)
    expect(latest).toMatchObject({
      kind: 'sessions.ended',
      actorId: admin.userId,
      sessionId: admin.first.id,
      details: expect.stringContaining('"count":2') as string,
    })
  })
})

describe('deleting a user', () => {
  test('takes everything that lets them in, leaves everybody else’s, and keeps the record', async () => {
    const [person, other] = [await addPerson(app, 'Ada'), await addPerson(app)]
    const second = await addSession(app, person)
    for (const { first } of [person, other]) {
      await app.apiTokens.create(first.acting, { name: 'x', scopes: [], lifetimeDays: null })
    }
    await app.administration.createPasswordLink(admin.first.acting, person.userId)
    const before = await rowsOf(other)

    const result = await app.access.remove(admin.first.acting, person.userId)

    expect(result).toMatchObject({ ok: true, went: { sessions: 2, apiTokens: 1 } })
    expect(await rowsOf(person)).toEqual([0, 0, 0, 0, 0])
    expect(await rowsOf(other)).toEqual(before)
    for (const { secret } of [person.first, second]) {
      expect(app.sessions.verifyFromMemory(secret)).toBeUndefined()
      expect(await app.sessions.verify(secret)).toBeNull()
    }
    const events = await eventsOf(person)
    expect(events[0]).toMatchObject({
      kind: 'user.deleted',
      actorId: admin.userId,
      actorName: 'Grace',
      subjectName: 'Ada',
      sessionId: admin.first.id,
      ip: '192.0.2.1',
    })
    expect(events.map(({ kind }) => kind)).toContain('session.started')
  })

  test('counts sessions that have expired already as none', async () => {
    const person = await addPerson(app)
    const kept = await addSession(app, person, { kept: true })
    app.clock.pass(days(1) + hours(1))
    const { acting } = await addSession(app, admin)
    const result = await app.access.remove(acting, person.userId)
    expect(result).toMatchObject({ went: { sessions: 1 } })
    expect(await app.sessions.verify(kept.secret)).toBeNull()
  })

  test('while their token is being made, or they sign in, leaves nothing behind', async () => {
    for (let round = 0; round < 8; round += 1) {
      const person = await addPerson(app)
      const rivals = [
        () => app.apiTokens.create(person.first.acting, { name: 'x', scopes: [], lifetimeDays: 1 }),
        () => addSession(app, person).catch(() => null),
        () => app.administration.createPasswordLink(admin.first.acting, person.userId),
        () => app.access.remove(admin.first.acting, person.userId),
      ]
      const turned = [...rivals.slice(round % 4), ...rivals.slice(0, round % 4)]
      await Promise.all(turned.map((run) => run()))
      expect(await rowsOf(person)).toEqual([0, 0, 0, 0, 0])
    }
  })

  test('is done once when two do it at once', async () => {
    const [person, other] = [await addPerson(app), await addAdministrator(app)]
    const results = await Promise.all(
      [admin, other].map(({ first }) => app.access.remove(first.acting, person.userId)),
    )
    expect(results).toContainEqual({ ok: false, code: 'NO_SUCH_USER' })
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
  })
})

describe('signing everybody out', () => {
  test('spares the session that asks, and no other of the same person', async () => {
    const [person, elsewhere] = [await addPerson(app), await addSession(app, admin)]
    const active = await app.database.client.session.count({
      where: { expiresAt: { gt: app.clock.now() } },
    })
    const result = await app.access.endEverybody(admin.first.acting)
    expect(result).toMatchObject({ ok: true, sessions: active - 1 })
    for (const { secret } of [person.first, elsewhere]) {
      expect(app.sessions.verifyFromMemory(secret)).toBeUndefined()
      expect(await app.sessions.verify(secret)).toBeNull()
    }
    expect(await app.sessions.verify(admin.first.secret)).not.toBeNull()
    const [event] = await app.database.client.auditEvent.findMany({
      where: { actorId: admin.userId, kind: 'sessions.ended' },
    })
    expect(event).toMatchObject({
      subjectId: null,
      details: expect.stringContaining('everybody') as string,
    })
  })

  test('by two administrators at once leaves one of them, and the other is told', async () => {
    for (let round = 0; round < 8; round += 1) {
      const two = [await addAdministrator(app), await addAdministrator(app)]
      const person = await addPerson(app)
      const results = await Promise.all(
        two.map(({ first }) => app.access.endEverybody(first.acting)),
      )
      const verdicts = await Promise.all(two.map(({ first }) => app.sessions.verify(first.secret)))
      expect(results.map(({ ok }) => ok)).toEqual(verdicts.map((viewer) => viewer !== null))
      expect(results.filter(({ ok }) => ok)).toHaveLength(1)
      expect(await app.sessions.verify(person.first.secret)).toBeNull()
    }
  })

  test('from the command line spares nobody', async () => {
    await app.access.endEverybodyAsOperator()
    expect(await app.sessions.verify(admin.first.secret)).toBeNull()
    expect(await app.database.client.session.count()).toBe(0)
  })

  test('after a backup was put back spares nobody, and no link either', async () => {
    await app.administration.createPasswordLink(admin.first.acting, (await addPerson(app)).userId)
    const ended = await app.access.endAllAfterRestore()
    expect(ended.sessions).toBeGreaterThan(0)
    expect(ended.links).toBeGreaterThan(0)
    expect(await app.sessions.verify(admin.first.secret)).toBeNull()
    expect(await app.database.client.oneTimeLink.count()).toBe(0)
  })
})

/** Rows of a user, of their passwords, sessions, tokens and links. */
async function rowsOf({ userId }: Person) {
  const { user, password, session, apiToken, oneTimeLink } = app.database.client
  const where = { userId }
  return Promise.all([
    user.count({ where: { id: userId } }),
    password.count({ where }),
    session.count({ where }),
    apiToken.count({ where }),
    oneTimeLink.count({ where }),
  ])
}

/** What was written down about somebody, latest first. */
const eventsOf = ({ userId }: Person) =>
  app.database.client.auditEvent.findMany({
    where: { subjectId: userId },
    orderBy: { id: 'desc' },
  })
