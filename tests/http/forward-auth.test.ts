import { createPublicKey, randomUUID, verify, type JsonWebKey } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  createApplicationVisitor,
  NAVIGATION,
  type ApplicationVisitor,
} from '../support/application-visitor'
import { addApplication, letIn } from '../support/applications'
import { request, sendRaw } from '../support/request'
import { startOpenServer, type TestServer } from '../support/server'
import { createVisitor, type Visitor } from '../support/visitor'

let server: TestServer
let wiki: Awaited<ReturnType<typeof addApplication>>
let files: typeof wiki
const email = `ada-${randomUUID()}@example.com`
beforeAll(async () => {
  server = await startOpenServer()
  wiki = await addApplication(server, { name: 'Wiki' })
  files = await addApplication(server, { name: 'Files' })
  await server.query(
    `UPDATE "Application" SET "publicPaths" = ?, "moreOrigins" = ? WHERE "id" = ?`,
    ...['/health\n/assets/', 'https://other.example.org', wiki.id],
  )
  await createVisitor(server.origin).signUp(email, 'Ada Ørsted')
})
afterAll(() => server.dispose())

let ada: Visitor
let atWiki: ApplicationVisitor
beforeEach(async () => {
  ada = createVisitor(server.origin)
  await ada.signIn(email)
  atWiki = createApplicationVisitor(server, wiki, ada)
})

const IDENTITY = ['Remote-User', 'Remote-Name', 'Remote-Email', 'Remote-Groups']
const SCRIPT = { Accept: '*/*', 'Sec-Fetch-Dest': 'empty', 'Sec-Fetch-Mode': 'cors' }
const question = (
  headers: Record<string, string | string[]>,
  id = wiki.id,
  kind = 'auth-request',
) => request(server, `/api/v1/${kind}/${id}`, { headers })
const asked = (url: string, method = 'GET') => ({
  'X-Original-Method': method,
  'X-Original-URL': url,
})

