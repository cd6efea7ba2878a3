import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  addAdministrator,
  addPerson,
  addSession,
  addToken,
  ANY_TOKEN,
  openServices,
  provenAgain,
  type Person,
  type SignedIn,
  type TestServices,
  type WantedToken,
} from '../../../tests/support/services'
import { hours } from '../time'
import { MAX_TOKENS_PER_USER } from './api-tokens'

let app: TestServices
let admin: Person
beforeAll(async () => {
  app = await openServices()
})
beforeEach(async () => {
  admin = await addAdministrator(app)
})

const ROUNDS = 30

describe('making a token', () => {
  test('is refused to a session that has ended', async () => {
    const person = await addPerson(app)
    await app.sessions.endOwn(person.first.acting)
    expect(await create(person.first)).toEqual({ ok: false, code: 'SESSION_ENDED' })
    expect(await rowsOf(person)).toEqual([])
  })

  test.each(['users:write'] as const)(
    'with %s is refused to who is no administrator, now and not when the page was made',
    async (scope) => {
      const demoted = await addAdministrator(app)
      await demote(demoted)
      for (const { first } of [await addPerson(app), demoted]) {
        const refused = await create(first, { scopes: ['profile:read', scope] })
        expect(refused).toEqual({ ok: false, code: 'SCOPE_NOT_ALLOWED' })
      }
      expect(await rowsOf(demoted)).toEqual([])
    },
  )

  test('is refused beyond the limit, however many are made at once', async () => {
    const person = await addPerson(app)
    const passAnHour = async () => {
      app.clock.pass(hours(1))
      person.first = await provenAgain(app, person.first)
    }
    while ((await rowsOf(person)).length < MAX_TOKENS_PER_USER - 5) {
      const made = await create(person.first)
      // Made over some hours, since there also is a limit on changes in one.
      if (!made.ok) await passAnHour()
    }
    await passAnHour()
    const results = await Promise.all(Array.from({ length: 10 }, () => create(person.first)))
    const refused = results.filter(({ ok }) => !ok)
    expect(refused).toEqual(Array(5).fill({ ok: false, code: 'TOO_MANY_TOKENS' }))
    expect(await rowsOf(person)).toHaveLength(MAX_TOKENS_PER_USER)
  })

  test('gives the text once: the row has its hash, the list and the log have neither', async () => {
    const person = await addPerson(app)
    const text = await addToken(app, person.first, { name: 'backup' })
    const [row] = await rowsOf(person)
    const [listed] = await app.apiTokens.list(person)
    const events = await app.database.client.auditEvent.findMany({
      where: { kind: 'token.created', subjectId: person.userId },
    })
    const stored = JSON.stringify([{ ...row, tokenHash: '' }, listed, events])
    expect(stored).not.toContain(text.slice(3, 20))
    expect(listed).not.toHaveProperty('tokenHash')
    expect(events).toMatchObject([
      {
        actorId: person.userId,
        sessionId: person.first.id,
        details: JSON.stringify({ name: 'backup', id: row!.id, scopes: ['profile:read'] }),
      },
    ])
    expect(Buffer.from(row!.tokenHash)).toHaveLength(32)
  })

  test('keeps by which session it was, for when that one is ended', async () => {
    const person = await addPerson(app)
    const other = await addSession(app, person)
    await addToken(app, other, { name: 'backup' })
    const sessionIds = [other.id]
    expect(await app.apiTokens.madeBy({ ...person, sessionIds })).toMatchObject([
      { name: 'backup' },
    ])
    expect(await app.apiTokens.madeBy({ ...person, sessionIds: [person.first.id] })).toEqual([])
    expect(await app.apiTokens.madeBy({ userId: admin.userId, sessionIds })).toEqual([])
  })
})

describe('a token that is being made', () => {
  test(`while its session is ended is either refused or offered together with it, ${ROUNDS} times`, async () => {
    const outcomes = new Set<boolean>()
    for (let round = 0; round < ROUNDS; round += 1) {
      const person = await addPerson(app)
      const other = await addSession(app, person)
      const end = async () => {
        // The making is counted before it begins, so an ending that shall come later waits its turn too.
        if (round % 2 === 0) await app.database.count('one turn', 1, hours(1))
        return app.sessions.endOthers(person.first.acting)
      }
      const both = [() => create(other), end]
      if (round % 2) both.reverse()
      const results = await Promise.all(both.map((run) => run()))
      const [made, ended] = round % 2 ? results.reverse() : results
      expect(ended).toMatchObject({ ok: true, ended: [other.id] })
      outcomes.add(made!.ok)
      // What the person who ended it is asked about, in the same step.
      const offered = await app.apiTokens.madeBy({ ...person, sessionIds: [other.id] })
      expect(offered).toHaveLength(made!.ok ? 1 : 0)
    }
    expect(outcomes).toEqual(new Set([true, false]))
  })

  test('while its owner is disabled or deleted opens nothing', async () => {
    const ends = [
      (userId: string) => app.administration.disable(admin.first.acting, userId),
      (userId: string) => app.access.remove(admin.first.acting, userId),
    ]
    for (let round = 0; round < ROUNDS; round += 1) {
      const person = await addPerson(app)
      const [made, ended] = await Promise.all([
        create(person.first),
        ends[round % 2]!(person.userId),
      ])
      expect(ended).toMatchObject({ ok: true })
      if (made.ok) expect(await verify(made.text)).toBeNull()
    }
  })
})

describe('revoking a token', () => {
  test('of another person finds nothing, as for one that never was', async () => {
    const [person, other] = [await addPerson(app), await addPerson(app)]
    const text = await addToken(app, other.first)
    const before = await events()
    for (const ids of [await idsOf(other), ['unknown'], []]) {
      const result = await app.apiTokens.revoke(person.first.acting, ids)
      expect(result).toEqual({ ok: true, revoked: [] })
      const { acting } = admin.first
      expect(await app.apiTokens.revokeOf(acting, person.userId, ids)).toEqual(result)
    }
    expect(await verify(text)).not.toBeNull()
    expect(await events()).toBe(before)
  })

  test('is refused to a session that has ended', async () => {
    const person = await addPerson(app)
    const text = await addToken(app, person.first)
    await app.sessions.endOwn(person.first.acting)
    const result = await app.apiTokens.revoke(person.first.acting, await idsOf(person))
    expect(result).toEqual({ ok: false, code: 'SESSION_ENDED' })
    expect(await verify(text)).not.toBeNull()
  })

  const events = () => app.database.client.auditEvent.count({ where: { kind: 'token.revoked' } })
})

const create = ({ acting }: SignedIn, wanted: Partial<WantedToken> = {}) =>
  app.apiTokens.create(acting, { ...ANY_TOKEN, ...wanted })

const verify = (text: string) => app.tokens.verify(text, '192.0.2.7')

const rowsOf = ({ userId }: Person) => app.database.client.apiToken.findMany({ where: { userId } })

const idsOf = async (person: Person) => (await rowsOf(person)).map(({ id }) => id)

const demote = ({ userId, name, email }: Person) =>
  app.administration.edit(admin.first.acting, { userId, name, email, role: 'user' })
