import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dump } from '../support/dump'
import { startServer, type TestServer } from '../support/server'
import { createVisitor, PASSWORD, type Visitor } from '../support/visitor'

const WRONG = 'not the password'
const CHANGED = 'nine purple harbours'

describe('my account', () => {
  let server: TestServer
  let admin: Visitor

  beforeAll(async () => {
    server = await startServer({ SIGNUP: 'open', AUDIT_RETENTION: '100d' })
    admin = createVisitor(server.origin)
    await admin.setUp(server.setUpToken(), 'admin@example.com')
  })
  afterAll(() => server.dispose())

  async function newcomer(email: string) {
    const visitor = createVisitor(server.origin)
    await visitor.signUp(email)
    return visitor
  }

  const userOf = async (email: string) =>
    (await dump(server)).User!.find((user) => user.email === email)
  const check = (cookie: string) =>
    createVisitor(server.origin).get('/api/v1/session', { Cookie: cookie })

  it('gets another name', async () => {
    const ada = await newcomer('name@example.com')
    const page = await (
      await ada.submit('/profile', { intent: 'rename', name: ' Ada\u00A0<King> ' })
    ).text()
    expect(page).toContain('Name saved')
    expect(page).toContain('Ada\u00A0&lt;King&gt;')
    expect(page).not.toContain('<King>')
    expect((await userOf('name@example.com'))!.name).toBe('Ada\u00A0<King>')
  })

  it('gets another address only with the password, and one that is free', async () => {
    const ada = await newcomer('old@example.com')
    const change = (email: string, currentPassword: string) =>
      ada.submit('/profile', { intent: 'change-email', email, currentPassword })

    const stolen = await change('new@example.com', WRONG)
    const taken = await change('ADMIN@example.com', PASSWORD)
    expect([stolen.status, taken.status]).toEqual([422, 422])
    expect(await stolen.text()).toContain('That is not your current password')
    expect(await taken.text()).toContain('Another account has this e-mail address')
    expect(await userOf('old@example.com')).toBeDefined()

    expect((await change('New@Example.com', PASSWORD)).status).toBe(200)
    const statuses = await Promise.all(
      ['old@example.com', 'new@example.com'].map(
        async (email) => (await createVisitor(server.origin).signIn(email)).status,
      ),
    )
    expect(statuses).toEqual([422, 302])
  })

  it('keeps its password against whoever does not know it, and against weak ones', async () => {
    const ada = await newcomer('weak@example.com')
    const change = async (currentPassword: string, newPassword: string) =>
      (await ada.submit('/profile/password', { currentPassword, newPassword })).status
    expect(await change(WRONG, CHANGED)).toBe(422)
    expect(await change(PASSWORD, 'password1')).toBe(422)
    expect(await change(PASSWORD, 'Latchkey2026!')).toBe(422)
    expect(await change(PASSWORD, 'weak-2026!')).toBe(422)
    expect((await createVisitor(server.origin).signIn('weak@example.com')).status).toBe(302)
  })

  it('gets another password: others end, and a copy of this cookie is worth nothing', async () => {
    const ada = await newcomer('change@example.com')
    const elsewhere = createVisitor(server.origin)
    await elsewhere.signIn('change@example.com')
    const copied = ada.cookieHeader()

    const answer = await ada.submit('/profile/password', {
      currentPassword: PASSWORD,
      newPassword: CHANGED,
      endOthers: 'on',
    })
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('Signed out of 1 other session')
    expect(await elsewhere.isSignedIn()).toBe(false)
    expect((await check(copied)).status).toBe(401)
    expect(await ada.isSignedIn()).toBe(true)
    const again = createVisitor(server.origin)
    expect((await again.signIn('change@example.com')).status).toBe(422)
    expect((await again.signIn('change@example.com', CHANGED)).status).toBe(302)
  })

  it('gets another password and keeps its other sessions, if that is wished', async () => {
    const ada = await newcomer('keep@example.com')
    const elsewhere = createVisitor(server.origin)
    await elsewhere.signIn('keep@example.com')
    const copied = ada.cookieHeader()
    await ada.submit('/profile/password', { currentPassword: PASSWORD, newPassword: CHANGED })
    expect(await elsewhere.isSignedIn()).toBe(true)
    expect(await ada.isSignedIn()).toBe(true)
    expect((await check(copied)).status).toBe(401)
  })

  it('can be taken home as a file, without what must stay secret', async () => {
    const ada = await newcomer('data@example.com')
    const answer = await ada.submit('/profile/data')
    expect(answer.headers.get('Content-Type')).toBe('application/json; charset=utf-8')
    expect(answer.headers.get('Content-Disposition')).toBe(
      'attachment; filename="latchkey-data.json"',
    )
    const text = await answer.text()
    const file = JSON.parse(text) as Record<string, unknown>
    expect(file).toMatchObject({
      account: {
        ...{ email: 'data@example.com', emailConfirmedAt: null, role: 'user' },
        username: expect.stringMatching(/^data-\d{4}$/) as string,
      },
      sessions: [{ userAgent: 'Mozilla/5.0 test' }],
      events: expect.arrayContaining([
        expect.objectContaining({ kind: 'user.created' }),
      ]) as unknown[],
    })
    const { Password, Session, User } = await dump(server)
    const secrets = [...Password!.map(({ hash }) => hash), ...Session!.map((row) => row.tokenHash)]
    const others = User!.map(({ email }) => email).filter((email) => email !== 'data@example.com')
    expect([...secrets, ...others].filter((one) => text.includes(String(one)))).toEqual([])
    expect(text).not.toMatch(/hash/i)
  })

  it('is deleted only with the password, and then with all that belongs to it', async () => {
    const ada = await newcomer('gone@example.com')
    const elsewhere = createVisitor(server.origin)
    await elsewhere.signIn('gone@example.com')
    const { id } = (await userOf('gone@example.com'))!
    const asked = await (await ada.get('/profile/delete')).text()
    expect(asked).not.toMatch(/\d (?:passkey|authenticator app|recovery code)/)
    expect(asked).toContain(
      'The audit log keeps a record, which administrators read: what you did and what was done to your account',
    )
    expect(asked).toContain('each entry for 100 days from when it was written')
    expect((await ada.confirm('/profile/delete', { currentPassword: WRONG })).status).toBe(422)
    expect(await elsewhere.isSignedIn()).toBe(true)

    const answer = await ada.confirm('/profile/delete', { currentPassword: PASSWORD })
    expect(answer.headers.get('Location')).toBe('/login?reason=account-deleted')
    expect(answer.headers.get('Clear-Site-Data')).toBe('"cache", "storage"')
    expect(await elsewhere.isSignedIn()).toBe(false)
    expect((await createVisitor(server.origin).signIn('gone@example.com')).status).toBe(422)
    const { User, Session, Password, AuditEvent } = await dump(server)
    expect([...User!, ...Session!, ...Password!].filter((row) => row.userId === id)).toEqual([])
    expect(AuditEvent!.find(({ kind }) => kind === 'user.deleted')).toMatchObject({ actorId: id })
  })

  it('is not deleted while it is the only administrator', async () => {
    const answer = await admin.confirm('/profile/delete', { currentPassword: PASSWORD })
    expect(answer.status).toBe(422)
    expect(await answer.text()).toContain('You are the only administrator')
    expect(await admin.isSignedIn()).toBe(true)
  })
})
