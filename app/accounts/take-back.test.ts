import { beforeAll, describe, expect, test } from 'vitest'
import {
  addPerson,
  addSession,
  addToken,
  openServices,
  silentLog,
  type Person,
  type TestServices,
} from '../../tests/support/services'
import { createGates } from '../../tests/support/gates'
import { OutcomeUnknown } from '~/database/errors'
import { createRecordAudit } from './audit/record'
import type { Announcement } from './revocations'
import { createRevocations } from './revocations'
import { createTakeBack } from './take-back'

let app: TestServices
beforeAll(async () => (app = await openServices()))

describe('of a transaction whose outcome is not known', () => {
  test('the session is taken back, and no other', async () => {
    const person = await addPerson(app)
    const { id } = await addSession(app, person)
    await takeBack({ type: 'session-started', userId: person.userId, sessionId: id })
    expect(await sessionsOf(person)).toEqual([person.first.id])
  })

  test('the API token is taken back, and no session', async () => {
    const person = await addPerson(app)
    await addToken(app, person.first)
    const [token] = await app.apiTokens.list(person)
    await takeBack({ type: 'access-granted', userId: person.userId, tokenId: token!.id })
    expect(await app.apiTokens.list(person)).toEqual([])
    expect(await sessionsOf(person)).toEqual([person.first.id])
    const { events } = await app.searchAudit({ userId: person.userId, at: null })
    expect(events.map(({ kind }) => kind).slice(0, 2)).toEqual(['token.revoked', 'token.created'])
    expect(events[0]).toMatchObject({ actor: null, details: { reason: 'never-given' } })
  })

  test('what granted nothing that has an id, or took something away, is left as it is', async () => {
    const person = await addPerson(app)
    await takeBack(
      { type: 'access-granted', userId: person.userId },
      { type: 'user-changed', userId: person.userId },
      { type: 'already-gone' },
    )
    expect(await sessionsOf(person)).toEqual([person.first.id])
  })

  test('it is tried again until the database can do it', async () => {
    const person = await addPerson(app)
    const { id } = await addSession(app, person)
    let refusals = 2
    const unwilling: typeof app.database.transaction = (work) =>
      (refusals -= 1) >= 0 ? Promise.reject(new Error('away')) : app.database.transaction(work)
    const database = { ...app.database, transaction: unwilling }
    const granted = { type: 'session-started', userId: person.userId, sessionId: id } as const
    await createTakeBack({ database, record: createRecordAudit(app), log: silentLog })([granted])
    expect(await sessionsOf(person)).toEqual([person.first.id])
  })
})

test('whoever commits it is told that it is not known, and it is taken back meanwhile', async () => {
  const person = await addPerson(app)
  const gates = createGates()
  const lost: typeof app.database.transaction = async (work) => {
    await app.database.transaction(work)
    throw new OutcomeUnknown()
  }
  const revocations = createRevocations({
    ...app,
    ...app.nodes,
    database: { transaction: lost },
    takeBack: gates.after(
      createTakeBack({ ...app, record: createRecordAudit(app), log: silentLog }),
    ),
    log: silentLog,
  })
  const granting = revocations.commit(async (tx, announce) => {
    const session = await tx.session.findFirstOrThrow({ where: { userId: person.userId } })
    announce({ type: 'session-started', userId: person.userId, sessionId: session.id })
  })
  await expect(granting).rejects.toThrow(OutcomeUnknown)
  await gates.arrived()
  expect(await sessionsOf(person)).toEqual([])
  gates.open()
})

const takeBack = (...announced: Announcement[]) =>
  createTakeBack({ ...app, record: createRecordAudit(app), log: silentLog })(announced)

async function sessionsOf({ userId }: Person): Promise<string[]> {
  const rows = await app.database.client.session.findMany({ where: { userId } })
  return rows.map(({ id }) => id)
}
