import { beforeAll, describe, expect, test } from 'vitest'
import { untilNotBusy } from '~/database/errors'
import { createGates } from '../../../tests/support/gates'
import { heardDuring } from '../../../tests/support/heard'
import {
  BY_PASSWORD,
  addPerson,
  addSession,
  hashOf,
  openServices,
  type Person,
  type SignedIn,
  type TestServices,
  untilMemoryIsUsed,
} from '../../../tests/support/services'
import { isOnPostgres } from '../../../tests/support/test-database'
import { createRecordAudit } from '../audit/record'
import { days, minutes } from '../time'
import { createIdentityCache } from './identity-cache'
import { createSessions } from './sessions'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

const ROUNDS = 25
const STARTED = { kept: true, origin: { ip: '192.0.2.1', userAgent: '' }, proof: BY_PASSWORD }
const EXCHANGES = 200

describe('a check that read its row before an ending', () => {
  const endings = {
    'the session signs out': (session: SignedIn) => app.sessions.endOwn(session.acting),
    'another session signs it out': async (session: SignedIn, person: Person) =>
      app.sessions.endOthers((await addSession(app, person)).acting),
    'its secret is replaced': (session: SignedIn) =>
      app.ownAccount.changePassword(session.acting, {
        currentPassword: 'seven green lanterns',
        newPassword: 'eight red bicycles',
        endOthers: false,
      }),
    'its account is deleted': (session: SignedIn) =>
      app.ownAccount.deleteAccount(session.acting, { currentPassword: 'seven green lanterns' }),
  }

  test.each(Object.entries(endings))(
    'is shared with nobody after it, and leaves nothing in memory, when %s',
    async (_, end) => {
      const person = await addPerson(app)
      const { secret } = person.first
      const { sessions, gates } = createGatedSessions()
      const late = sessions.verify(secret)
      await gates.arrived()
      await end(person.first, person)
      const after = sessions.verify(secret)
      gates.open()

      // The request began before the ending, so it may be answered as it was asked.
      expect(await late).not.toBeNull()
      expect(await after).toBeNull()
      expect(sessions.verifyFromMemory(secret)).toBeUndefined()
      expect(await sessions.verify(secret)).toBeNull()
    },
  )

  test('is shared by those that come meanwhile, and by nobody with another secret', async () => {
    const person = await addPerson(app)
    const other = await addSession(app, person)
    const { sessions, gates } = createGatedSessions()
    await untilMemoryIsUsed(app)
    const checks = [person.first, person.first, person.first, other].map(({ secret }) =>
      sessions.verify(secret),
    )
    await gates.arrived(2)
    gates.open()
    const ids = (await Promise.all(checks)).map((viewer) => viewer?.session.id)
    expect(ids).toEqual([person.first.id, person.first.id, person.first.id, other.id])
    expect(gates.arrivals).toBe(2)
  })

  test('leaves it in memory when nothing ended, so that the above means something', async () => {
    const person = await addPerson(app)
    await untilMemoryIsUsed(app)
    const { sessions, gates } = createGatedSessions()
    const late = sessions.verify(person.first.secret)
    await gates.arrived()
    gates.open()
    const viewer = await late
    expect(viewer).not.toBeNull()
    expect(sessions.verifyFromMemory(person.first.secret)).toEqual(viewer)
  })

  test('would be shared and left in memory without the guard of the cache, and this would notice', async () => {
    const person = await addPerson(app)
    await untilMemoryIsUsed(app)
    const { sessions, gates } = createGatedSessions({ guardReads: false })
    const late = sessions.verify(person.first.secret)
    await gates.arrived()
    await app.sessions.endOwn(person.first.acting)
    const after = sessions.verify(person.first.secret)
    gates.open()
    await late
    expect(await after).not.toBeNull()
    expect(sessions.verifyFromMemory(person.first.secret)).toBeDefined()
  })

  /** Sessions over the same database, whose reads wait at a gate with the row in hand. */
  function createGatedSessions({ guardReads = true } = {}) {
    const gates = createGates()
    const { client } = app.database
    const { changes } = app.nodes
    const gated = new Proxy(client, {
      get: (target, name) =>
        name === '$queryRaw'
          ? gates.after(client.$queryRaw.bind(client))
          : (Reflect.get(target, name) as unknown),
    })
    const sessions = createSessions({
      ...app,
      database: { ...app.database, client: gated },
      record: createRecordAudit(app),
      policy: app.sessions.policy,
      admit: () => Promise.reject(new Error('nobody signs in here')),
      cache: createIdentityCache({ ...app, changes, max: 10, guardReads }),
    })
    return { sessions, gates }
  }
})

