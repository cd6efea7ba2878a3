import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAnswer, request, sendRaw, type Sent } from '../support/request'
import { startServer, type TestServer } from '../support/server'
import { PASSWORD } from '../support/visitor'

const ORIGIN = 'https://accounts.example.test'
const HOST = 'accounts.example.test'
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded', Origin: ORIGIN }
const person = new URLSearchParams({ name: 'Ada', email: 'ada@example.com', password: PASSWORD })

/** One of every kind of answer, told by status. */
const answers: [what: string, status: number, path: string, sent?: Sent][] = [
  ['a page', 200, '/login'],
  ["a page's data", 200, '/login.data'],
  ['a redirect', 302, '/profile'],
  ["a redirect of a page's data", 202, '/profile.data'],
  ['another name for this host', 421, '/login', { headers: { Host: 'localhost' } }],
  ['a static file', 200, '/favicon.svg'],
  ['the manifest', 200, '/site.webmanifest'],
  ['the health of the process', 200, '/healthz'],
  ['its readiness', 200, '/readyz'],
  ['a session check', 401, '/api/v1/session'],
  ['a target that does not decode', 400, '/%E0%A4%A'],
  ['a form of unknown meaning', 415, '/login', { method: 'POST', headers: { Origin: ORIGIN } }],
  ['a request of another site', 403, '/login', { method: 'POST' }],
  ['nothing there', 404, '/nowhere'],
  ['no data there', 404, '/nowhere.data'],
  ['nothing there, nor could there be', 404, `/${'a/'.repeat(7_000)}`],
  ['no data there, nor could there be', 404, `/${'a/'.repeat(7_000)}x.data`],
  ['a method that pages do not know', 405, '/login', { method: 'DELETE' }],
  ['a form where there is none', 405, '/profile/activity', { method: 'POST', headers: FORM }],
  ['a form where only redirects are', 405, '/', { method: 'POST', headers: FORM }],
  ['a visit where only forms are', 405, '/logout'],
  ['a form that is refused', 422, '/login', { method: 'POST', headers: FORM, body: 'email=x' }],
  [
    'a body that is too long',
    413,
    '/login',
    { method: 'POST', headers: FORM, body: Buffer.alloc(70_000, 'a') },
  ],
  ['a report', 204, '/csp-reports', { method: 'POST', body: '{}' }],
]

