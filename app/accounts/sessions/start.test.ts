import { beforeAll, describe, expect, test } from 'vitest'
import {
  BY_PASSWORD,
  addPerson,
  addSession,
  hashOf,
  openServices,
  type TestServices,
} from '../../../tests/support/services'
import { days, hours } from '../time'
import type { Revocation } from '../revocations'
import { newId } from '../row-id'
import { MAX_SESSIONS_PER_USER } from './policy'
import { createRowSecret } from '../row-secret'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

const from = { origin: { ip: '192.0.2.7', userAgent: 'test browser' }, proof: BY_PASSWORD }

describe('a session does not start', () => {
  test('for somebody who does not exist', async () => {
    const result = await app.sessions.start({
      userId: newId(),
      verifiedHash: 'x',
      kept: false,
      ...from,
    })
    expect(result).toEqual({ ok: false, code: 'NO_SUCH_USER' })
  })

  test('when the password was changed after it was checked', async () => {
    const { userId } = await addPerson(app)
    const verifiedHash = await hashOf(app, userId)
    await app.database.client.password.update({ where: { userId }, data: { hash: 'another' } })
    const result = await app.sessions.start({ userId, verifiedHash, kept: false, ...from })
    expect(result).toEqual({ ok: false, code: 'PASSWORD_CHANGED' })
    expect(await app.sessions.countActive({ userId })).toBe(1)
  })

  test('when the user was disabled after the password was checked', async () => {
    const { userId } = await addPerson(app)
    const verifiedHash = await hashOf(app, userId)
    await app.database.client.user.update({ where: { id: userId }, data: disabled() })
    const result = await app.sessions.start({ userId, verifiedHash, kept: false, ...from })
    expect(result).toEqual({ ok: false, code: 'DISABLED' })
  })

  test('when the user was deleted after the password was checked', async () => {
    const { userId } = await addPerson(app)
    const verifiedHash = await hashOf(app, userId)
    await app.database.client.user.delete({ where: { id: userId } })
    const result = await app.sessions.start({ userId, verifiedHash, kept: false, ...from })
    expect(result).toEqual({ ok: false, code: 'NO_SUCH_USER' })
    expect(await app.database.client.session.count({ where: { userId } })).toBe(0)
  })
})

describe('a session that starts', () => {
  test('stores the hash of its secret and not the secret', async () => {
    const { secret, id } = await addSession(app, await addPerson(app))
    const row = await app.database.client.session.findUniqueOrThrow({ where: { id } })
    expect(row.tokenHash).toHaveLength(32)
    const random = secret.slice(id.length + 1)
    expect(JSON.stringify(row)).not.toContain(random)
    expect(Buffer.from(row.tokenHash).toString('latin1')).not.toContain(random)
  })

  test('lasts 90 days at most when it is kept, and a day when it is not', async () => {
    const person = await addPerson(app)
    const now = app.clock.time()
    const kept = await addSession(app, person, { kept: true })
    const brief = await addSession(app, person, { kept: false })
    expect(kept.endsAt.getTime() - now).toBe(days(90))
    expect(brief.endsAt.getTime() - now).toBe(hours(24))
  })

  test('is written down with where it came from', async () => {
    const person = await addPerson(app)
    const { id } = await addSession(app, person, { ip: '192.0.2.9', userAgent: 'odd browser' })
    const event = await app.database.client.auditEvent.findFirstOrThrow({
      where: { sessionId: id, kind: 'session.started' },
    })
    expect(event).toMatchObject({ subjectId: person.userId, ip: '192.0.2.9' })
    expect(event.details).toContain('odd browser')
  })

  test('takes the place of the one that the same browser had', async () => {
    const person = await addPerson(app)
    const before = await addSession(app, person)
    const after = await addSession(app, person, { replacing: before.secret })
    expect(await app.sessions.verify(before.secret)).toBeNull()
    expect(await app.sessions.verify(after.secret)).not.toBeNull()
  })

  test("takes the place also of another person's that the browser had, and of no other", async () => {
    const [person, other] = [await addPerson(app), await addPerson(app)]
    const elsewhere = await addSession(app, other)
    await addSession(app, person, { replacing: other.first.secret })
    expect(await app.sessions.verify(other.first.secret)).toBeNull()
    expect(await app.sessions.verify(elsewhere.secret)).not.toBeNull()
  })

  test.each(['', 'x', createRowSecret(newId())])(
    'takes the place of none when the cookie opened nothing: "%s"',
    async (replacing) => {
      const person = await addPerson(app)
      await addSession(app, person, { replacing })
      expect(await app.sessions.countActive(person)).toBe(2)
    },
  )
})

test('one session too many ends the least recently active, and tells it why', async () => {
  const person = await addPerson(app)
  app.clock.pass(1_000)
  const second = await addSession(app, person)
  for (let count = 2; count < MAX_SESSIONS_PER_USER; count += 1) {
    app.clock.pass(1_000)
    await addSession(app, person)
  }
  const told: Revocation[] = []
  const unsubscribe = app.revocations.subscribe((revocation) => void told.push(revocation))
  const latest = await addSession(app, person)
  unsubscribe()

  expect(await app.sessions.countActive(person)).toBe(MAX_SESSIONS_PER_USER)
  expect(await app.sessions.verify(person.first.secret)).toBeNull()
  expect(await app.sessions.verify(second.secret)).not.toBeNull()
  expect(await app.sessions.verify(latest.secret)).not.toBeNull()
  expect(told).toContainEqual({
    type: 'sessions-ended',
    userId: person.userId,
    sessionIds: [person.first.id],
    reason: 'too-many-sessions',
  })
})

const disabled = () => ({ disabledAt: app.clock.now() })
