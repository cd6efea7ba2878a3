import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startLatchkeyBehind, type LatchkeyBehind } from '../support/latchkey-behind'
import { namesOf, valuesOf, type Arrived } from '../support/proxied-application'
import { CALLS, NAVIGATES } from '../support/proxied-browser'
import { RUN_PROXIES } from '../support/proxies'

type Headers = Record<string, string | string[]>

/** What somebody may say about themselves, or about where they are. */
const LIES: Record<string, Headers> = {
  'the names of identities': {
    'Remote-User': 'root',
    'Remote-Name': 'Root',
    'Remote-Email': 'root@example.org',
    'Remote-Groups': 'wheel',
    'X-Latchkey-Assertion': 'root',
  },
  'the same twice': { 'Remote-User': ['root', 'root'], 'remote-groups': ['root', 'wheel'] },
  'names that become the same where - is _': { Remote_User: 'root', REMOTE_GROUPS: 'wheel' },
  'names with dots': { 'Remote.User': 'root', 'Remote.Groups': 'wheel' },
  'names of other products': { 'X-Forwarded-User': 'root', 'X-WebAuth-User': 'root' },
  'another place, by Forwarded': {
    'X-Forwarded-Host': 'root.example.org',
    'X-Forwarded-Uri': '/hooks/root',
    'X-Forwarded-Proto': 'http',
    'X-Forwarded-Method': 'OPTIONS',
    'X-Forwarded-For': '203.0.113.9',
  },
  'another place, by Original': {
    'X-Original-URL': 'https://wiki.example.org/hooks/root',
    'X-Original-Method': 'OPTIONS',
    'X-Rewrite-URL': '/hooks/root',
  },
  'that place twice': {
    'X-Forwarded-Uri': ['/hooks/root', '/hooks/root'],
    'X-Original-URL': ['/hooks/root', '/hooks/root'],
  },
  'that headers are for this connection alone': {
    Connection: 'close, Remote-User, Remote-Groups, Cookie, X-Forwarded-Uri, X-Original-URL',
    'Remote-User': 'root',
  },
  'that it speaks HTTP/2 from here': {
    Connection: 'Upgrade, HTTP2-Settings',
    Upgrade: 'h2c',
    'HTTP2-Settings': 'AAMAAABkAAQAAP__',
    'Remote-User': 'root',
  },
  'a WebSocket that is none': {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Remote-User': 'root',
  },
}

/** What one server may take for a public path, or for Latchkey's own, and another for something else. */
const ODD_PATHS = [
  '/hooks',
  '/hooks/../root',
  '/hooks/./root',
  '/hooks/%2e%2e/root',
  '/hooks/..%2froot',
  '/hooks/..;/root',
  '/hooks/\\..\\root',
  '/hooks//root',
  '/hooks/%00',
  '/HOOKS/root',
  '//hooks/root',
  '/x/../hooks/root',
  '/health/',
  '/health/root',
  '/health%2froot',
  '/health;root',
  '/root?/hooks/',
  '/root,/hooks/',
  '/.latchkey/../root',
  '/.latchkey/%2e%2e/root',
  '/.latchkey%2f..%2froot',
  '/.latchkey/..;/root',
  '/.Latchkey/root',
  '//.latchkey/root',
  '/x/../.latchkey/root',
  '/.latchkey/question',
  '/.latchkey/question/root',
  '/.latchkey/refused/root',
]

