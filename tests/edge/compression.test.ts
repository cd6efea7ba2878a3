import { brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAdministration, type Someone } from '../support/administration'
import { formTokenIn } from '../support/form-token'
import { request, type Sent } from '../support/request'
import { startServer, type TestServer } from '../support/server'

const WHOLE = { 'Accept-Encoding': 'identity' }
/** As browsers ask from a page of ours. */
const FROM_OUR_PAGE = {
  'Accept-Encoding': 'gzip, deflate, br, zstd',
  'Sec-Fetch-Site': 'same-origin',
}
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }

let server: TestServer
let admin: Someone
let ada: Someone
let token: string
beforeAll(async () => {
  server = await startServer()
  const administration = createAdministration(server)
  admin = await administration.setUp()
  ada = await administration.invite(admin)
  token = await administration.createToken(admin, ['users:write'])
})
afterAll(() => server.dispose())

const ask = (path: string, headers: Record<string, string>, sent: Sent = {}) =>
  request(server, path, { ...sent, headers: { Cookie: admin.cookieHeader(), ...headers } })

async function textOf(answer: Response): Promise<string> {
  const body = Buffer.from(await answer.arrayBuffer())
  return (answer.headers.has('Content-Encoding') ? brotliDecompressSync(body) : body).toString()
}

test.each(['/profile', '/profile/activity', '/admin/users', '/admin/audit', '/no/such/page'])(
  '%s is sent in less than half its length',
  async (path) => {
    const whole = await (await ask(path, WHOLE)).text()
    const compressed = await ask(path, FROM_OUR_PAGE)
    expect(compressed.headers.get('Content-Encoding')).toBe('br')
    expect(compressed.headers.get('Vary')).toBe('Accept-Encoding')
    expect(compressed.headers.get('Content-Length')).toBeNull()
    const body = Buffer.from(await compressed.arrayBuffer())
    expect(body.length).toBeLessThan(whole.length / 2)
    expect(brotliDecompressSync(body).toString().length).toBeCloseTo(whole.length, -2)
  },
)

test("a page's data, and what programs are told, are compressed as well", async () => {
  const data = await ask('/profile.data', FROM_OUR_PAGE)
  expect(data.headers.get('Content-Encoding')).toBe('br')
  expect(await textOf(data)).toContain('Grace Hopper')
  const headers = { 'Accept-Encoding': 'br', Authorization: `Bearer ${token}` }
  const told = await request(server, `/api/v1/users/${ada.id}`, { headers })
  expect(told.headers.get('Content-Encoding')).toBe('br')
  expect(JSON.parse(await textOf(told))).toEqual({ error: 'method-not-allowed' })
})

test('a HEAD brings the head of the page and no body', async () => {
  const answer = await ask('/profile', FROM_OUR_PAGE, { method: 'HEAD' })
  expect([answer.status, await answer.text()]).toEqual([200, ''])
  expect(answer.headers.get('Vary')).toBe('Accept-Encoding')
})

test.each(['/healthz', '/readyz', '/api/v1/session', '/api/v1/session?check', '/'])(
  '%s is short, and sent as it is',
  async (path) => {
    const answer = await ask(path, FROM_OUR_PAGE)
    expect(answer.headers.get('Content-Encoding')).toBeNull()
  },
)

describe('no length tells what a page holds (BREACH):', () => {
  test.each(['cross-site', 'same-site', undefined])(
    'what a browser asks for with its cookies because of another site (%s) is not compressed',
    async (site) => {
      for (const path of ['/profile?a=guess', '/admin/users?q=guess', '/profile.data?a=guess']) {
        const headers = { 'Accept-Encoding': 'br', ...(site && { 'Sec-Fetch-Site': site }) }
        const answer = await ask(path, headers)
        expect(answer.status).toBe(200)
        expect(answer.headers.get('Content-Encoding')).toBeNull()
      }
    },
  )

  test('the form token has nothing in common with that of the page before', async () => {
    const tokens = await Promise.all(
      Array.from({ length: 20 }, async () =>
        formTokenIn(await textOf(await ask('/profile', FROM_OUR_PAGE))),
      ),
    )
    for (const part of [0, 1]) {
      const beginnings = tokens.map((formToken) => formToken.split('.')[part]!.slice(0, 8))
      expect(new Set(beginnings).size).toBe(tokens.length)
    }
  })

  const secrets: [what: string, secret: RegExp, path: () => string, fields: () => Fields][] = [
    [
      'a new API token',
      /lk_[\w-]{50}/,
      () => '/profile/tokens',
      () => ({ intent: 'create-token', name: 'lk_', scope: 'profile:read', lifetime: '7' }),
    ],
    [
      "a new person's password link",
      /\/password-link\?token=[\w-]{40}/,
      () => '/admin/users/new',
      () => ({ name: 'Alan', email: `${crypto.randomUUID()}@example.com`, role: 'user' }),
    ],
    [
      'another password link',
      /\/password-link\?token=[\w-]{40}/,
      () => `/admin/users/${ada.id}`,
      () => ({ intent: 'password-link', confirmed: 'yes' }),
    ],
  ]
  test.each(secrets)('%s is shown without compression', async (_, secret, pathOf, fieldsOf) => {
    for (const path of [pathOf(), `${pathOf()}.data`]) {
      const body = new URLSearchParams({ formToken: await admin.formToken(), ...fieldsOf() })
      const headers = { ...FROM_OUR_PAGE, ...FORM, Origin: server.origin }
      const answer = await ask(path, headers, { method: 'POST', body: body.toString() })
      expect(answer.headers.get('Content-Encoding')).toBeNull()
      expect(answer.headers.get('Cache-Control')).toBe('no-store, no-transform')
      expect(await answer.text()).toMatch(secret)
      // The page itself holds the secret no more.
      const after = await ask(path, FROM_OUR_PAGE)
      expect(after.headers.get('Content-Encoding')).toBe('br')
      expect(await textOf(after)).not.toMatch(secret)
    }
  })
})

type Fields = Record<string, string>
