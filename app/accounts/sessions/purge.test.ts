import { beforeAll, describe, expect, test } from 'vitest'
import {
  addPerson,
  addSession,
  addToken,
  openServices,
  type TestServices,
} from '../../../tests/support/services'
import { days, seconds } from '../time'
import type { AuditKind } from '../audit/kinds'
import { createOneTimeLinks } from '../one-time-links'
import type { Revocation } from '../revocations'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

describe('the purge', () => {
  test('leaves every session that goes on', async () => {
    const person = await addPerson(app)
    await addSession(app, person)
    await app.sessions.purge()
    expect(await app.sessions.countActive(person)).toBe(2)
  })

  test('leaves a session whose use in its last second is not yet written', async () => {
    const session = await addSession(app, await addPerson(app))
    app.clock.pass(days(14) - seconds(1))
    const verified = await app.sessions.verifySession(session.secret)
    await app.sessions.recordActivity(verified!, '192.0.2.1')
    app.clock.pass(seconds(2))
    await app.sessions.purge()
    expect(await app.sessions.verify(session.secret)).not.toBeNull()
  })

  test('deletes what has expired and tells whose it was', async () => {
    const [ada, bob] = [await addPerson(app), await addPerson(app)]
    await addSession(app, ada, { kept: false })
    const kept = await addSession(app, bob)
    app.clock.pass(days(1))
    const told: Revocation[] = []
    const unsubscribe = app.revocations.subscribe((revocation) => void told.push(revocation))
    const purged = await app.sessions.purge()
    unsubscribe()
    const of = (userId: string) =>
      told.find((one) => one.type === 'sessions-ended' && one.userId === userId)
    expect(of(ada.userId)).toMatchObject({ reason: 'expired', sessionIds: { length: 2 } })
    expect(of(bob.userId)).toMatchObject({ reason: 'expired', sessionIds: [bob.first.id] })
    expect(purged).toBeGreaterThanOrEqual(3)
    const rows = await app.database.client.session.findMany({
      where: { userId: { in: [ada.userId, bob.userId] } },
    })
    expect(rows.map(({ id }) => id)).toEqual([kept.id])
  })

  test('goes through more rows than one batch holds', async () => {
    const { userId, first } = await addPerson(app)
    const row = await app.database.client.session.findUniqueOrThrow({ where: { id: first.id } })
    const many = Array.from({ length: 1_100 }, (_, number) => ({
      ...row,
      userId,
      id: `row-${number}`,
      tokenHash: new Uint8Array(Buffer.from(`hash ${number}`)),
    }))
    await app.database.client.session.createMany({ data: many })
    app.clock.pass(days(1))
    expect(await app.sessions.purge()).toBeGreaterThanOrEqual(1_101)
    expect(await app.database.client.session.count({ where: { userId } })).toBe(0)
  })

  test('deletes links that have expired, and no others', async () => {
    const links = createOneTimeLinks({ clock: app.clock })
    const [ada, bob] = [await addPerson(app), await addPerson(app)]
    const make = (userId: string) =>
      app.database.transaction((tx) => links.create(tx, { purpose: 'password', userId }))
    await make(ada.userId)
    app.clock.pass(days(1))
    await make(bob.userId)
    await app.sessions.purge()
    const left = await app.database.client.oneTimeLink.findMany({ select: { userId: true } })
    expect(left).toEqual([{ userId: bob.userId }])
  })

  test('writes down every session and API token that expired, once, and whose it was', async () => {
    const [ada, bob] = [await addPerson(app), await addPerson(app)]
    const kept = await addSession(app, ada)
    await addToken(app, kept, { name: 'backup', lifetimeDays: 7 })
    await addToken(app, kept, { name: 'backup', lifetimeDays: 7 })
    await addToken(app, kept, { name: 'later', lifetimeDays: 30 })
    await addToken(app, kept, { name: 'for ever' })
    await addToken(app, await addSession(app, bob), { name: 'report', lifetimeDays: 7 })
    const expiring = await app.database.client.apiToken.findMany({
      where: { name: { in: ['backup', 'report'] } },
    })
    app.clock.pass(days(7))
    await app.sessions.purge()
    await app.sessions.purge()
    const written = await eventsOf('token.expired', [ada.userId, bob.userId])
    expect(written).toHaveLength(3)
    for (const { id, name, userId } of expiring) {
      expect(written).toContainEqual({
        actorId: null,
        subjectId: userId,
        subjectName: 'Ada',
        details: { name, id },
      })
    }
    expect(await eventsOf('session.ended', [ada.userId])).toMatchObject([
      { actorId: null, details: { sessions: [ada.first.id], reason: 'expired' } },
    ])
    const left = await app.database.client.apiToken.findMany({ where: { userId: ada.userId } })
    expect(left.map(({ name }) => name).sort()).toEqual(['for ever', 'later'])
  })

  test('deletes more API tokens than one batch holds, and tells whose they were', async () => {
    const [ada, bob] = [await addPerson(app), await addPerson(app)]
    await addToken(app, ada.first, { lifetimeDays: 7 })
    const { client } = app.database
    const row = await client.apiToken.findFirstOrThrow({ where: { userId: ada.userId } })
    const many = Array.from({ length: 120 }, (_, number) => ({
      ...row,
      userId: number % 2 ? ada.userId : bob.userId,
      id: `token-${number}`,
      tokenHash: new Uint8Array(Buffer.from(`token ${number}`)),
    }))
    await client.apiToken.createMany({ data: many })
    app.clock.pass(days(7))
    const told = new Set<string>()
    const unsubscribe = app.revocations.subscribe((revocation) => {
      if (revocation.type !== 'tokens-ended') return
      for (const id of revocation.tokenIds) told.add(`${revocation.userId} ${id}`)
    })
    await app.sessions.purge()
    unsubscribe()
    expect(await client.apiToken.count({ where: { id: { startsWith: 'token-' } } })).toBe(0)
    for (const { userId, id } of many) expect(told).toContain(`${userId} ${id}`)
    expect(await eventsOf('token.expired', [ada.userId, bob.userId])).toHaveLength(121)
  })

  test('leaves an API token there when it cannot be written down that it expired', async () => {
    const person = await addPerson(app)
    await addToken(app, person.first, { lifetimeDays: 7 })
    app.clock.pass(days(7))
    await app.query('ALTER TABLE "AuditEvent" RENAME TO "Lost"')
    await expect(app.sessions.purge()).rejects.toThrow('auditEvent.create')
    await app.query('ALTER TABLE "Lost" RENAME TO "AuditEvent"')
    const left = await app.database.client.apiToken.findMany({ select: { userId: true } })
    expect(left).toContainEqual({ userId: person.userId })
  })
})

async function eventsOf(kind: AuditKind, userIds: readonly string[]) {
  const rows = await app.database.client.auditEvent.findMany({
    where: { kind, subjectId: { in: [...userIds] } },
    select: { actorId: true, subjectId: true, subjectName: true, details: true },
  })
  return rows.map((row) => ({ ...row, details: JSON.parse(row.details) as unknown }))
}
