import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAdministration, linkIn, type Someone } from '../support/administration'
import { dump, withoutActivity } from '../support/dump'
import { request } from '../support/request'
import { startServer, type TestServer } from '../support/server'
import { until } from '../support/until'
import { createVisitor } from '../support/visitor'

describe('API tokens', () => {
  let server: TestServer
  let admin: Someone
  let { invite, edit, createToken, asProgram, isAccepted } = {} as ReturnType<
    typeof createAdministration
  >
  beforeAll(async () => {
    server = await startServer()
    const administration = createAdministration(server)
    ;({ invite, edit, createToken, asProgram, isAccepted } = administration)
    admin = await administration.setUp()
  })
  afterAll(() => server.dispose())

  const rows = async () => withoutActivity(await dump(server))
  const usersApi = ({ id }: { id: string }) => `/api/v1/users/${id}`

  it('open nothing as anything else, and nothing else opens anything as a token', async () => {
    const token = await createToken(admin, ['profile:read', 'users:write'])
    const invited = await invite(admin)
    const made = await admin.confirm(`/admin/users/${invited.id}`, { intent: 'password-link' })
    const link = linkIn(await made.text()).split('=')[1]!
    const session = admin.secret()!
    const core = token.slice(3, 46)

    for (const secret of [session, link, core, `lk_${session}`, admin.cookieHeader()]) {
      const answer = await asProgram(secret, '/api/v1/session')
      expect([secret === session, answer.status]).toEqual([secret === session, 401])
      expect((await asProgram(secret, usersApi(admin), 'DELETE')).status).toBe(401)
    }
    for (const secret of [token, core, link]) {
      const browser = createVisitor(server.origin)
      browser.setSecret(secret)
      expect(await browser.isSignedIn()).toBe(false)
      expect((await browser.get('/profile')).status).toBe(302)
    }
    for (const secret of [token, core, session]) {
      expect((await fetch(`${server.origin}/password-link?token=${secret}`)).status).toBe(410)
      expect((await fetch(`${server.origin}/setup?token=${secret}`)).status).toBe(410)
    }
  })

  it('without the scope, or of nobody, delete nobody', async () => {
    const ada = await invite(admin)
    const weak = await createToken(admin, ['profile:read'])
    const good = await createToken(admin, ['users:write'])
    const before = await rows()
    const ways: [number, string | undefined][] = [
      [403, `Bearer ${weak}`],
      [401, `Bearer ${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`],
      [401, `Basic ${good}`],
      [401, `Bearer ${good} ${good}`],
      [401, 'Bearer'],
      [401, undefined],
    ]
    for (const [status, authorization] of ways) {
      const answer = await fetch(server.origin + usersApi(ada), {
        method: 'DELETE',
        // A browser's cookies are not looked at, so no page can make it use the API.
        headers: {
          Cookie: admin.cookieHeader(),
          Origin: server.origin,
          ...(authorization && { Authorization: authorization }),
        },
      })
      expect([authorization?.slice(0, 6), answer.status]).toEqual([
        authorization?.slice(0, 6),
        status,
      ])
      if (status === 401) expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer')
    }
    expect(await rows()).toEqual(before)
  })

  it('are looked at alone, never together with the cookie beside them, even when they are none', async () => {
    const token = await createToken(admin, ['profile:read'])
    const check = async (Authorization: string | string[], path = '/api/v1/session') => {
      const headers = { Cookie: admin.cookieHeader(), Authorization }
      return (await request(server, path, { headers })).status
    }
    for (const path of ['/api/v1/session', '/api/v1/session?check']) {
      for (const wrong of [
        ...['', 'Bearer', 'Bearer ', `Bearer ${token} x`, `Bearer ${token},`, `Basic ${token}`],
        ...[token, `Bearer ${token.slice(0, -1)}`],
        [`Bearer ${token}`, `Bearer ${token}`],
      ]) {
        expect([wrong, await check(wrong, path)]).toEqual([wrong, 401])
      }
    }
    expect(await check(`Bearer ${token}`)).toBe(200)
    expect(await check(`bearer   ${token}`, '/api/v1/session?check')).toBe(204)
  })

  it('delete by DELETE alone, and find nobody under an unknown id', async () => {
    const ada = await invite(admin)
    const token = await createToken(admin, ['profile:read', 'users:write'])
    for (const method of ['GET', 'POST', 'PUT', 'PATCH']) {
      expect([method, (await asProgram(token, usersApi(ada), method)).status]).toEqual([
        method,
        405,
      ])
    }
    for (const id of ['01890000-0000-7000-8000-000000000000', 'x', '%25']) {
      const answer = await asProgram(token, usersApi({ id }), 'DELETE')
      expect([id, answer.status, await answer.json()]).toEqual([id, 404, { error: 'not-found' }])
    }
    expect(await ada.isSignedIn()).toBe(true)
  })

  it('are told in JSON of an address that leads nowhere, with a token and without', async () => {
    const token = await createToken(admin, ['users:write'])
    for (const path of ['/api/', '/api/v1', '/api/v1/users', '/api/v2/session', '/api/v1/x/y/z']) {
      for (const answer of [
        await asProgram(token, path),
        await asProgram(token, path, 'DELETE'),
        await createVisitor(server.origin).get(path),
      ]) {
        expect([path, answer.status]).toEqual([path, 404])
        expect(answer.headers.get('Content-Type')).toMatch(/^application\/json/)
        expect(await answer.json()).toEqual({ error: 'not-found' })
      }
    }
  })

  it('delete a user with everything they had, and say what went', async () => {
    const [ada, stranger] = [await invite(admin), await invite(admin)]
    const elsewhere = createVisitor(server.origin)
    await elsewhere.signIn(ada.email)
    const theirs = await createToken(ada, ['profile:read'])
    const token = await createToken(admin, ['users:write'], 'Leavers')
    expect(await isAccepted(theirs)).toBe(true)

    const answer = await asProgram(token, usersApi(ada), 'DELETE')

    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({
      ok: true,
      deleted: { sessions: 2, apiTokens: 1, applicationSignIns: 0, openTabs: 0 },
    })
    expect(
      await Promise.all([ada, elsewhere, stranger, admin].map((one) => one.isSignedIn())),
    ).toEqual([false, false, true, true])
    expect(await isAccepted(theirs)).toBe(false)
    expect(await isAccepted(token)).toBe(true)
    const { User, Password, Session, ApiToken, OneTimeLink, AuditEvent } = await dump(server)
    const left = [User!, Password!, Session!, ApiToken!, OneTimeLink!].map((table) =>
      table.filter((row) => [row.id, row.userId].includes(ada.id)),
    )
    expect(left.flat()).toEqual([])
    expect(AuditEvent!.filter(({ subjectId }) => subjectId === ada.id).at(-1)).toMatchObject({
      kind: 'user.deleted',
      actorId: admin.id,
      sessionId: null,
      details: expect.stringContaining('"token":"Leavers"') as string,
    })
  })

  it('say who they act for, and the name only with the scope', async () => {
    const who = async (token: string): Promise<unknown> =>
      (await asProgram(token, '/api/v1/session')).json()
    const ada = await invite(admin)
    const shy = await who(await createToken(admin, ['users:write'], 'shy'))
    expect(shy).toMatchObject({ user: { id: admin.id }, token: { scopes: ['users:write'] } })
    expect(JSON.stringify(shy)).not.toMatch(/Lovelace|@/)
    const open = await who(await createToken(ada, ['profile:read']))
    expect(open).toMatchObject({ user: { id: ada.id, name: 'Ada Lovelace', email: ada.email } })
  })

  it('stop at once with their owner: disabled, demoted below their scopes, deleted', async () => {
    const other = await invite(admin, { role: 'admin' })
    const token = await createToken(other, ['users:write', 'profile:read'])
    const bystander = await invite(admin)
    const page = `/admin/users/${other.id}`

    expect(await isAccepted(token)).toBe(true)
    await admin.confirm(page, { intent: 'disable' })
    expect(await isAccepted(token)).toBe(false)
    await admin.submit(page, { intent: 'enable' })
    expect(await isAccepted(token)).toBe(true)
    await edit(admin, other, 'user')
    const refused = await asProgram(token, usersApi(bystander), 'DELETE')
    expect([refused.status, await refused.json()]).toEqual([
      403,
      { error: 'forbidden', missingScope: 'users:write' },
    ])
    await admin.confirm(`${page}/delete`)
    expect(await isAccepted(token)).toBe(false)
    expect(await bystander.isSignedIn()).toBe(true)
  })

  it('are shown once, and their secret is in no page, list, log or row', async () => {
    const ada = await invite(admin)
    const fields = {
      intent: 'create-token',
      name: 'once',
      scope: 'profile:read',
      lifetime: 'never',
    }
    const shown = await (await ada.submit('/profile/tokens', fields)).text()
    const token = /lk_[\w-]{50}/.exec(shown)![0]
    await asProgram(token, '/api/v1/session')
    const pages = [
      [ada, '/profile/tokens'],
      [ada, '/profile/activity'],
      [ada, '/profile'],
      [admin, `/admin/users/${ada.id}`],
      [admin, '/admin/audit'],
    ] as const
    const texts = [server.logs(), server.output(), JSON.stringify(await dump(server))]
    for (const [who, path] of pages) {
      texts.push(await (await who.get(path)).text())
      texts.push(await (await who.get(`${path}.data`)).text())
    }
    texts.push(await (await ada.submit('/profile/data')).text())
    for (const text of texts) expect(text).not.toContain(token.slice(3, 46))
    expect(texts[3]).toContain('once')
  })

  it('are revoked by their owner and by administrators, and by nobody else', async () => {
    const [ada, mallory] = [await invite(admin), await invite(admin)]
    const tokens = [
      await createToken(ada, ['profile:read']),
      await createToken(ada, ['profile:read']),
    ]
    const [first, second] = (await dump(server))
      .ApiToken!.filter(({ userId }) => userId === ada.id)
      .map(({ id }) => String(id))
    const revoke = (id: string) => ({ intent: 'revoke-token', confirmed: 'yes', tokenId: id })

    await mallory.submit('/profile/tokens', revoke(first!))
    await admin.submit(`/admin/users/${mallory.id}`, revoke(first!))
    expect(await Promise.all(tokens.map(isAccepted))).toEqual([true, true])
    await ada.submit('/profile/tokens', revoke(first!))
    expect(await Promise.all(tokens.map(isAccepted))).toEqual([false, true])
    await admin.submit(`/admin/users/${ada.id}`, revoke(second!))
    expect(await Promise.all(tokens.map(isAccepted))).toEqual([false, false])
  })

  it('are offered for revocation in the answer that ended the session which made them', async () => {
    const ada = await invite(admin)
    const elsewhere = createVisitor(server.origin)
    await elsewhere.signIn(ada.email)
    const token = await createToken(elsewhere, ['profile:read'], 'backup')
    await createToken(ada, ['profile:read'], 'mine')
    const html = await (await ada.confirm('/profile', { intent: 'sign-out-of-sessions' })).text()
    expect(html).toMatch(/This session also made the token ‘backup’: revoke it too\?/)
    const [, tokenId] = /name="tokenId" value="([^"]+)"/.exec(html)!
    await ada.confirm('/profile/tokens', { intent: 'revoke-token', tokenId: tokenId! })
    expect(await isAccepted(token)).toBe(false)
  })

  it('refuse a form that asks for scopes, names or times that there are not', async () => {
    const ada = await invite(admin)
    const good = { intent: 'create-token', name: 'x', scope: 'profile:read', lifetime: '7' }
    const wrong: Record<string, string | string[]>[] = [
      ...[{ scope: [] }, { scope: 'users:write' }, { scope: ['profile:read', 'root'] }],
      // Nothing is behind these yet.
      ...['sessions:read', 'sessions:write', 'users:read'].map((scope) => ({ scope })),
      ...[{ lifetime: '8' }, { lifetime: '' }, { lifetime: ['7', 'never'] }, { name: ' ' }],
      ...[{ name: 'x'.repeat(61) }, { name: 'a\0' }],
    ]
    for (const fields of wrong) {
      const answer = await ada.submit('/profile/tokens', { ...good, ...fields })
      expect([fields, answer.status]).toEqual([fields, 422])
    }
    expect((await dump(server)).ApiToken!.filter(({ userId }) => userId === ada.id)).toEqual([])
  })

  it('keep when and from where they were last used', async () => {
    const ada = await invite(admin)
    await asProgram(await createToken(ada, ['profile:read']), '/api/v1/session')
    const row = await until(
      async () =>
        (await dump(server)).ApiToken!.find(
          ({ userId, lastUsedAt }) => userId === ada.id && lastUsedAt,
        ),
      { timeout: 20_000 },
    )
    expect(row.lastUsedIp).toBe('127.0.0.1')
    const page = await (await ada.get('/profile/tokens')).text()
    expect(page).toContain('127.0.0.1')
  })
})
