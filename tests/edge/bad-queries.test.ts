import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dump, withoutActivity } from '../support/dump'
import { request } from '../support/request'
import { dataPath, readRoutes } from '../support/routes'
import { startServer, type TestServer } from '../support/server'
import { createVisitor, type Visitor } from '../support/visitor'

/** What the pages read from their address, and what Remix does. */
const NAMES = [
  ...['reason', 'redirectTo', 'token', 'session', 'at', 'q', 'role', 'state', 'sort', 'order'],
  ...['person', 'kind', 'from', 'until', 'deleted', 'index', '_routes', '_data'],
]

const wrongValues: [what: string, value: string][] = [
  ['nothing', ''],
  ['a property of every object', 'constructor'],
  ['the prototype', '__proto__'],
  ['a NUL', '%00'],
  ['a lone surrogate', '%ED%A0%80'],
  ['what does not decode', '%E0%A4%A'],
  ['line ends', '%0d%0aSet-Cookie:%20a=b'],
  ['brackets', '[]={}&[a]=1'],
  ['markup', '%22%3E%3Cscript%3Ealert(1)%3C/script%3E'],
  ['a query', "' OR 1=1 --".replaceAll(' ', '%20')],
  ['a number beyond all numbers', '9e999'],
  ['a date that is none', '2026-02-31T99:99'],
]

const paths = (await readRoutes({ userId: 'nobody' }))
  .filter(({ id, hasLoader }) => hasLoader && id !== 'root')
  .map(({ path }) => path)

/** The sign-in page offers one to everybody (see cookie-check.ts), and so does what passkeys begin with. */
const isNotOffered = (cookie: string) => !/^latchkey-(cookies|challenges)-/.test(cookie)

describe('an address', () => {
  let server: TestServer
  let ada: Visitor
  beforeAll(async () => {
    server = await startServer({ SIGNUP: 'open' })
    ada = createVisitor(server.origin)
    await ada.setUp(server.setUpToken(), 'ada@example.com')
  })
  afterAll(() => server.dispose())

  it.each(wrongValues)('that asks for %s breaks no page', async (_, value) => {
    const before = withoutActivity(await dump(server))
    const query = NAMES.map((name) => `${name}=${value}`).join('&')
    for (const [path, Cookie] of visits()) {
      for (const target of [path, dataPath(path)]) {
        const answer = await request(server, `${target}?${query}`, { headers: { Cookie } })
        const body = await answer.text()
        expect([target, answer.status < 500]).toEqual([target, true])
        expect(body).not.toMatch(/Something went wrong|Unexpected Server Error|<script>alert/)
        expect(answer.headers.getSetCookie().filter(isNotOffered)).toEqual([])
      }
    }
    expect(withoutActivity(await dump(server))).toEqual(before)
  })

  it('that names days the wrong way round finds nothing, and the page says why', async () => {
    const page = await (await ada.get('/admin/audit?from=2026-03-02&until=2026-03-01')).text()
    expect(page).toContain('The first day is after the last one.')
  })

  it.each(NAMES)('that asks for far too much breaks no page: %s', async (name) => {
    for (const path of ['/login', '/setup', '/profile/activity', '/admin/users', '/admin/audit']) {
      const answer = await ada.get(`${path}?${name}=${'a'.repeat(8_000)}`)
      expect([path, answer.status < 500]).toEqual([path, true])
    }
  })

  it.each([
    ['/admin/users?q=%00', 'Nobody found'],
    [`/admin/users?q=${'x'.repeat(5_000)}`, 'Nobody found'],
    ['/admin/audit?person=%00', 'Nothing that was written down'],
    [`/admin/audit?person=${'x'.repeat(3_000)}`, 'Nothing that was written down'],
  ])(
    'that looks for what nobody is called finds nobody, rather than everybody: %.30s',
    async (path, words) => {
      expect(await (await ada.get(path)).text()).toContain(words)
    },
  )

  /** Every page as a signed-in person sees it, and those for others as they do. */
  const visits = () => [
    ...paths.map((path) => [path, ada.cookieHeader()] as const),
    ...['/login', '/signup', '/setup', '/password-link'].map((path) => [path, ''] as const),
  ]
})
