import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addApplication, letIn, reach } from '../../tests/support/applications'
import {
  addAdministrator,
  addPerson,
  addSession,
  addToken,
  openServices,
  type Person,
  type SignedIn,
  type TestServices,
} from '../../tests/support/services'

let app: TestServices
let ada: Person
let there: SignedIn
let wiki: { id: string; name: string }
let files: { id: string; name: string }
beforeAll(async () => {
  app = await openServices()
})
beforeEach(async () => {
  ada = await addPerson(app)
  there = await addSession(app, ada)
  wiki = await addApplication(app)
  files = await addApplication(app, { name: 'Files' })
})

const at = (session: SignedIn, application: { id: string }, { userId } = ada) =>
  reach(app, { sessionId: session.id, userId }, application, app.clock.now())
const reached = async () =>
  (await app.applicationSignIns.ofUser(ada.userId)).map(({ sessionId, name }) => [sessionId, name])
const rows = (id: string) =>
  app.database.client.applicationSession.findUniqueOrThrow({
    where: { id },
    include: { cookies: true },
  })

describe('signing out of an application alone', () => {
  test('is refused to a session that has ended', async () => {
    const id = await at(there, wiki)
    await app.sessions.endOwn(ada.first.acting)
    const result = await app.applicationSignIns.endOwn(ada.first.acting, id)
    expect(result).toEqual({ ok: false, code: 'SESSION_ENDED' })
    expect(await reached()).toEqual([[there.id, 'Wiki']])
  })

  test('finds nothing of somebody else, like what never was', async () => {
    const grace = await addPerson(app, 'Grace')
    const id = await at(there, wiki)
    for (const unknown of [id, 'unknown']) {
      const result = await app.applicationSignIns.endOwn(grace.first.acting, unknown)
      expect(result).toMatchObject({ ok: true, applications: [] })
    }
    expect(await reached()).toEqual([[there.id, 'Wiki']])
  })

  test('leaves the session, its other applications, and a note to ask the next time', async () => {
    const [left] = [await at(there, wiki), await at(there, files), await at(ada.first, wiki)]
    const result = await app.applicationSignIns.endOwn(ada.first.acting, left)
    expect(result).toMatchObject({ ok: true, applications: [wiki.id] })
    expect(await reached()).toEqual(
      expect.arrayContaining([
        [there.id, 'Files'],
        [ada.first.id, 'Wiki'],
      ]),
    )
    expect(await reached()).toHaveLength(2)
    expect(await rows(left)).toMatchObject({ askAgain: true, cookies: [] })
    expect(await app.sessions.verify(there.secret)).not.toBeNull()
    const events = await app.database.client.auditEvent.findMany({
      where: { kind: 'application.left', subjectId: ada.userId },
    })
    expect(events).toMatchObject([{ actorId: ada.userId, sessionId: ada.first.id }])
  })
})

describe('ending sessions', () => {
  test('names the applications that went with them, and not those of the sessions that stay', async () => {
    await at(there, wiki)
    await at(ada.first, files)
    const result = await app.sessions.endOthers(ada.first.acting)
    expect(result).toMatchObject({ ok: true, ended: [there.id], applications: ['Wiki'] })
    expect(await reached()).toEqual([[ada.first.id, 'Files']])
  })

  test('names each once, and none that was left before', async () => {
    const third = await addSession(app, ada)
    for (const session of [there, third]) await at(session, wiki)
    const left = await at(third, files)
    await app.applicationSignIns.endOwn(ada.first.acting, left)
    const result = await app.sessions.endChosen(ada.first.acting, [there.id, third.id])
    expect(result).toMatchObject({ ok: true, applications: ['Wiki'] })
  })

  test('by an administrator names them as well, of the chosen ones or of all', async () => {
    const admin = await addAdministrator(app)
    await at(there, wiki)
    await at(ada.first, files)
    const one = await app.access.endSessions(admin.first.acting, ada.userId, [there.id])
    expect(one).toMatchObject({ ok: true, applications: ['Wiki'] })
    const all = await app.access.endSessions(admin.first.acting, ada.userId)
    expect(all).toMatchObject({ ok: true, applications: ['Files'] })
  })
})

describe('deleting a person', () => {
  test('counts the sign-ins at applications that go with them, before and after', async () => {
    const admin = await addAdministrator(app)
    for (const application of [wiki, files]) await at(there, application)
    await at(ada.first, wiki)
    const { userId } = ada
    expect(await app.findUser(userId)).toMatchObject({ applicationSignIns: 3 })
    expect(await app.ownAccount.countSignIns({ userId })).toBe(3)
    expect(await app.access.remove(admin.first.acting, userId)).toMatchObject({
      ok: true,
      went: { sessions: 2, apiTokens: 0, applicationSignIns: 3 },
    })
    expect(await app.query('SELECT * FROM "ApplicationCookie" WHERE "userId" = ?', userId)).toEqual(
      [],
    )
  })
})

describe('a person’s data to take away', () => {
  test('has their groups, what each session reached and what each token is for, and no secret', async () => {
    const closed = await addApplication(app, { name: 'Books', forEverybody: false })
    await letIn(app, ada.userId, closed)
    await at(there, wiki)
    await addToken(app, ada.first, { scopes: [], applicationId: closed.id })
    const result = await app.exportAccount(ada.first.acting)
    if (!result.ok) throw new Error('refused')
    const { events: _, ...rows } = result.everything
    expect(rows).toMatchObject({
      groups: [{ id: closed.id, name: closed.id }],
      applicationSignIns: [{ sessionId: there.id, application: { id: wiki.id, name: 'Wiki' } }],
      apiTokens: [{ application: { id: closed.id, name: 'Books' } }],
    })
    expect(JSON.stringify(rows)).not.toMatch(/hash|formKey/i)
  })
})
