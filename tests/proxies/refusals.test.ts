import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { letIn } from '../support/applications'
import { startLatchkeyBehind, type LatchkeyBehind } from '../support/latchkey-behind'
import { valuesOf } from '../support/proxied-application'
import { CALLS, NAVIGATES } from '../support/proxied-browser'
import { RUN_PROXIES } from '../support/proxies'

/** What opens one place, at another. */
describe.each(RUN_PROXIES)('behind %s', (proxy) => {
  let all: LatchkeyBehind
  let ada: Awaited<ReturnType<LatchkeyBehind['newPerson']>>
  beforeAll(async () => {
    all = await startLatchkeyBehind(proxy)
    ada = await all.newPerson('Ada')
    await letIn(all.latchkey, ada.id, { id: 'files' })
    await ada.open(all.wiki, '/')
  })
  beforeEach(() => {
    all.wikiApplication.arrived.length = all.filesApplication.arrived.length = 0
  })
  afterAll(() => all.dispose())

  const arrived = () => [...all.wikiApplication.arrived, ...all.filesApplication.arrived]
  const users = () => arrived().flatMap(({ rawHeaders }) => valuesOf(rawHeaders, 'Remote-User'))
  const call = async (origin: string, headers: Record<string, string>) =>
    (await all.client.ask(origin, '/page', { headers: { ...CALLS, ...headers } })).status
  const isSignedIn = async (headers: Record<string, string>) =>
    (await all.client.ask(all.account, '/api/v1/session', { headers })).status === 200

  const basic = (name: string, password: string) =>
    `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
  const ways = (token: string) => [
    `Bearer ${token}`,
    basic('ada', token),
    basic(token, ''),
    basic('', token),
  ]

  async function createToken(fields: Record<string, string>) {
    const about = { intent: 'create-token', name: 'git', lifetime: '7', ...fields }
    const html = await (await ada.person.submit('/profile/tokens', about)).text()
    return /lka?_[\w-]{50}/.exec(html)![0]
  }

  test('an application’s cookie opens nothing at Latchkey', async () => {
    const [[name, secret] = ['', '']] = [...ada.cookiesOf(all.wiki)]
    const [own = ''] = [...ada.cookiesOf(all.account).keys()].filter((key) => /session/.test(key))
    for (const as of [name, own, 'latchkey']) {
      expect(await isSignedIn({ Cookie: `${as}=${secret}` })).toBe(false)
    }
    expect(await isSignedIn({ Authorization: `Bearer ${secret}` })).toBe(false)
    expect(await isSignedIn({ Cookie: ada.cookieHeader(all.account) })).toBe(true)
  })

  test('an application’s cookie opens no other application', async () => {
    expect(await call(all.files, { Cookie: ada.cookieHeader(all.wiki) })).toBe(401)
    expect(arrived()).toEqual([])
    expect(await call(all.wiki, { Cookie: ada.cookieHeader(all.wiki) })).toBe(200)
  })

  test('an application’s cookie that comes twice counts as none', async () => {
    const cookie = ada.cookieHeader(all.wiki)
    expect(await call(all.wiki, { Cookie: `${cookie}; ${cookie}` })).toBe(401)
    expect(arrived()).toEqual([])
  })

  test('a token for the API opens no application, not even beside a cookie that would', async () => {
    const token = await createToken({ scope: 'profile:read' })
    expect(await isSignedIn({ Authorization: `Bearer ${token}` })).toBe(true)
    for (const Authorization of ways(token)) {
      expect(await call(all.wiki, { Authorization })).toBe(401)
      if (!Authorization.startsWith('Basic') || Authorization === basic('ada', token)) {
        expect(await call(all.wiki, { Authorization, Cookie: ada.cookieHeader(all.wiki) })).toBe(
          401,
        )
      }
    }
    expect(arrived()).toEqual([])
  })

  test('a token for one application opens neither the API nor another application', async () => {
    const token = await createToken({ application: 'wiki' })
    for (const Authorization of ways(token)) {
      expect(await isSignedIn({ Authorization })).toBe(false)
      expect(await call(all.files, { Authorization })).toBe(401)
    }
    expect(arrived()).toEqual([])
    for (const Authorization of ways(token).slice(0, 2)) {
      expect(await call(all.wiki, { Authorization })).toBe(200)
    }
    expect(users()).toEqual([ada.username, ada.username])
  })

  test('a program is asked for a password, and a wrong one of ours is refused', async () => {
    const answer = await all.client.ask(all.wiki, '/repo.git/info/refs')
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([
      401,
      'Basic realm="Wiki", charset="UTF-8"',
    ])
    const wrong = `lka_${'x'.repeat(50)}`
    for (const Authorization of ways(wrong))
      expect(await call(all.wiki, { Authorization })).toBe(401)
    expect(arrived()).toEqual([])
  })

  test('a person of another group gets a page that says so, and their forms are refused', async () => {
    const bob = await all.newPerson('Bob')
    const page = await bob.open(all.files, '/')
    expect(page.status).toBe(403)
    expect(page.text).toContain('You may not use Files')
    expect(await call(all.files, { Cookie: bob.cookieHeader(all.files) })).toBe(401)
    expect(arrived()).toEqual([])
  })

  test('a person who was moved out of the group a moment ago is refused from the next request on', async () => {
    const bob = await all.newPerson('Bob')
    const move = (intent: string) =>
      all.admin.confirm('/admin/groups/files', { intent, userId: bob.id })
    await move('add-members')
    expect((await bob.open(all.files, '/')).status).toBe(200)
    const Cookie = bob.cookieHeader(all.files)
    expect(await call(all.files, { Cookie })).toBe(200)
    await move('remove-members')
    all.filesApplication.arrived.length = 0
    expect([401, 403]).toContain(await call(all.files, { Cookie }))
    expect((await bob.open(all.files, '/')).status).toBe(403)
    // What was ended stays so.
    await move('add-members')
    expect(await call(all.files, { Cookie })).toBe(401)
    expect(arrived()).toEqual([])
  })

  test('a person who came in and then lost the application is shown the page for them', async () => {
    const carl = await all.newPerson('Carl')
    await letIn(all.latchkey, carl.id, { id: 'files' })
    await carl.open(all.files, '/')
    all.filesApplication.arrived.length = 0
    // As by hand in the database, with a sign-in left behind.
    await all.latchkey.query('DELETE FROM "GroupMember" WHERE "userId" = ?', carl.id)
    await all.admin.confirm(`/admin/users/${carl.id}`, {
      ...{ intent: 'edit', name: 'Carla', email: await all.newEmail(), role: 'user' },
    })
    const page = await carl.ask(all.files, '/page', { headers: NAVIGATES })
    expect([page.status, page.headers.location]).toEqual([403, undefined])
    expect(page.text).toContain('You may not use Files')
    expect(page.text).toContain('Carla')
    const form = { method: 'POST', body: 'a=b', headers: { ...NAVIGATES, Origin: all.files } }
    expect((await carl.ask(all.files, '/save', form)).status).toBe(403)
    expect(arrived()).toEqual([])
  })

  test('a page of another site sends nothing that changes something, though the cookie comes along', async () => {
    const Cookie = ada.cookieHeader(all.wiki)
    const send = async (headers: Record<string, string>) =>
      (
        await all.client.ask(all.wiki, '/save', {
          ...{ method: 'POST', body: 'a=b' },
          headers: { ...NAVIGATES, Cookie, ...headers },
        })
      ).status
    for (const Origin of [
      all.neighbour,
      all.account,
      all.files,
      'null',
      `${all.wiki}.evil.example`,
    ]) {
      expect([Origin, await send({ Origin, 'Sec-Fetch-Site': 'same-site' })]).toEqual([Origin, 403])
    }
    expect(await send({ 'Sec-Fetch-Site': 'cross-site' })).toBe(403)
    expect(arrived()).toEqual([])
    expect(await send({ Origin: all.wiki })).toBe(200)
    expect(await send({ Origin: all.friend, 'Sec-Fetch-Site': 'same-site' })).toBe(200)
    expect(arrived().map(({ bytes }) => bytes)).toEqual([3, 3])
  })

  test('a link from another site opens the page that it leads to', async () => {
    const headers = {
      ...NAVIGATES,
      'Sec-Fetch-Site': 'cross-site',
      Cookie: ada.cookieHeader(all.wiki),
    }
    expect((await all.client.ask(all.wiki, '/page', { headers })).status).toBe(200)
  })
})
