import { beforeAll, describe, expect, test } from 'vitest'
import { heardDuring } from '../../../tests/support/heard'
import {
  addPerson,
  addSession,
  openServices,
  type Person,
  type SignedIn,
  type TestServices,
} from '../../../tests/support/services'
import { days } from '../time'
import type { Revocation } from '../revocations'
import { newId } from '../row-id'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

const SESSION_ENDED = { ok: false, code: 'SESSION_ENDED' }

describe('an ending is refused', () => {
  test('to a session that was itself ended, and the others stay', async () => {
    const { here, there } = await threeSessions()
    await app.sessions.endChosen(there.acting, [here.id])
    expect(await app.sessions.endOthers(here.acting)).toEqual(SESSION_ENDED)
    expect(await app.sessions.endChosen(here.acting, [there.id])).toEqual(SESSION_ENDED)
    expect(await isActive(there)).toBe(true)
  })

  test('to a session that has expired since it was looked at', async () => {
    const person = await addPerson(app)
    const brief = await addSession(app, person, { kept: false })
    const kept = await addSession(app, person)
    app.clock.pass(days(1))
    expect(await app.sessions.endOthers(brief.acting)).toEqual(SESSION_ENDED)
    expect(await isActive(kept)).toBe(true)
  })

  test('while the account is disabled', async () => {
    const { person, here, there } = await threeSessions()
    const disabledAt = app.clock.now()
    await app.database.client.user.update({ where: { id: person.userId }, data: { disabledAt } })
    expect(await app.sessions.endOthers(here.acting)).toEqual(SESSION_ENDED)
    const row = await app.database.client.session.findUnique({ where: { id: there.id } })
    expect(row).not.toBeNull()
  })

  test('when the account is gone', async () => {
    const { person, here } = await threeSessions()
    await app.database.client.user.delete({ where: { id: person.userId } })
    expect(await app.sessions.endOthers(here.acting)).toEqual(SESSION_ENDED)
  })
})

describe("another person's session", () => {
  test('is untouched when all others are ended', async () => {
    const { here } = await threeSessions()
    const stranger = await addPerson(app)
    await app.sessions.endOthers(here.acting)
    expect(await isActive(stranger.first)).toBe(true)
  })

  test('cannot be told from one that never was', async () => {
    const { here } = await threeSessions()
    const stranger = await addPerson(app)
    const foreign = await app.sessions.endChosen(here.acting, [stranger.first.id])
    const unknown = await app.sessions.endChosen(here.acting, [newId()])
    const nonsense = await app.sessions.endChosen(here.acting, ['', '%', "' OR 1=1"])
    expect(withoutTime(foreign)).toEqual(withoutTime(unknown))
    expect(withoutTime(nonsense)).toEqual(withoutTime(unknown))
    expect(foreign).toMatchObject({ ok: true, receipt: { sessions: 0, tabs: 0 } })
    expect(await isActive(stranger.first)).toBe(true)
  })
})

describe('signing out of other sessions', () => {
  test('ends every other one and keeps the one that asks', async () => {
    const { person, here, there } = await threeSessions()
    const result = await app.sessions.endOthers(here.acting)
    expect(result).toMatchObject({ ok: true, receipt: { sessions: 2 } })
    expect(await isActive(there)).toBe(false)
    expect(await isActive(person.first)).toBe(false)
    expect(await isActive(here)).toBe(true)
    expect(await app.sessions.countActive(person)).toBe(1)
  })

  test('a second time finds nothing and says so', async () => {
    const { here } = await threeSessions()
    await app.sessions.endOthers(here.acting)
    const again = await app.sessions.endOthers(here.acting)
    expect(again).toMatchObject({ ok: true, receipt: { sessions: 0 } })
  })

  test('does not count those that had expired', async () => {
    const person = await addPerson(app)
    await addSession(app, person, { kept: false })
    const here = await addSession(app, person)
    app.clock.pass(days(1))
    const result = await app.sessions.endOthers(here.acting)
    expect(result).toMatchObject({ ok: true, receipt: { sessions: 0 } })
  })

  test('is written down with how many went', async () => {
    const { person, here } = await threeSessions()
    await app.sessions.endOthers(here.acting)
    const [event] = await eventsOf(person, 'sessions.ended')
    expect(JSON.parse(event!.details)).toMatchObject({ count: 2 })
    expect(event).toMatchObject({ actorId: person.userId, sessionId: here.id })
  })

  test('is told with its reason, and only those that went', async () => {
    const { person, here, there } = await threeSessions()
    const told = await heardDuring(app, () => app.sessions.endOthers(here.acting))
    expect(told).toHaveLength(1)
    const [ending] = told as [Extract<Revocation, { type: 'sessions-ended' }>]
    expect(ending).toMatchObject({ userId: person.userId, reason: 'signed-out-elsewhere' })
    expect([...ending.sessionIds].sort()).toEqual([person.first.id, there.id].sort())
  })
})

describe('signing out of chosen sessions', () => {
  test('never ends the one that asks, even when it is among them', async () => {
    const { here, there } = await threeSessions()
    const result = await app.sessions.endChosen(here.acting, [here.id, there.id, there.id])
    expect(result).toMatchObject({ ok: true, receipt: { sessions: 1 } })
    expect(await isActive(here)).toBe(true)
    expect(await isActive(there)).toBe(false)
  })

  test('leaves those that were not chosen', async () => {
    const { person, here, there } = await threeSessions()
    await app.sessions.endChosen(here.acting, [there.id])
    expect(await isActive(person.first)).toBe(true)
  })

  test('of none ends none', async () => {
    const { person, here } = await threeSessions()
    expect(await app.sessions.endChosen(here.acting, [])).toMatchObject({
      ok: true,
      receipt: { sessions: 0 },
    })
    expect(await app.sessions.countActive(person)).toBe(3)
  })
})

describe('signing out', () => {
  test('ends the session that asks and no other', async () => {
    const { person, here } = await threeSessions()
    const told = await heardDuring(app, () => app.sessions.endOwn(here.acting))
    expect(await isActive(here)).toBe(false)
    expect(await app.sessions.countActive(person)).toBe(2)
    expect(told).toMatchObject([{ type: 'sessions-ended', reason: 'signed-out' }])
  })

  test('twice does no harm and is written down once', async () => {
    const { person, here } = await threeSessions()
    await app.sessions.endOwn(here.acting)
    await app.sessions.endOwn(here.acting)
    expect(await eventsOf(person, 'session.signed-out')).toHaveLength(1)
  })

  test('works from a session whose account is gone', async () => {
    const { person, here } = await threeSessions()
    await app.database.client.user.delete({ where: { id: person.userId } })
    expect((await app.sessions.endOwn(here.acting)).receipt.sessions).toBe(0)
  })
})

async function threeSessions(): Promise<{ person: Person; here: SignedIn; there: SignedIn }> {
  const person = await addPerson(app)
  return { person, here: await addSession(app, person), there: await addSession(app, person) }
}

const isActive = async ({ secret }: SignedIn) => (await app.sessions.verify(secret)) !== null

const eventsOf = ({ userId }: Person, kind: string) =>
  app.database.client.auditEvent.findMany({ where: { subjectId: userId, kind } })

const withoutTime = (result: Awaited<ReturnType<typeof app.sessions.endChosen>>) =>
  result.ok ? { ...result, receipt: { ...result.receipt, milliseconds: 0 } } : result