/** What is wrong already before there is a request object, sent as it is on the wire. */
const rawRequests: [what: string, status: number, text: string][] = [
  ['no HTTP at all', 400, 'hello\r\n\r\n'],
  ['no Host', 400, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
  [
    'two lengths',
    400,
    `POST /login HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
  ],
  [
    'a length and chunks',
    400,
    `POST /login HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'a target of asterisk form',
    400,
    `OPTIONS * HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`,
  ],
  [
    'a target of absolute form',
    400,
    `GET http://evil.example/ HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`,
  ],
  [
    'headers that are too long',
    431,
    `GET / HTTP/1.1\r\nHost: ${HOST}\r\nX-Long: ${'a'.repeat(66_000)}\r\n\r\n`,
  ],
  ['a socket that is not granted', 401, upgrade('/live', ORIGIN)],
  ['a socket from another site', 403, upgrade('/live', 'https://evil.example')],
  ['a socket elsewhere', 404, upgrade('/elsewhere', ORIGIN)],
]

function upgrade(path: string, origin: string) {
  return `GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\nOrigin: ${origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`
}

describe('on https', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ ORIGIN })
  })
  afterAll(() => server.dispose())

  it.each(answers)('%s (%i) has every security header', async (_, status, path, sent) => {
    const answer = await request(server, path, sent)
    expect(answer.status).toBe(status)
    expectSecure(answer)
    await expectContentType(answer)
  })

  it.each(rawRequests)('%s (%i) has every security header', async (_, status, text) => {
    const answer = parseAnswer(await sendRaw(server.port, text))
    expect(answer.status).toBe(status)
    expectSecure(answer)
  })

  it.each(['PUT', 'DELETE', 'PATCH', 'TRACE', 'OPTIONS', 'PROPFIND'])(
    '%s is refused everywhere',
    async (method) => {
      for (const path of ['/', '/login', '/profile', '/profile.data', '/healthz', '/favicon.svg']) {
        const answer = await request(server, path, { method })
        expect(answer.status).toBe(405)
        expect(answer.headers.get('Allow')).toBe('GET, HEAD, POST')
      }
    },
  )

  it.each([
    '/.git/config',
    '/package.json',
    '/.env',
    '/data/latchkey.db',
    '/../package.json',
    '/%2e%2e/package.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/assets/%2e%2e/%2e%2e/%2e%2e/package.json',
    '/..%5cpackage.json',
    '/login%00.html',
    '/app/root.tsx',
    '/server/index.js',
  ])('no file outside the build is served: %s', async (path) => {
    const answer = await request(server, path)
    expect([400, 404]).toContain(answer.status)
    expect(await answer.text()).not.toMatch(/"scripts"|repositoryformatversion|SQLite format/)
  })

  it('the nonce of a page is that of its scripts, and another one each time', async () => {
    const pages = await Promise.all(['/login', '/login', '/nowhere'].map(nonceOf))
    expect(new Set(pages).size).toBe(3)
  })

  async function nonceOf(path: string): Promise<string> {
    const answer = await request(server, path)
    const policy = answer.headers.get('Content-Security-Policy')!
    const nonce = /script-src 'nonce-([A-Za-z0-9+/=]{22,})' 'strict-dynamic'(;|$)/.exec(policy)?.[1]
    const tags = (await answer.text()).match(/<script\b[^>]*>/g) ?? []
    expect(policy).toContain("object-src 'none'")
    expect(tags.length).toBeGreaterThan(0)
    expect(tags.filter((tag) => !tag.includes(`nonce="${nonce}"`))).toEqual([])
    return nonce!
  }

  it('what carries its hash in its name is kept for good, and nothing else', async () => {
    const html = await (await request(server, '/login')).text()
    const asset = /"(\/assets\/[^"]+\.js)"/.exec(html)![1]!
    const script = await request(server, asset)
    expect(script.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable')
    expect(script.headers.get('Content-Type')).toMatch(/javascript; ?charset=utf-8/i)
    expectSecure(script)
    for (const path of [
      '/login',
      '/login.data',
      '/profile',
      '/nowhere',
      '/healthz',
      '/assets/x.js',
    ]) {
      expect((await request(server, path)).headers.get('Cache-Control')).toBe('no-store')
    }
  })

  it('every cookie is bound to this host and out of reach for scripts', async () => {
    const token = new URL(/https:\S+/.exec(server.output())![0]).search
    const link = (await request(server, `/setup${token}`)).headers.getSetCookie()
    const answer = await request(server, '/setup', {
      method: 'POST',
      headers: { ...FORM, Cookie: link[0]!.split(';')[0]! },
      body: person.toString(),
    })
    const check = (await request(server, '/login')).headers.getSetCookie()
    const cookies = [...link, ...check, ...answer.headers.getSetCookie()]
    // The link's is taken away again.
    expect(cookies).toHaveLength(5)
    for (const cookie of cookies) {
      expect(cookie).toMatch(/^__Host-latchkey(-setup|-cookies|-known)?=/)
      expect(cookie.split('; ')).toEqual(
        expect.arrayContaining(['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax']),
      )
      expect(cookie).not.toMatch(/domain/i)
      expect(cookie.length).toBeLessThan(4096)
    }
  })

  it('a visitor cannot say what host or scheme this is', async () => {
    const forged = {
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'http',
      Forwarded: 'host=evil.example;proto=http',
    }
    for (const path of ['/profile', '/login', '/login.data']) {
      const answer = await request(server, path, { headers: forged })
      const text = JSON.stringify([...answer.headers]) + (await answer.text())
      expect(text).not.toContain('evil.example')
      expect(answer.headers.get('Strict-Transport-Security')).not.toBeNull()
    }
  })
})

function expectSecure({ headers }: Response) {
  const policy = headers.get('Content-Security-Policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("base-uri 'none'")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toMatch(/unsafe|\*/)
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'strict-transport-security': 'max-age=63072000; includeSubDomains',
    'cache-control': expect.stringMatching(
      /^(no-store|public, max-age=\d+(, immutable)?)$/,
    ) as string,
  })
  for (const name of ['server', 'x-powered-by', 'via', 'access-control-allow-origin']) {
    expect(headers.has(name)).toBe(false)
  }
  expect(JSON.stringify([...headers])).not.toMatch(/node|remix[ /]?v?\d|v?\d+\.\d+\.\d+/i)
}

async function expectContentType(answer: Response) {
  const body = await answer.text()
  if (body !== '') expect(answer.headers.get('Content-Type')).toMatch(/; ?charset=utf-8$/i)
}
