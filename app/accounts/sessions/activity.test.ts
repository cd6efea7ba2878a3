import { beforeAll, describe, expect, test, vi } from 'vitest'
import {
  addPerson,
  addSession,
  openServices,
  type SignedIn,
  type TestServices,
  untilMemoryIsUsed,
} from '../../../tests/support/services'
import { days, minutes, seconds } from '../time'
import { createActivity } from './activity'
import { createIdentityCache } from './identity-cache'
import type { VerifiedSession } from './verify'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

/** Activity beside the application's own, whose database can be made to fail. */
function createOwn() {
  const { transaction: run } = app.database
  const transaction = vi.fn(run)
  const cache = createIdentityCache({ ...app, changes: app.nodes.changes, max: 10 })
  const activity = createActivity({
    database: { ...app.database, transaction: transaction as typeof run },
    revocations: app.revocations,
    clock: app.clock,
    cache,
    policy: app.sessions.policy,
  })
  return { activity, transaction, cache }
}

describe('activity never brings a session back', () => {
  test('that ended before the activity was written', async () => {
    const person = await addPerson(app)
    const ended = await addSession(app, person)
    const { activity } = createOwn()
    app.clock.pass(minutes(1))
    await activity.record(ended.verified, '192.0.2.1')
    await app.sessions.endOthers(person.first.acting)
    await activity.flush()
    expect(await rowOf(ended)).toBeNull()
    expect(await app.sessions.verify(ended.secret)).toBeNull()
    expect(activity.pending(ended.id)).toBeUndefined()
  })

  test('whose request goes on after its ending was told', async () => {
    const person = await addPerson(app)
    const ended = await addSession(app, person)
    await app.sessions.endOthers(person.first.acting)
    await app.sessions.recordActivity(ended.verified, '192.0.2.1')
    expect(await app.sessions.verify(ended.secret)).toBeNull()
    await app.sessions.purge()
    expect(await rowOf(ended)).toBeNull()
    expect(await app.sessions.verify(ended.secret)).toBeNull()
  })

  test('whose ending comes first, and is dropped unwritten', async () => {
    const { first } = await addPerson(app)
    const { activity, transaction } = createOwn()
    await activity.record(first.verified, '192.0.2.1')
    await app.sessions.endOwn(first.acting)
    await activity.flush()
    expect(transaction).not.toHaveBeenCalled()
  })
})

describe('activity is written', () => {
  test('with when and from where, and moves the sliding limit', async () => {
    const session = await addSession(app, await addPerson(app))
    const { activity } = createOwn()
    app.clock.pass(days(1))
    await activity.record(session.verified, '192.0.2.99')
    await activity.flush()
    const now = app.clock.now()
    expect(await rowOf(session)).toMatchObject({
      lastSeenAt: now,
      ip: '192.0.2.99',
      expiresAt: new Date(now.getTime() + days(14)),
    })
  })

  test('never over a later one', async () => {
    const session = await addSession(app, await addPerson(app))
    const { activity } = createOwn()
    app.clock.jump(-minutes(5))
    await activity.record(session.verified, '192.0.2.99')
    await activity.flush()
    app.clock.jump(minutes(5))
    expect(await rowOf(session)).toMatchObject({ lastSeenAt: app.clock.now(), ip: '192.0.2.1' })
  })

  test('once in fifteen seconds at most, unless the address changes', async () => {
    const session = await addSession(app, await addPerson(app))
    const { activity } = createOwn()
    app.clock.pass(minutes(1))
    const began = app.clock.now()
    await activity.record(session.verified, '192.0.2.1')
    app.clock.pass(seconds(14))
    await activity.record(session.verified, '192.0.2.1')
    expect(activity.pending(session.id)?.lastSeenAt).toEqual(began)
    await activity.record(session.verified, '192.0.2.2')
    expect(activity.pending(session.id)).toMatchObject({ ip: '192.0.2.2' })
    app.clock.pass(seconds(15))
    await activity.record(session.verified, '192.0.2.2')
    expect(activity.pending(session.id)?.lastSeenAt).toEqual(app.clock.now())
  })

  test('in few transactions, however many sessions there were', async () => {
    const { first } = await addPerson(app)
    const { activity, transaction } = createOwn()
    for (let number = 0; number < 51; number += 1) {
      await activity.record(sessionNamed(`x${number}`, first.verified), '192.0.2.1')
    }
    await activity.flush()
    expect(transaction).toHaveBeenCalledTimes(2)
  })
})

describe('when writing fails', () => {
  test('nothing is lost, and the next time writes it', async () => {
    const session = await addSession(app, await addPerson(app))
    const { activity, transaction } = createOwn()
    app.clock.pass(minutes(1))
    await activity.record(session.verified, '192.0.2.3')
    transaction.mockRejectedValueOnce(new Error('the disk is full'))
    await expect(activity.flush()).rejects.toThrow('the disk is full')
    expect(activity.pending(session.id)).toBeDefined()
    await activity.flush()
    expect(activity.pending(session.id)).toBeUndefined()
    expect(await rowOf(session)).toMatchObject({ ip: '192.0.2.3' })
  })
})

test('what is recorded while a batch is being written is not lost', async () => {
  const session = await addSession(app, await addPerson(app))
  const { activity } = createOwn()
  app.clock.pass(minutes(1))
  await activity.record(session.verified, '192.0.2.4')
  const writing = activity.flush()
  await activity.record(session.verified, '192.0.2.5')
  await writing
  expect(activity.pending(session.id)).toMatchObject({ ip: '192.0.2.5' })
  app.clock.pass(minutes(1))
  await activity.flush()
})

describe('close to the idle limit of a session,', () => {
  test('whoever acts two seconds before it can still end other sessions three seconds later', async () => {
    const person = await addPerson(app)
    const session = await addSession(app, person)
    await actTwoSecondsBeforeTheLimit(session)
    app.clock.pass(seconds(3))
    expect(await app.sessions.verify(session.secret)).not.toBeNull()
    expect(await app.sessions.list(person)).toMatchObject([{ id: session.id }])
    expect(await app.sessions.endOthers(session.acting)).toMatchObject({ ok: true })
  })

  test('it expires in memory and rows alike when the use could not be written, and whoever acts is told', async () => {
    const session = await addSession(app, await addPerson(app))
    const { activity, transaction } = createOwn()
    transaction.mockRejectedValue(new Error('the database is busy'))
    app.clock.pass(days(14) - seconds(2))
    await expect(activity.record(session.verified, '192.0.2.1')).rejects.toThrow('busy')
    app.clock.pass(seconds(3))
    expect(await app.sessions.verify(session.secret)).toBeNull()
  })

  test('the check from memory knows the new limit as soon as the row does', async () => {
    const session = await addSession(app, await addPerson(app))
    await actTwoSecondsBeforeTheLimit(session)
    app.clock.pass(days(13))
    await untilMemoryIsUsed(app)
    expect(app.sessions.verifyFromMemory(session.secret)).toBeDefined()
    expect(await rowOf(session)).toMatchObject({
      expiresAt: new Date(app.clock.time() + days(1)),
    })
  })

  async function actTwoSecondsBeforeTheLimit({ secret }: SignedIn) {
    app.clock.pass(days(14) - seconds(2))
    const verified = await app.sessions.verifySession(secret)
    await app.sessions.recordActivity(verified!, '192.0.2.1')
  }
})

const rowOf = ({ id }: SignedIn) => app.database.client.session.findUnique({ where: { id } })

const sessionNamed = (id: string, { value, ...rest }: VerifiedSession): VerifiedSession => ({
  ...rest,
  value: { ...value, session: { ...value.session, id } },
})
