import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  addAdministrator,
  addPerson,
  addToken,
  openServices,
  type Person,
  type TestServices,
  untilMemoryIsUsed,
} from '../../../tests/support/services'
import { days, seconds } from '../time'
import { ALL_SCOPES } from './scopes'

let app: TestServices
let admin: Person
beforeAll(async () => {
  app = await openServices()
})
beforeEach(async () => {
  admin = await addAdministrator(app)
})

const IP = '192.0.2.7'

describe('a token opens nothing', () => {
  const stops: Record<string, (person: Person) => Promise<unknown>> = {
    'when it was revoked by its owner': async (person) =>
      app.apiTokens.revoke(person.first.acting, await idsOf(person)),
    'when an administrator revoked it': async (person) =>
      app.apiTokens.revokeOf(admin.first.acting, person.userId, await idsOf(person)),
    'when its owner was deleted by an administrator': ({ userId }) =>
      app.access.remove(admin.first.acting, userId),
    'while its owner is disabled': ({ userId }) =>
      app.administration.disable(admin.first.acting, userId),
    'once it has expired': () => Promise.resolve(app.clock.pass(days(7))),
    'when another process deleted its row': async ({ userId }) => {
      await app.query('DELETE FROM "ApiToken" WHERE "userId" = ?', userId)
      // An answer comes after everything that was said before the question.
      await app.nodes.countTabs(userId)
      return app.nodes.changes.catchUp()
    },
  }

  test.each(Object.entries(stops))('%s, also when it was used a moment before', async (_, stop) => {
    const person = await addPerson(app)
    const text = await addToken(app, person.first, { lifetimeDays: 7 })
    expect(await verify(text)).not.toBeNull()
    await stop(person)
    expect(app.tokens.verifyFromMemory(text, IP)).toBeUndefined()
    expect(await verify(text)).toBeNull()
  })

  test('until its owner is enabled again', async () => {
    const person = await addPerson(app)
    const text = await addToken(app, person.first)
    await app.administration.disable(admin.first.acting, person.userId)
    await app.administration.enable(admin.first.acting, person.userId)
    expect(await verify(text)).toMatchObject({ user: { id: person.userId } })
  })

  test('more than the role of its owner carries, from the moment at which that changes', async () => {
    const other = await addAdministrator(app)
    const text = await addToken(app, other.first, { scopes: ALL_SCOPES })
    expect((await verify(text))?.token.scopes).toEqual(ALL_SCOPES)
    await demote(other)
    expect((await verify(text))?.token.scopes).toEqual(['profile:read'])
  })
})

describe('a token that is used', () => {
  test('leaves a note of when and from where, and again when it is another address', async () => {
    const person = await addPerson(app)
    const text = await addToken(app, person.first)
    expect(await app.apiTokens.list(person)).toMatchObject([{ lastUsedAt: null, lastUsedIp: null }])
    await verify(text)
    const first = app.clock.now()
    await app.tokens.flush()
    expect(await app.apiTokens.list(person)).toMatchObject([{ lastUsedAt: first, lastUsedIp: IP }])
    app.clock.pass(seconds(1))
    await app.tokens.verify(text, '192.0.2.8')
    await app.tokens.flush()
    expect(await app.apiTokens.list(person)).toMatchObject([
      { lastUsedAt: app.clock.now(), lastUsedIp: '192.0.2.8' },
    ])
  })

  test('does not come back when it was revoked before its use was written down', async () => {
    const person = await addPerson(app)
    const text = await addToken(app, person.first)
    await verify(text)
    await app.apiTokens.revoke(person.first.acting, await idsOf(person))
    await app.tokens.flush()
    expect(await rowsOf(person)).toEqual([])
  })

  test('opens nothing as a session, nor a session as a token, though both are remembered', async () => {
    const person = await addPerson(app)
    const text = await addToken(app, person.first)
    const { secret } = person.first
    expect(await verify(text)).not.toBeNull()
    expect(await app.sessions.verify(secret)).not.toBeNull()

    expect(app.sessions.verifyFromMemory(text)).toBeUndefined()
    expect(await app.sessions.verify(text)).toBeNull()
    expect(app.tokens.verifyFromMemory(secret, IP)).toBeUndefined()
    expect(await verify(secret)).toBeNull()
  })

  test('is verified from memory the second time, so that the above means something', async () => {
    const person = await addPerson(app)
    const text = await addToken(app, person.first)
    expect(app.tokens.verifyFromMemory(text, IP)).toBeUndefined()
    await untilMemoryIsUsed(app)
    const bearer = await verify(text)
    expect(app.tokens.verifyFromMemory(text, IP)).toEqual(bearer)
  })
})

const verify = (text: string) => app.tokens.verify(text, IP)

const rowsOf = ({ userId }: Person) => app.database.client.apiToken.findMany({ where: { userId } })

const idsOf = async (person: Person) => (await rowsOf(person)).map(({ id }) => id)

const demote = ({ userId, name, email }: Person) =>
  app.administration.edit(admin.first.acting, { userId, name, email, role: 'user' })