describe('a question is refused', () => {
  test('about an application that nobody registered', async () => {
    const answer = await question({ ...asked(`${wiki.address}/`), ...NAVIGATION }, 'unknown')
    expect(answer.status).toBe(403)
  })

  test.each([
    ['another application’s host', 'https://files.example.org/'],
    ['another scheme', 'http://HOST/'],
    ['another port', 'https://HOST:8443/'],
    ['a host that only begins like it', 'https://HOST.evil.example/'],
    ['a host after a name', 'https://HOST@evil.example/'],
  ])('that names %s, also with a cookie', async (_, url) => {
    await atWiki.signIn()
    const named = url.replace('HOST', new URL(wiki.address).host)
    const answer = await question({ ...asked(named), Cookie: atWiki.cookieHeader() })
    expect([400, 403]).toContain(answer.status)
    expect(answer.headers.get('Remote-User')).toBeNull()
  })

  test('that names no host', async () => {
    expect((await question({ 'X-Original-Method': 'GET' })).status).toBe(403)
    expect((await question({ 'X-Forwarded-Host': 'x' }, wiki.id, 'forward-auth')).status).toBe(403)
  })

  test.each(['X-Original-URL', 'X-Original-Method'])('with %s twice', async (name) => {
    const headers = { ...asked(`${wiki.address}/`) }
    const twice = { ...headers, [name]: [headers[name as keyof typeof headers], 'x'] }
    expect((await question(twice)).status).toBe(400)
  })

  test.each(['X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Forwarded-Method', 'X-Forwarded-Uri'])(
    'with %s twice, when Caddy asks',
    async (name) => {
      const { host } = new URL(wiki.address)
      const headers: Record<string, string> = {
        'X-Forwarded-Host': host,
        'X-Forwarded-Proto': 'https',
        'X-Forwarded-Method': 'GET',
        'X-Forwarded-Uri': '/',
      }
      const twice = { ...headers, [name]: [headers[name]!, headers[name]!] }
      expect((await question(twice, wiki.id, 'forward-auth')).status).toBe(400)
    },
  )

  test('with a list of hosts, while a comma in the path is ordinary', async () => {
    const { host } = new URL(wiki.address)
    const headers = (of: string) => ({
      'X-Forwarded-Host': of,
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Uri': '/a,b?c=d,e',
      ...SCRIPT,
    })
    const kind = 'forward-auth'
    expect((await question(headers(`${host}, ${host}`), wiki.id, kind)).status).toBe(400)
    expect((await question(headers(host), wiki.id, kind)).status).toBe(401)
  })

  test('with the cookie of another application, and with that of the account site', async () => {
    const atFiles = createApplicationVisitor(server, files, ada)
    await atFiles.signIn()
    expect(
      (await atWiki.ask('/', { headers: { ...SCRIPT, Cookie: atFiles.cookieHeader() } })).status,
    ).toBe(401)
    expect(
      (await atWiki.ask('/', { headers: { ...SCRIPT, Cookie: ada.cookieHeader() } })).status,
    ).toBe(401)
  })

  test('with a cookie that comes twice', async () => {
    await atWiki.signIn()
    const cookie = atWiki.cookieHeader()
    const answer = await atWiki.ask('/', { headers: { ...SCRIPT, Cookie: `${cookie}; ${cookie}` } })
    expect(answer.status).toBe(401)
  })

  test('from the moment that the session has ended', async () => {
    await atWiki.signIn()
    expect((await atWiki.ask()).status).toBe(200)
    await ada.submit('/logout')
    expect((await atWiki.ask()).status).toBe(401)
  })

  test('of a person of another group, from the moment that they are out of it', async () => {
    const closed = await addApplication(server, { name: 'Closed', forEverybody: false })
    const { user } = await ada.identity()
    await letIn(server, user.id, closed)
    const atClosed = createApplicationVisitor(server, closed, ada)
    await atClosed.signIn()
    expect((await atClosed.ask()).status).toBe(200)
    await server.query('DELETE FROM "GroupMember" WHERE "userId" = ?', user.id)
    // As soon as the server knows of what somebody typed into the database.
    await expect.poll(async () => (await atClosed.ask()).status).toBe(403)
    const page = await atClosed.askForward()
    expect(page.status).toBe(403)
    expect(await page.text()).toContain('You may not use Closed')
  })

  test.each([
    ['a form from a neighbour', 'POST', { Origin: 'https://evil.example.org' }],
    ['a form that does not say from where', 'POST', {}],
    ['a form of a page without origin', 'DELETE', { Origin: 'null' }],
    [
      'a WebSocket of a neighbour',
      'GET',
      { Origin: 'https://evil.example.org', 'Sec-WebSocket-Key': 'x' },
    ],
    ['a request whose method is not said', '', {}],
  ])('when it is about %s', async (_, method, headers) => {
    await atWiki.signIn()
    const answer = await atWiki.ask('/', {
      method,
      headers: { ...SCRIPT, ...headers },
    })
    expect([400, 403]).toContain(answer.status)
  })
})

describe('a request that changes something goes on', () => {
  test.each([
    ['from the application’s own pages', () => ({ Origin: wiki.address })],
    [
      'from a page that the browser calls its own',
      () => ({ Origin: 'null', 'Sec-Fetch-Site': 'same-origin' }),
    ],
    ['from an origin that was added', () => ({ Origin: 'https://other.example.org' })],
  ])('%s', async (_, headers) => {
    await atWiki.signIn()
    expect(
      (
        await atWiki.ask('/', {
          method: 'POST',
          headers: { ...SCRIPT, ...headers() },
        })
      ).status,
    ).toBe(200)
  })
})

