import { beforeAll, describe, expect, test } from 'vitest'
import {
  addPerson,
  addSession,
  openServices,
  type TestServices,
} from '../../../tests/support/services'
import { days, minutes } from '../time'
import { newId } from '../row-id'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

describe('the list of sessions', () => {
  test("holds no expired one and nobody else's", async () => {
    const person = await addPerson(app)
    await addPerson(app)
    const kept = await addSession(app, person)
    app.clock.pass(days(1))
    expect((await app.sessions.list(person)).map(({ id }) => id)).toEqual([kept.id])
    expect(await app.sessions.countActive(person)).toBe(1)
  })

  test('holds no secret and no hash', async () => {
    const person = await addPerson(app)
    const [listed] = await app.sessions.list(person)
    expect(Object.keys(listed!).sort()).toEqual(
      [
        ...['createdAt', 'endsAt', 'expiresAt', 'id', 'ip', 'lastSeenAt', 'userAgent'],
        ...['signedInBy', 'secondFactor', 'deviceHints', 'label'],
      ].sort(),
    )
  })

  test('is empty for somebody who does not exist', async () => {
    expect(await app.sessions.list({ userId: newId() })).toEqual([])
    expect(await app.sessions.countActive({ userId: newId() })).toBe(0)
  })

  test('begins with the most recently active, also before that is written', async () => {
    const person = await addPerson(app)
    app.clock.pass(minutes(1))
    const second = await addSession(app, person)
    app.clock.pass(minutes(1))
    await app.sessions.recordActivity(person.first.verified, '192.0.2.77')
    const listed = await app.sessions.list(person)
    expect(listed.map(({ id }) => id)).toEqual([person.first.id, second.id])
    expect(listed[0]).toMatchObject({ lastSeenAt: app.clock.now(), ip: '192.0.2.77' })
  })
})

describe('a list of sessions that is asked for again', () => {
  const list = async (person: { userId: string }) => {
    await app.nodes.changes.catchUp()
    return app.sessions.list(person)
  }
  const idsOf = async (person: { userId: string }) => (await list(person)).map(({ id }) => id)

  test('loses what expires, what is ended, and what another process deletes', async () => {
    const person = await addPerson(app)
    const brief = await addSession(app, person, { kept: false })
    const [ended, deleted] = [await addSession(app, person), await addSession(app, person)]
    expect(await idsOf(person)).toContain(brief.id)
    app.clock.pass(days(1))
    expect(await idsOf(person)).toEqual([ended.id, deleted.id])
    const acting = { ...deleted.acting }
    await app.sessions.endChosen(acting, [ended.id])
    expect(await idsOf(person)).toEqual([deleted.id])
    await app.query('DELETE FROM "Session" WHERE "id" = ?', deleted.id)
    expect(await idsOf(person)).toEqual([])
  })

  test('gains what starts', async () => {
    const person = await addPerson(app)
    await idsOf(person)
    const second = await addSession(app, person)
    expect(await idsOf(person)).toContain(second.id)
  })

  test('says when sessions were last active also once that has been written', async () => {
    const person = await addPerson(app)
    await idsOf(person)
    app.clock.pass(minutes(1))
    await app.sessions.recordActivity(person.first.verified, '192.0.2.78')
    const lastSeenAt = app.clock.now()
    await app.sessions.purge()
    expect(await list(person)).toMatchObject([{ lastSeenAt, ip: '192.0.2.78' }])
  })

  test('belongs to whoever asked: changing it changes nobody else’s', async () => {
    const person = await addPerson(app)
    const [mine] = await list(person)
    const { ip } = mine!
    mine!.ip = 'changed'
    expect(await list(person)).toMatchObject([{ ip }])
  })
})

describe('a question for the sessions of open tabs', () => {
  test('names only those that go on, each with when it would expire', async () => {
    const person = await addPerson(app)
    const [going, ended, brief] = [
      await addSession(app, person),
      await addSession(app, person),
      await addSession(app, person, { kept: false }),
    ]
    await app.sessions.endChosen(going.acting, [ended.id])
    app.clock.pass(days(1))
    const active = await app.sessions.stillActive([going.id, ended.id, brief.id, newId()])
    expect([...active.keys()]).toEqual([going.id])
    expect(active.get(going.id)!.getTime()).toBe(app.clock.time() + days(13))
  })

  test('does not name those of a disabled user', async () => {
    const person = await addPerson(app)
    const disabledAt = app.clock.now()
    await app.database.client.user.update({ where: { id: person.userId }, data: { disabledAt } })
    expect(await app.sessions.stillActive([person.first.id])).toEqual(new Map())
  })

  test('is answered for ten thousand at once', async () => {
    const { first } = await addPerson(app)
    const many = [...Array.from({ length: 10_000 }, newId), first.id]
    expect([...(await app.sessions.stillActive(many)).keys()]).toEqual([first.id])
  })
})