describe.each(RUN_PROXIES)('behind %s', (proxy) => {
  let all: LatchkeyBehind
  let ada: Awaited<ReturnType<LatchkeyBehind['newPerson']>>
  beforeAll(async () => {
    all = await startLatchkeyBehind(proxy)
    ada = await all.newPerson('Ada')
    await ada.open(all.wiki, '/')
  })
  beforeEach(() => {
    all.wikiApplication.arrived.length = all.filesApplication.arrived.length = 0
  })
  afterAll(() => all.dispose())

  const arrived = () => [...all.wikiApplication.arrived, ...all.filesApplication.arrived]
  /** What it was told of who that is, and nothing beside it. */
  function expectOnly(username: string, { rawHeaders }: Arrived) {
    expect(valuesOf(rawHeaders, 'Remote-User').join()).toBe(username)
    const identities = namesOf(rawHeaders).filter((name) => /^remote|latchkey/i.test(name))
    for (const name of identities)
      expect(name).toMatch(/^(remote-(user|name|email|groups)|x-latchkey-assertion)$/i)
    const told = rawHeaders.filter((_, index) => index % 2 === 1).join('\n')
    expect(told).not.toMatch(/\b(root|wheel)\b/i)
  }

  describe.each(Object.entries(LIES))('whoever claims %s', (_, headers) => {
    test('and is not signed in, is not let in', async () => {
      const answer = await all
        .newBrowser()
        .ask(all.wiki, '/page', { headers: { ...CALLS, ...headers } })
      expect(answer.status).toBe(401)
      expect(arrived()).toEqual([])
    })

    test('and may not use the application, is not let in', async () => {
      await ada.open(all.files, '/')
      const answer = await ada.ask(all.files, '/page', { headers: { ...CALLS, ...headers } })
      expect([401, 403]).toContain(answer.status)
      expect(arrived()).toEqual([])
    })

    test('is told of as nobody on a public path', async () => {
      const answer = await all
        .newBrowser()
        .ask(all.wiki, '/hooks/x', { headers: { ...CALLS, ...headers } })
      if (answer.status === 200) expectOnly('', arrived()[0]!)
      else expect(arrived()).toEqual([])
    })

    test('is told of as who they are', async () => {
      const answer = await ada.ask(all.wiki, '/page', { headers: { ...NAVIGATES, ...headers } })
      for (const one of arrived()) expectOnly(ada.username, one)
      expect([200, 400, 401, 403]).toContain(answer.status)
      if (!JSON.stringify(headers).includes('Upgrade')) expect(arrived()).toHaveLength(1)
    })
  })

  test.each(ODD_PATHS)('nobody is let in by %s', async (path) => {
    const headers = { ...CALLS, 'Remote-User': 'root' }
    const answer = await all.newBrowser().ask(all.wiki, path, { headers })
    expect(answer.status).toBeGreaterThanOrEqual(300)
    expect(arrived()).toEqual([])
  })

  test.each(ODD_PATHS)('nobody is taken for somebody else by %s', async (path) => {
    await ada.ask(all.wiki, path, { headers: { ...NAVIGATES, 'Remote-User': 'root' } })
    for (const one of arrived()) expectOnly(ada.username, one)
  })

  test.each(['/a,b/c,d?e=f,g', '/a%2Cb', '/,', '/?,'])(
    'a comma in %s is a character',
    async (path) => {
      expect((await ada.ask(all.wiki, path, { headers: NAVIGATES })).status).toBe(200)
      expect(arrived().map(({ url }) => url)).toEqual([path])
    },
  )

  test('a public path is open, to nobody as nobody, and to somebody as themselves', async () => {
    for (const path of ['/health', '/health?full=1,2', '/hooks/a/b,c']) {
      expect((await all.newBrowser().ask(all.wiki, path, { method: 'POST' })).status).toBe(200)
      expectOnly('', arrived().at(-1)!)
      await ada.ask(all.wiki, path)
      expectOnly(ada.username, arrived().at(-1)!)
    }
  })

  test.each([
    ['of many', Array.from({ length: 9 }, (_, index) => `c${index}=${'x'.repeat(2000)}`)],
    ['of a few', Array.from({ length: 5 }, (_, index) => `c${index}=${'x'.repeat(3600)}`)],
  ])('18 kB of cookies, %s, are no reason to refuse anybody', async (_, cookies) => {
    const mine = ada.cookieHeader(all.wiki)
    const Cookie = [...cookies.slice(0, -1), mine, cookies.at(-1)!].join('; ')
    expect(Cookie.length).toBeGreaterThan(18_000)
    for (const path of ['/page', '/.latchkey/start']) {
      const answer = await all.client.ask(all.wiki, path, { headers: { ...NAVIGATES, Cookie } })
      expect([path, answer.status]).toEqual([path, path === '/page' ? 200 : 303])
    }
    expectOnly(ada.username, arrived()[0]!)
    const others = { ...NAVIGATES, Cookie: cookies.join('; ') }
    const answer = await all.client.ask(all.wiki, '/page', { headers: others })
    expect(answer.headers.location).toContain('/.latchkey/start?')
    expect(arrived()).toHaveLength(1)
  })

  test('the account site’s cookie opens no application', async () => {
    const Cookie = ada.cookieHeader(all.account)
    const asWiki = Cookie.replace(/__Host-latchkey-\w+/, [...ada.cookiesOf(all.wiki).keys()][0]!)
    for (const cookie of [Cookie, asWiki, `__Host-latchkey-app=${ada.person.secret()}`]) {
      const headers = { ...CALLS, Cookie: cookie }
      expect((await all.client.ask(all.wiki, '/page', { headers })).status).toBe(401)
    }
    expect(arrived()).toEqual([])
  })
})