describe('who is not signed in', () => {
  test('is sent to sign in when they open a page, by either proxy', async () => {
    const to = `${wiki.address}/.latchkey/start?to=%2Fnotes%3Fq%3D1`
    const forNginx = await atWiki.ask('/notes?q=1')
    expect(forNginx.status).toBe(401)
    expect(forNginx.headers.get('X-Latchkey-Location')).toBe(to)
    expect(forNginx.headers.get('Content-Length')).toBe('0')
    const forCaddy = await atWiki.askForward('/notes?q=1')
    expect(forCaddy.status).toBe(302)
    expect(forCaddy.headers.get('Location')).toBe(to)
    expect(forCaddy.headers.get('Strict-Transport-Security')).toBeNull()
  })

  test.each([
    ['a script', 'GET', SCRIPT],
    ['a frame', 'GET', { ...NAVIGATION, 'Sec-Fetch-Dest': 'iframe' }],
    ['a form', 'POST', NAVIGATION],
    ['a program', 'GET', { Accept: 'application/json' }],
  ])('is refused and not redirected: %s', async (_, method, headers) => {
    const forNginx = await atWiki.ask('/', { method, headers })
    expect(forNginx.status).toBe(401)
    expect(forNginx.headers.get('X-Latchkey-Location')).toBe('')
    expect((await atWiki.askForward('/', { method, headers })).status).toBe(401)
  })

  test.each(['/health', '/health?x=1', '/assets/', '/assets/a/b.css'])(
    'is let through as nobody at the public path %s',
    async (path) => {
      const answer = await atWiki.ask(path, { headers: SCRIPT })
      expect(answer.status).toBe(200)
      for (const name of IDENTITY) expect(answer.headers.get(name)).toBe('')
    },
  )

  test.each([
    ...['/health/', '/healthy', '/Health', '/assets', '/assetsx', '/x/health'],
    ...['/assets/../admin', '/assets/./x', '/assets/..', '/assets//x', '/assets/%2e%2e/admin'],
    ...['/assets/a;b', '/assets/a\\b', '/assets/a%2fb', '/assets/#x', '/assets/é'],
  ])('is refused at %s, which is not public', async (path) => {
    const encoded = Buffer.from(path).toString('latin1')
    const answer = await atWiki.ask(encoded, { headers: SCRIPT })
    expect([400, 401]).toContain(answer.status)
  })
})

