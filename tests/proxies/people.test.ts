import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startLatchkeyBehind, type LatchkeyBehind } from '../support/latchkey-behind'
import { valuesOf, type Arrived } from '../support/proxied-application'
import { CALLS, FRAMES, NAVIGATES, type ProxiedBrowser } from '../support/proxied-browser'
import { RUN_PROXIES } from '../support/proxies'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy'
import { until } from '../support/until'
import { PASSWORD } from '../support/visitor'

/** The real proxy in front of the real Latchkey, for people with browsers. */
describe.each(RUN_PROXIES)('behind %s', (proxy) => {
  let all: LatchkeyBehind
  let ada: Awaited<ReturnType<LatchkeyBehind['newPerson']>>
  let way: TcpProxy
  beforeAll(async () => {
    const before = async (port: number) => (way = await startTcpProxy(port)).port
    all = await startLatchkeyBehind(proxy, { before })
    ada = await all.newPerson('Ada Łovelace')
    await ada.open(all.wiki, '/')
  })
  beforeEach(() => {
    all.wikiApplication.arrived.length = all.filesApplication.arrived.length = 0
  })
  afterAll(async () => {
    await all.dispose()
    await way.close()
  })

  const usersOf = (arrived: readonly Arrived[]) =>
    arrived.flatMap(({ rawHeaders }) => valuesOf(rawHeaders, 'Remote-User'))
  const fromWiki = (more: Record<string, string> = {}) => ({ Origin: all.wiki, ...more })

  test('who opens a page without being signed in is sent to sign in, and comes to the very page', async () => {
    const path = '/notes/1?q=a%2Fb,c&empty=&h=%0A#'.slice(0, -1)
    const browser = all.newBrowser()
    const signIn = await browser.open(all.wiki, path)
    expect(all.wikiApplication.arrived).toEqual([])
    expect(signIn.way.map((url) => url.replace(/\?.*/, ''))).toEqual([
      `${all.wiki}/notes/1`,
      `${all.wiki}/.latchkey/start`,
      `${all.account}/open`,
      `${all.account}/login`,
    ])
    const redirectTo = new URL(signIn.url).searchParams.get('redirectTo')!
    const signedUp = await browser.person.post('/signup', {
      ...{ name: 'Grace', email: await all.newEmail(), password: PASSWORD },
      redirectTo,
    })
    const page = await browser.open(all.account, signedUp.headers.get('Location')!)
    expect([page.status, page.url]).toEqual([200, all.wiki + path])
    expect(all.wikiApplication.arrived).toMatchObject([{ method: 'GET', url: path }])
  })

  test.each([
    ['a call of a script', CALLS],
    ['a frame', FRAMES],
    ['a picture', { 'Sec-Fetch-Dest': 'image', Accept: 'image/*' }],
    ['a program', {}],
  ])('%s without a session gets 401, and is sent nowhere', async (_, headers) => {
    const answer = await all.newBrowser().ask(all.wiki, '/page', { headers })
    expect([answer.status, answer.headers.location]).toEqual([401, undefined])
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(all.wikiApplication.arrived).toEqual([])
  })

  test('a form without a session gets 401, and none of it gets through', async () => {
    const asked = { method: 'POST', body: 'a=b', headers: { ...NAVIGATES, ...fromWiki() } }
    expect((await all.newBrowser().ask(all.wiki, '/save', asked)).status).toBe(401)
    expect(all.wikiApplication.arrived).toEqual([])
  })

  test('the application is told who it is, in UTF-8, and nothing of a session', async () => {
    await ada.ask(all.wiki, '/', { headers: NAVIGATES })
    const [{ rawHeaders }] = all.wikiApplication.arrived as [Arrived]
    expect(valuesOf(rawHeaders, 'Remote-User')).toEqual([ada.username])
    const [name = ''] = valuesOf(rawHeaders, 'Remote-Name')
    expect(Buffer.from(name, 'latin1').toString()).toBe('Ada Łovelace')
    // Nobody has confirmed the address.
    expect(valuesOf(rawHeaders, 'Remote-Email').join('')).toBe('')
    expect(rawHeaders.join('\n')).not.toContain(ada.person.secret())
  })

  test('a form of 100 kB arrives whole', async () => {
    const asked = { method: 'POST', body: 'x'.repeat(100_000), headers: fromWiki() }
    expect((await ada.ask(all.wiki, '/save', asked)).status).toBe(200)
    expect(all.wikiApplication.arrived).toMatchObject([{ method: 'POST', bytes: 100_000 }])
    expect(usersOf(all.wikiApplication.arrived)).toEqual([ada.username])
  })

  test('a WebSocket and an event stream go through, as that person’s', async () => {
    const headers = { Cookie: ada.cookieHeader(all.wiki) }
    const socket = await all.client.openSocket(all.wiki, '/socket', headers)
    expect(socket.status).toBe(101)
    socket.send('hello')
    await until(() => socket.messages.includes('hello'))
    const stream = await all.client.openStream(all.wiki, '/events', { headers })
    await until(() => stream.received().includes(': open'))
    all.wikiApplication.emit('one')
    await until(() => stream.received().includes('data: one'))
    expect(usersOf(all.wikiApplication.arrived)).toEqual([ada.username, ada.username])
    socket.close()
    stream.close()
  })

  test('a WebSocket of nobody, or of another site’s page, is refused', async () => {
    const Cookie = ada.cookieHeader(all.wiki)
    expect((await all.client.openSocket(all.wiki, '/socket')).status).toBe(401)
    const foreign = { Cookie, Origin: all.neighbour }
    expect((await all.client.openSocket(all.wiki, '/socket', foreign)).status).toBe(403)
    expect(all.wikiApplication.arrived).toEqual([])
  })

  test('after a sign-out at Latchkey the next request is refused', async () => {
    const person = await all.newPerson()
    await person.open(all.wiki, '/')
    expect((await person.ask(all.wiki, '/', { headers: CALLS })).status).toBe(200)
    await person.person.submit('/logout')
    all.wikiApplication.arrived.length = 0
    expect((await person.ask(all.wiki, '/', { headers: CALLS })).status).toBe(401)
    expect((await person.open(all.wiki, '/')).url).toContain(`${all.account}/login`)
    expect(all.wikiApplication.arrived).toEqual([])
  })

  test('two people in one browser, one after the other, are not taken for each other', async () => {
    const browser = await all.newPerson()
    await browser.open(all.wiki, '/')
    await browser.person.submit('/logout')
    const second = await signUpIn(browser)
    await browser.open(all.wiki, '/')
    await browser.ask(all.wiki, '/save', { method: 'POST', headers: fromWiki() })
    expect(usersOf(all.wikiApplication.arrived)).toEqual([browser.username, second, second])
  })

  async function signUpIn({ person }: ProxiedBrowser): Promise<string> {
    const email = await all.newEmail()
    await person.signUp(email)
    const query = 'SELECT "username" FROM "User" WHERE "email" = ?'
    return (await all.latchkey.queryValue<string>(query, email))!
  }

  test('2,000 questions share few connections', async () => {
    const before = way.opened()
    const headers = { ...CALLS, Cookie: ada.cookieHeader(all.wiki) }
    const work = async () => {
      for (let count = 0; count < 125; count += 1) {
        expect((await all.client.ask(all.wiki, '/', { headers })).status).toBe(200)
      }
    }
    await Promise.all(Array.from({ length: 16 }, work))
    expect(all.wikiApplication.arrived).toHaveLength(2_000)
    expect(way.opened() - before).toBeLessThan(40)
  })

  test('a browser that keeps no cookies of the application ends at a sentence', async () => {
    const browser = withoutCookies(await all.newPerson(), () => true)
    const page = await browser.open(all.wiki, '/')
    expect([page.status, page.url.replace(/\?.*/, '')]).toEqual([
      400,
      `${all.wiki}/.latchkey/enter`,
    ])
    expect(page.text).toContain('This did not sign you in to Wiki')
  })

  test('one that keeps all but who it is goes round until it gives up, and then is told why', async () => {
    const browser = withoutCookies(await all.newPerson(), (name) => /latchkey-app/.test(name))
    for (const _ of [1, 2]) await expect(browser.open(all.wiki, '/')).rejects.toThrow('for ever')
    const page = await browser.open(all.wiki, '/')
    expect([page.status, page.url.replace(/\?.*/, '')]).toEqual([429, `${all.account}/open`])
    expect(page.text).toContain('keeps no cookies')
    expect(all.wikiApplication.arrived).toEqual([])
  })

  /** The same browser, which keeps those cookies of the wiki only that are not refused. */
  function withoutCookies(browser: ProxiedBrowser, isRefused: (name: string) => boolean) {
    const jar = browser.cookiesOf(all.wiki)
    const keep = jar.set.bind(jar)
    jar.set = (name, value) => (isRefused(name) ? jar : keep(name, value))
    return browser
  }
})
