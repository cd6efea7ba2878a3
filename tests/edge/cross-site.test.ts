import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dump, withoutActivity, type Dump } from '../support/dump'
import { request } from '../support/request'
import { dataPath, readRoutes } from '../support/routes'
import { startServer, type TestServer } from '../support/server'
import { createVisitor, PASSWORD, type Visitor } from '../support/visitor'

const routes = await readRoutes({ userId: 'nobody' })
/** Without the addresses of the API that lead nowhere, where a token is neither asked for nor of use. */
const paths = [...new Set(routes.map(({ path }) => path))].filter(
  (path) => path !== '/api/no/such/page',
)

const FROM_US = { 'Sec-Fetch-Site': 'same-origin' }

/** What browsers say about a request that another site made them send, and what programs leave out. */
const foreign: [what: string, headers: Record<string, string | string[]>][] = [
  ['another site', { Origin: 'https://evil.example' }],
  ['no site at all', {}],
  ['an origin that is kept secret', { Origin: 'null' }],
  ['another scheme', { Origin: 'https://localhost' }],
  ['another port', { Origin: 'http://localhost:1' }],
  ['a host that begins like ours', { Origin: 'http://localhost.evil.example' }],
  ['another site, by Sec-Fetch-Site', { 'Sec-Fetch-Site': 'cross-site' }],
  ['a neighbour of ours, by Sec-Fetch-Site', { 'Sec-Fetch-Site': 'same-site' }],
  ['an unknown value of Sec-Fetch-Site', { 'Sec-Fetch-Site': 'x, same-origin' }],
  ['Sec-Fetch-Site twice', { 'Sec-Fetch-Site': ['same-origin', 'cross-site'] }],
  ['a secret origin that claims to be ours', { ...FROM_US, Origin: 'null' }],
  ['an origin that is no URL', { ...FROM_US, Origin: 'x' }],
  ['an empty origin', { ...FROM_US, Origin: '' }],
  ['another site that claims to be ours', { ...FROM_US, Origin: 'https://evil.example' }],
  ['two origins', { ...FROM_US, Origin: ['http://localhost', 'https://evil.example'] }],
  [
    'another site, and a proxy that forwards its host',
    { Origin: 'https://evil.example', 'X-Forwarded-Host': 'evil.example' },
  ],
]

describe('a request that another site caused', () => {
  let server: TestServer
  let ada: Visitor
  let headers: Record<string, string>
  let body: string
  let before: Dump

  beforeAll(async () => {
    server = await startServer()
    ada = createVisitor(server.origin)
    await ada.setUp(server.setUpToken(), 'ada@example.com')
    await createVisitor(server.origin).signIn('ada@example.com')
    const [{ id: sessionId } = {}] = (await dump(server)).Session!
    body = new URLSearchParams({
      formToken: await ada.formToken(),
      intent: 'sign-out-of-sessions',
      confirmed: 'yes',
      sessionId: String(sessionId),
      name: 'Evil',
      email: 'evil@example.com',
      password: PASSWORD,
      currentPassword: PASSWORD,
      newPassword: 'chosen by somebody else',
    }).toString()
    headers = {
      Cookie: ada.cookieHeader(),
      'Content-Type': 'application/x-www-form-urlencoded',
    }
    before = withoutActivity(await dump(server))
  })
  afterAll(() => server.dispose())

  it.each(foreign)('is refused by every route and changes nothing: %s', async (_, more) => {
    const signedIn = { ...headers, ...more }
    for (const path of [...paths, ...paths.map(dataPath)]) {
      const answer = await request(server, path, { method: 'POST', headers: signedIn, body })
      expect([path, answer.status]).toEqual([path, 403])
      expect(answer.headers.getSetCookie()).toEqual([])
    }
    expect(withoutActivity(await dump(server))).toEqual(before)
  })

  it('signs nobody in as somebody else, even with the right password', async () => {
    const fields = { email: 'ada@example.com', password: PASSWORD }
    const victim = createVisitor(server.origin)
    const posted = await victim.post('/login', fields, { Origin: 'https://evil.example' })
    const visited = await victim.get(`/login?${new URLSearchParams(fields)}`)
    expect([posted.status, visited.status]).toEqual([403, 200])
    expect(victim.secret()).toBeUndefined()
    expect(withoutActivity(await dump(server))).toEqual(before)
  })

  it('changes nothing by a method that is meant for looking', async () => {
    const disguises = { 'X-HTTP-Method-Override': 'POST', 'X-Method-Override': 'DELETE' }
    for (const path of [...paths, ...paths.map(dataPath)]) {
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        const answer = await request(server, `${path}?_method=POST&${body}`, {
          method,
          headers: { ...headers, ...disguises, Origin: server.origin },
        })
        expect(answer.status).toBeLessThan(500)
        // What a ceremony of a passkey is bound to says nothing of anybody.
        const cookies = answer.headers.getSetCookie()
        expect(cookies.filter((one) => !one.startsWith('latchkey-challenges-'))).toEqual([])
      }
    }
    expect(withoutActivity(await dump(server))).toEqual(before)
  })

  it('is answered like any other when it only looks, whatever its origin', async () => {
    for (const Origin of ['null', 'x', '', 'https://evil.example']) {
      for (const path of ['/login', '/login.data']) {
        for (const method of ['GET', 'HEAD']) {
          const more = { Origin, 'X-Forwarded-Host': 'evil.example' }
          const answer = await request(server, path, { method, headers: { ...headers, ...more } })
          const usual = await request(server, path, { method, headers })
          expect([method, path, Origin, answer.status]).toEqual([
            method,
            path,
            Origin,
            usual.status,
          ])
        }
      }
    }
  })

  it.each(['Bearer x', 'bearer x', 'Bearer', 'Bearer x y', 'Basic eDp5', ''])(
    'gets no further by an Authorization header: "%s"',
    async (Authorization) => {
      const more = { Authorization, 'Sec-Fetch-Site': 'cross-site' }
      for (const path of [...paths, ...paths.map(dataPath), '/api/../logout', '/%61pi/logout']) {
        const answer = await request(server, path, {
          method: 'POST',
          headers: { ...headers, ...more },
          body,
        })
        expect([path, answer.status]).toEqual([path, path.startsWith('/api/v1/') ? 401 : 403])
      }
      expect(withoutActivity(await dump(server))).toEqual(before)
    },
  )

  it('is told apart from the same request of our own page', async () => {
    const ours: Record<string, string>[] = [
      { Origin: server.origin },
      FROM_US,
      { ...FROM_US, Origin: server.origin },
      // Whatever stands in front may want an Authorization header for itself.
      { Origin: server.origin, Authorization: 'Basic eDp5' },
      { Origin: server.origin, 'X-Forwarded-Host': 'inside.example' },
    ]
    for (const more of ours) {
      for (const path of ['/profile', '/profile.data']) {
        const answer = await request(server, path, {
          method: 'POST',
          headers: { ...headers, ...more },
          body: body.replace('sign-out-of-sessions', 'rename'),
        })
        expect([path, more, answer.status]).toEqual([path, more, 200])
      }
    }
    expect(withoutActivity(await dump(server)).User).not.toEqual(before.User)
    expect(server.logs()).not.toMatch(/"level":50|\n {4}at /)
  })
})