describe('an allowed request', () => {
  test('is answered with who it is, every header set, as bytes of UTF-8, and without a body', async () => {
    await atWiki.signIn()
    const raw = await sendRaw(
      server.port,
      `GET /api/v1/auth-request/${wiki.id} HTTP/1.1\r\nHost: x\r\nX-Original-Method: GET\r\n` +
        `X-Original-URL: ${wiki.address}/\r\nCookie: ${atWiki.cookieHeader()}\r\nConnection: close\r\n\r\n`,
    )
    const text = Buffer.from(raw, 'latin1').toString()
    expect(text).toMatch(/^HTTP\/1.1 200 OK\r\n/)
    expect(text).toContain('Remote-Name: Ada Ørsted\r\n')
    // Nobody but the person said so.
    expect(text).toContain('Remote-Email: \r\n')
    expect(text).toContain('Remote-Groups: \r\n')
    expect(text).toContain('X-Latchkey-Assertion: \r\n')
    expect(text).toContain('Content-Length: 0\r\n')
    expect(text.endsWith('\r\n\r\n')).toBe(true)
  })

  test('says an address that an administrator entered, and the groups by name', async () => {
    await server.query(
      'UPDATE "User" SET "emailConfirmedAt" = ? WHERE "email" = ?',
      new Date(),
      email,
    )
    await atWiki.signIn()
    await expect.poll(async () => (await atWiki.ask()).headers.get('Remote-Email')).toBe(email)
  })

  test('about a WebSocket is answered as a question, whatever it asks to be upgraded to', async () => {
    await atWiki.signIn()
    const headers = {
      ...asked(`${wiki.address}/socket`),
      Cookie: atWiki.cookieHeader(),
      Connection: 'Upgrade',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version': '13',
      Origin: wiki.address,
    }
    for (const Upgrade of ['websocket', 'h2c', 'x']) {
      const answer = await question({ ...headers, Upgrade })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('Remote-Name')).toBeTruthy()
    }
  })

  test('carries a signed assertion where the application wants one, for it and for a minute', async () => {
    await server.query('UPDATE "Application" SET "assertion" = TRUE WHERE "id" = ?', files.id)
    const atFiles = createApplicationVisitor(server, files, ada)
    await atFiles.signIn()
    const text = await expect
      .poll(async () => (await atFiles.ask()).headers.get('X-Latchkey-Assertion'))
      .not.toBe('')
      .then(async () => (await atFiles.ask()).headers.get('X-Latchkey-Assertion')!)
    const [head = '', body = '', signature = ''] = text.split('.')
    const { keys } = (await (await fetch(`${server.origin}/.well-known/jwks.json`)).json()) as {
      keys: [JsonWebKey]
    }
    expect(keys[0]).not.toHaveProperty('d')
    const key = createPublicKey({ key: keys[0], format: 'jwk' })
    const isSigned = verify(
      'sha256',
      Buffer.from(`${head}.${body}`),
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    )
    expect(isSigned).toBe(true)
    expect(decoded(head)).toMatchObject({ alg: 'ES256', typ: 'latchkey-assertion+jwt' })
    const claims = decoded(body) as { iat: number; exp: number }
    expect(claims).toMatchObject({ iss: server.origin, aud: files.address, name: 'Ada Ørsted' })
    expect(claims.exp - claims.iat).toBe(60)
  })
})

const decoded = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())

describe('a token for one application', () => {
  test('opens that, as bearer or as a password, and neither another nor Latchkey’s API', async () => {
    const text = await makeToken({ application: wiki.id })
    const basic = Buffer.from(`ada:${text}`).toString('base64')
    for (const Authorization of [`Bearer ${text}`, `Basic ${basic}`]) {
      const answer = await atWiki.ask('/', { headers: { Authorization } })
      expect(answer.status).toBe(200)
      const bytes = Buffer.from(answer.headers.get('Remote-Name')!, 'latin1')
      expect(bytes.toString()).toBe('Ada Ørsted')
    }
    const atFiles = createApplicationVisitor(server, files)
    const Authorization = `Bearer ${text}`
    expect((await atFiles.ask('/', { headers: { Authorization } })).status).toBe(401)
    const api = await fetch(`${server.origin}/api/v1/session`, { headers: { Authorization } })
    expect(api.status).toBe(401)
  })

  test('is the only thing that counts: one that is invalid is refused beside a good cookie', async () => {
    await atWiki.signIn()
    const text = await makeToken({ application: wiki.id })
    await server.query('DELETE FROM "ApiToken" WHERE "applicationId" = ?', wiki.id)
    const headers = { ...NAVIGATION, Authorization: `Bearer ${text}` }
    expect((await atWiki.ask('/', { headers })).status).toBe(401)
    const api = await makeToken({ scope: 'profile:read' })
    expect((await atWiki.ask('/', { headers: { Authorization: `Bearer ${api}` } })).status).toBe(
      401,
    )
  })

  test('that is somebody else’s is the application’s business', async () => {
    await atWiki.signIn()
    const headers = { ...SCRIPT, Authorization: 'Bearer of-the-application' }
    expect((await atWiki.ask('/', { headers })).status).toBe(200)
  })

  async function makeToken(fields: Record<string, string>): Promise<string> {
    const answer = await ada.submit('/profile/tokens', {
      intent: 'create-token',
      name: randomUUID(),
      lifetime: '7',
      ...fields,
    })
    const html = await answer.text()
    return /lka?_[\w-]{50}/.exec(html)![0]
  }
})
