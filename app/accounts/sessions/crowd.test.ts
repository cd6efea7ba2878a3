import { randomBytes } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { heardDuring } from '../../../tests/support/heard'
import {
  addPerson,
  openServices,
  type Person,
  type TestServices,
} from '../../../tests/support/services'
import { isOnPostgres } from '../../../tests/support/test-database'
import { minutes } from '../time'
import { newId } from '../row-id'
import type { VerifiedSession } from './verify'

const MANY = 1_000

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

test('one ending ends a thousand sessions, tells their tabs and is written down', async () => {
  const person = await addPerson(app)
  const ids = await addMany(person, MANY)
  let result: unknown
  const told = await heardDuring(app, async () => {
    result = await app.sessions.endOthers(person.first.acting)
  })

  expect(result).toMatchObject({ ok: true, receipt: { sessions: MANY } })
  const ended = told.flatMap((one) => (one.type === 'sessions-ended' ? one.sessionIds : []))
  expect(new Set(ended)).toEqual(new Set(ids))
  expect(await app.sessions.countActive(person)).toBe(1)
  const event = await app.database.client.auditEvent.findFirstOrThrow({
    where: { actorId: person.userId, kind: 'sessions.ended' },
  })
  expect(JSON.parse(event.details)).toMatchObject({ count: MANY })
})

test('an ending does not wait for all the activity that is being written, and none of it comes back', async () => {
  const [busy, person] = [await addPerson(app), await addPerson(app)]
  const ids = await addMany(busy, 4 * MANY)
  app.clock.pass(minutes(1))
  for (const id of ids) await app.sessions.recordActivity(verifiedAs(busy, id), '192.0.2.9')
  let written = false
  const writing = app.sessions.purge().then(() => (written = true))
  const ending = await app.sessions.endOthers(busy.first.acting)
  // Where rows are locked one by one, those of whoever is ending are left out, which may be quick.
  if (!isOnPostgres) expect(written).toBe(false)
  await app.sessions.endOwn(person.first.acting)
  await writing
  await app.sessions.purge()
  expect(ending).toMatchObject({ ok: true, receipt: { sessions: 4 * MANY } })
  expect(await app.sessions.countActive(busy)).toBe(1)
  expect(await app.sessions.verify(person.first.secret)).toBeNull()
})

/** Sessions past the limit of how many a person may have, which only a sign-in looks at. */
async function addMany({ userId }: Person, count: number): Promise<string[]> {
  const now = app.clock.now()
  const later = new Date(now.getTime() + app.sessions.policy.idleTimeout)
  const rows = Array.from({ length: count }, () => ({
    id: newId(),
    tokenHash: randomBytes(32),
    formKey: randomBytes(32),
    userId,
    createdAt: now,
    lastSeenAt: now,
    authenticatedAt: now,
    expiresAt: later,
    endsAt: later,
    ip: '192.0.2.1',
    userAgent: 'test',
  }))
  await app.database.client.session.createMany({ data: rows })
  return rows.map(({ id }) => id)
}

const verifiedAs = ({ first }: Person, id: string): VerifiedSession => ({
  ...first.verified,
  value: { ...first.verified.value, session: { ...first.verified.value.session, id } },
})