describe('two sessions that sign each other out at once', () => {
  test(`never both end without one being told, ${EXCHANGES} times`, async () => {
    const person = await addPerson(app)
    let [one, other] = [person.first, await addSession(app, person)]
    for (let round = 0; round < EXCHANGES; round += 1) {
      const results = await Promise.all([
        app.sessions.endOthers(one.acting),
        round % 2
          ? app.sessions.endChosen(other.acting, [one.id])
          : app.sessions.endOthers(other.acting),
      ])
      const [oneLives, otherLives] = [await isActive(one), await isActive(other)]
      expect(results.map(({ ok }) => ok)).toEqual([oneLives, otherLives])
      expect([oneLives, otherLives]).toContain(true)
      const winner = oneLives ? one : other
      ;[one, other] = [winner, await addSession(app, person)]
    }
  })
})

describe('a sign-in beside "sign out of all others"', () => {
  test('is listed when it lives and lives when it is listed', async () => {
    const person = await addPerson(app)
    for (let round = 0; round < ROUNDS; round += 1) {
      const [ending, ...started] = await Promise.all([
        app.sessions.endOthers(person.first.acting),
        addSession(app, person),
        addSession(app, person),
      ])
      expect(ending.ok).toBe(true)
      const listed = (await app.sessions.list(person)).map(({ id }) => id)
      for (const session of started)
        expect(listed.includes(session.id)).toBe(await isActive(session))
      expect(await app.sessions.countActive(person)).toBe(listed.length)
    }
  })

  test('that commits after the ending stays', async () => {
    const person = await addPerson(app)
    // Its password was found right before the ending.
    const begun = {
      ...STARTED,
      userId: person.userId,
      verifiedHash: await hashOf(app, person.userId),
    }
    await app.sessions.endOthers(person.first.acting)
    const started = await app.sessions.start(begun)
    if (!started.ok || !started.session) throw new Error('No session')
    expect(await isActive(started.session)).toBe(true)
  })
})

test('activity beside an ending never makes it usable again', async () => {
  const person = await addPerson(app)
  for (let round = 0; round < ROUNDS; round += 1) {
    const session = await addSession(app, person)
    app.clock.pass(minutes(1))
    await app.sessions.recordActivity(session.verified, '192.0.2.1')
    const uses = [1, 2, 3].map(() => app.sessions.verify(session.secret))
    await Promise.all([app.sessions.purge(), app.sessions.endOthers(person.first.acting), ...uses])
    await app.sessions.recordActivity(session.verified, '192.0.2.1')
    await app.sessions.purge()
    expect(await isActive(session)).toBe(false)
    expect(await app.sessions.countActive(person)).toBe(1)
  }
})

test('the same ending, sent twice at once, is done once', async () => {
  const person = await addPerson(app)
  for (let round = 0; round < ROUNDS; round += 1) {
    await Promise.all([addSession(app, person), addSession(app, person)])
    const both = await Promise.all([
      app.sessions.endOthers(person.first.acting),
      app.sessions.endOthers(person.first.acting),
    ])
    const counts = both.map((result) => (result.ok ? result.receipt.sessions : -1))
    expect(counts.sort()).toEqual([0, 2])
  }
})

test('no two sign-ins at once go over the limit of sessions', async () => {
  const person = await addPerson(app)
  const verifiedHash = await hashOf(app, person.userId)
  const start = () => app.sessions.start({ ...STARTED, userId: person.userId, verifiedHash })
  await Promise.all(Array.from({ length: 110 }, () => untilNotBusy(start)))
  expect(await app.sessions.countActive(person)).toBe(100)
})

test('a session that expires while it ends is told of once', async () => {
  const person = await addPerson(app)
  const kept = await addSession(app, person)
  app.clock.pass(days(1))
  const told = await heardDuring(app, () =>
    Promise.all([app.sessions.purge(), app.sessions.endOthers(kept.acting)]),
  )
  const endings = told.filter((one) => one.type === 'sessions-ended')
  const ended = endings.filter(({ userId }) => userId === person.userId)
  const ids = ended.flatMap(({ sessionIds }) => sessionIds)
  // A node hears of what it ended itself also from PostgreSQL, where it is no ending of an expired one.
  expect(isOnPostgres ? [...new Set(ids)] : ids).toEqual([person.first.id])
  expect(await app.database.client.session.count({ where: { userId: person.userId } })).toBe(1)
})

const isActive = async ({ secret }: Pick<SignedIn, 'secret'>) =>
  (await app.sessions.verify(secret)) !== null
