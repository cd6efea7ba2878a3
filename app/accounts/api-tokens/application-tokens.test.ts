import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  addAdministrator,
  addPerson,
  addToken,
  ANY_TOKEN,
  openServices,
  type Person,
  type SignedIn,
  type TestServices,
  type WantedToken,
} from '../../../tests/support/services'
import { addApplication, letIn } from '../../../tests/support/applications'
import { hashSecret } from '../secret-token'
import { looksLikeApplicationToken } from './token-text'

let app: TestServices
let admin: Person
beforeAll(async () => {
  app = await openServices()
})
beforeEach(async () => {
  admin = await addAdministrator(app)
})

const ROUNDS = 30

describe('a token for an application', () => {
  test('is refused to whoever may not open it, and for one that is not there', async () => {
    const person = await addPerson(app)
    const { id } = await addApplication(app, { forEverybody: false })
    for (const applicationId of [id, 'nothing-of-this-name']) {
      const refused = await create(person.first, { scopes: [], applicationId })
      expect(refused).toEqual({ ok: false, code: 'APPLICATION_NOT_ALLOWED' })
    }
    expect(await rowsOf(person)).toEqual([])
  })

  test('is refused to a session that has shown no second factor where one is asked for', async () => {
    const person = await addPerson(app)
    const { id } = await addApplication(app)
    await askForFactor(id)
    expect(await create(person.first, { scopes: [], applicationId: id })).toEqual({
      ok: false,
      code: 'NEEDS_FACTOR',
    })
    expect(await rowsOf(person)).toEqual([])
    await showFactor(person)
    expect(await create(person.first, { scopes: [], applicationId: id })).toMatchObject({
      ok: true,
    })
  })

  test('opens nothing that asks for a second factor since, unless its maker had shown one', async () => {
    const person = await addPerson(app)
    const { id, host } = await addApplication(app)
    const token = { scopes: [], applicationId: id }
    const without = await addToken(app, person.first, token)
    await showFactor(person)
    const shown = await addToken(app, person.first, token)
    expect(await opened(host, without)).toBe('allowed')
    await askForFactor(id)
    expect(await opened(host, without)).toBe('unauthorized')
    expect(await opened(host, shown)).toBe('allowed')
  })

  test('is refused with scopes, also to an administrator: it is for one thing alone', async () => {
    const { id } = await addApplication(app)
    const refused = await create(admin.first, { scopes: ['profile:read'], applicationId: id })
    expect(refused).toEqual({ ok: false, code: 'SCOPE_NOT_ALLOWED' })
    expect(await rowsOf(admin)).toEqual([])
  })

  test('says by its text what it is for, and opens nothing at our API', async () => {
    const person = await addPerson(app)
    const application = await addApplication(app, { forEverybody: false })
    await letIn(app, person.userId, application)
    const text = await addToken(app, person.first, { scopes: [], applicationId: application.id })
    expect(looksLikeApplicationToken(text)).toBe(true)
    expect(await verify(text)).toBeNull()
    expect(app.tokens.verifyFromMemory(text, '192.0.2.7')).toBeUndefined()
    const { id, name } = application
    expect(await app.apiTokens.list(person)).toMatchObject([
      { scopes: [], application: { id, name } },
    ])
  })

  test('opens nothing at our API even where its text says otherwise', async () => {
    const person = await addPerson(app)
    const { id } = await addApplication(app)
    const text = await addToken(app, person.first)
    expect(await verify(text)).not.toBeNull()
    const other = await addToken(app, person.first)
    await app.query(
      'UPDATE "ApiToken" SET "applicationId" = ? WHERE "tokenHash" = ?',
      ...[id, hashSecret(other)],
    )
    expect(await verify(other)).toBeNull()
  })

  test('goes with the application', async () => {
    const person = await addPerson(app)
    const { id } = await addApplication(app)
    await addToken(app, person.first, { scopes: [], applicationId: id })
    await addToken(app, person.first, { name: 'stays' })
    expect(await app.applications.remove(admin.first.acting, id)).toMatchObject({
      ok: true,
      went: { signIns: 0, tokens: 1 },
    })
    expect(await app.apiTokens.list(person)).toMatchObject([{ name: 'stays', application: null }])
  })

  test(`while the application is deleted is refused or goes with it, ${ROUNDS} times`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const person = await addPerson(app)
      const { id } = await addApplication(app)
      const [made] = await Promise.all([
        create(person.first, { scopes: [], applicationId: id }),
        app.applications.remove(admin.first.acting, id),
      ])
      if (!made.ok) expect(made.code).toBe('APPLICATION_NOT_ALLOWED')
      expect(await rowsOf(person)).toEqual([])
    }
  })
})

const create = ({ acting }: SignedIn, wanted: Partial<WantedToken> = {}) =>
  app.apiTokens.create(acting, { ...ANY_TOKEN, ...wanted })

/** As administrators do, who are heard of by every node. */
const askForFactor = (id: string) =>
  app.revocations.commit(async (tx, announce) => {
    await tx.application.update({ where: { id }, data: { secondFactor: true } })
    announce({ type: 'application-changed', applicationId: id })
  })

/** What a proxy is told about a request of a program. */
async function opened(host: string, token: string) {
  const application = await app.forwardAuth.byHost(host)
  const request = { method: 'GET', target: '/', isNavigation: false, isWebSocket: false }
  const headers = { origin: undefined, fetchSite: undefined, cookie: undefined, token }
  return (await app.forwardAuth.decide({ ...request, ...headers }, application!)).kind
}

const showFactor = ({ first: { id } }: Person) =>
  app.database.client.session.update({ where: { id }, data: { secondFactor: 'passkey' } })

const verify = (text: string) => app.tokens.verify(text, '192.0.2.7')

const rowsOf = ({ userId }: Person) => app.database.client.apiToken.findMany({ where: { userId } })
