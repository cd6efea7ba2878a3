import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAdministration, type Someone } from '../support/administration'
import { dump, withoutActivity } from '../support/dump'
import { dataPath, readRoutes } from '../support/routes'
import { startServer, type TestServer } from '../support/server'

const UNKNOWN = '01890000-0000-7000-8000-000000000000'

const APPLICATION = { name: 'Other', address: 'https://other.example.org', access: 'everybody' }

/** Every form of the administrators' pages, and what it sends. */
const FORMS: [path: string, fields: Record<string, string>][] = [
  ['/admin/users', { intent: 'sign-everyone-out' }],
  ['/admin/users/new', { name: 'New', email: 'new@example.com', role: 'admin' }],
  ['/admin/users/:id', { intent: 'edit', name: 'X', email: 'x@example.com', role: 'admin' }],
  ['/admin/users/:id', { intent: 'change-username', username: 'x' }],
  ['/admin/users/:id', { intent: 'disable' }],
  ['/admin/users/:id', { intent: 'enable' }],
  ['/admin/users/:id', { intent: 'password-link' }],
  ['/admin/users/:id', { intent: 'sign-out-of-sessions' }],
  ['/admin/users/:id', { intent: 'sign-out-of-session', sessionId: 'x' }],
  ['/admin/users/:id', { intent: 'revoke-token', tokenId: 'x' }],
  ['/admin/users/:id', { intent: 'set-groups' }],
  ['/admin/users/:id/delete', { intent: 'delete' }],
  ['/admin/groups', { intent: 'add-group', id: 'new', name: 'New' }],
  ['/admin/groups/staff', { intent: 'rename', name: 'Others' }],
  ['/admin/groups/staff', { intent: 'add-members', userId: ':id' }],
  ['/admin/groups/staff', { intent: 'remove-members', userId: ':id' }],
  ['/admin/groups/staff', { intent: 'remove-group' }],
  ['/admin/applications/new', { ...APPLICATION, id: 'other' }],
  ['/admin/applications/wiki', { ...APPLICATION, intent: 'edit' }],
  ['/admin/applications/wiki', { intent: 'end-sign-in', signInId: 'x' }],
  ['/admin/applications/wiki', { intent: 'end-sign-ins' }],
  ['/admin/applications/wiki/delete', { intent: 'remove' }],
  ['/admin/audit/export', { format: 'csv' }],
]

describe('the pages of administrators', () => {
  let server: TestServer
  let admin: Someone
  let ada: Someone
  let { invite, edit } = {} as ReturnType<typeof createAdministration>
  beforeAll(async () => {
    server = await startServer()
    const administration = createAdministration(server)
    ;({ invite, edit } = administration)
    admin = await administration.setUp()
    ada = await invite(admin)
    await admin.submit('/admin/groups', { intent: 'add-group', id: 'staff', name: 'Staff' })
    const wiki = { id: 'wiki', name: 'Wiki', address: 'https://wiki.example.org' }
    await admin.submit('/admin/applications/new', { ...wiki, access: 'groups', group: 'staff' })
  })
  afterAll(() => server.dispose())

  it('refuse every form of whoever is demoted with it open, and do nothing', async () => {
    const demoted = await invite(admin, { role: 'admin' })
    const formToken = await demoted.formToken()
    expect((await demoted.get('/admin/users')).status).toBe(200)
    await edit(admin, demoted, 'user')
    const before = withoutActivity(await dump(server))

    for (const [path, fields] of FORMS) {
      for (const id of [ada.id, UNKNOWN]) {
        const sent = fields.userId ? { ...fields, userId: id } : fields
        const answer = await demoted.post(path.replace(':id', id), {
          formToken,
          confirmed: 'yes',
          ...sent,
        })
        expect([path, fields.intent, answer.status]).toEqual([path, fields.intent, 403])
        expect(await answer.text()).not.toContain('Ada Lovelace')
      }
    }
    expect(withoutActivity(await dump(server))).toEqual(before)
    expect(await demoted.isSignedIn()).toBe(true)
  })

  it('refuse to be opened by whoever was demoted a moment ago, their data as well', async () => {
    const demoted = await invite(admin, { role: 'admin' })
    const routes = await readRoutes({ userId: ada.id })
    const pages = routes.filter(({ id }) => id.startsWith('routes/admin')).map(({ path }) => path)
    const statuses = () =>
      Promise.all(
        pages
          .flatMap((path) => [path, dataPath(path)])
          .map(async (path) => (await demoted.get(path)).status),
      )
    expect((await statuses()).filter((status) => status === 403)).toEqual([])
    await edit(admin, demoted, 'user')
    expect((await statuses()).filter((status) => status !== 403)).toEqual([])
  })

  it('refuse every form without the token of the session, and do nothing', async () => {
    const before = withoutActivity(await dump(server))
    for (const [path, fields] of FORMS) {
      for (const formToken of ['', await ada.formToken()]) {
        const answer = await admin.post(path.replace(':id', ada.id), {
          formToken,
          confirmed: 'yes',
          ...fields,
        })
        expect([path, answer.status]).toEqual([path, 403])
      }
    }
    expect(withoutActivity(await dump(server))).toEqual(before)
  })

  it.each(['', '/delete'])(
    'say the same 404 of every id that is nobody’s: /:id%s',
    async (page) => {
      const deleted = await invite(admin)
      await admin.confirm(`/admin/users/${deleted.id}/delete`)
      const answers = new Set<string>()
      for (const id of [UNKNOWN, deleted.id, 'x', "'", '%F0%9F%98%80', 'a'.repeat(2000)]) {
        const path = `/admin/users/${id}${page}`
        const got = await admin.get(path)
        expect([path, got.status]).toEqual([path, 404])
        answers.add(textOf(await got.text()))
        expect((await admin.confirm(path, { intent: 'disable' })).status).toBe(404)
      }
      expect([...answers]).toHaveLength(1)
    },
  )

  it('refuse what is no role, no address, no name or no username at its field, and create nobody', async () => {
    const before = withoutActivity(await dump(server)).User
    const good = { name: 'New', email: 'new@example.com', role: 'user' }
    const wrong = [
      ...[{ role: 'owner' }, { role: '' }, { role: ['user', 'admin'] }, { name: ' ' }],
      ...[{ name: 'x'.repeat(101) }, { name: 'a\0' }, { email: 'x' }, { email: admin.email }],
      ...[{ username: 'x y' }, { username: '-x' }, { username: 'x'.repeat(40) }],
    ]
    for (const fields of wrong) {
      const answer = await admin.submit('/admin/users/new', { ...good, ...fields })
      expect([fields, answer.status]).toEqual([fields, 422])
    }
    expect(withoutActivity(await dump(server)).User).toEqual(before)
  })

  it('give a username that was typed, and show it to whom it belongs and to administrators', async () => {
    const good = { name: 'Zed', email: 'zed@example.com', role: 'user', username: ' The.Zed ' }
    expect((await admin.submit('/admin/users/new', good)).status).toBe(200)
    const page = await (await admin.get('/admin/users?q=the.z')).text()
    expect(page).toContain('zed@example.com')
    expect(page).toContain('>the.zed<')
    const taken = await admin.submit('/admin/users/new', { ...good, email: 'zoe@example.com' })
    expect(taken.status).toBe(422)
    expect(await taken.text()).toContain('It is never given to anybody else.')
    const own = await (await ada.get('/profile')).text()
    const username = await server.queryValue('SELECT "username" FROM "User" WHERE "id" = ?', ada.id)
    expect(own).toContain(`>${String(username)}<`)
  })

  it('change a username when that is agreed to, also in what the API says at once', async () => {
    const path = `/admin/users/${ada.id}`
    const change = { intent: 'change-username', username: 'countess' }
    const told = async () => (await (await ada.get('/api/v1/session')).json()) as object
    const asked = await (await admin.submit(path, change)).text()
    expect(asked).toContain('they may take this person for somebody new')
    expect(await told()).not.toMatchObject({ user: { username: 'countess' } })
    expect((await admin.confirm(path, change)).status).toBe(200)
    expect(await told()).toMatchObject({ user: { username: 'countess' } })
    const taken = await admin.confirm(`/admin/users/${admin.id}`, change)
    expect(taken.status).toBe(422)
    expect(await taken.text()).toContain('It is never given to anybody else.')
  })

  const QUERIES = [
    'at=nonsense',
    `at=${Buffer.from('["after","\\u0000","\\ud800"]').toString('base64url')}`,
    `at=${Buffer.from('["before","-271821-04-20T00:00:00.000Z",""]').toString('base64url')}&sort=created`,
    `at=${'x'.repeat(7000)}`,
    'q=%00',
    'q=%FF',
    'q=%25&role=owner&state=dead&sort=password&order=sideways',
    'q=a&q=b&sort=created&sort=active',
    `q=${'ﷺ'.repeat(300)}`,
    'by=%00&about=%F0%9F%98%80',
    `by=nobody&about=${'x'.repeat(37)}&session=a%27b`,
    'person=%00&kind=user.invented&session=%00&from=yesterday&until=2030-02-30',
    'from=0000-01-01&until=9999-12-31',
    'from=9999-12-31&until=0000-01-01',
    '__proto__=1&constructor=2&toString=3',
    '&&==',
  ]
  const LISTS = ['/admin/users', '/admin/audit', '/profile/activity']

  it.each(LISTS)('answer any query with a page: %s', async (path) => {
    for (const query of QUERIES) {
      const answer = await admin.get(`${path}?${query}`)
      expect([query, answer.status]).toEqual([query, 200])
    }
  })

  it('show everything until the last day there is', async () => {
    const until = await (await admin.get('/admin/audit?until=9999-12-31')).text()
    expect(until).toContain('Ada Lovelace')
  })

  it('keep the question when they lead to the next page and back', async () => {
    await server.queryEach(
      `INSERT INTO "User" ("id", "email", "username", "name", "nameKey", "role", "createdAt", "updatedAt", "lastActiveAt")
       SELECT ?, ?, ?, 'Page', 'page', 'user', "createdAt", "createdAt", "createdAt"
       FROM "User" LIMIT 1`,
      Array.from({ length: 60 }, (_, index) => [
        `page-${index}`,
        `page-${index}@pages.example`,
        `page-${index}`,
      ]),
    )

    const first = await (await admin.get('/admin/users?q=page&role=user&sort=email')).text()
    const next = linksIn(first).find((link) => link.includes('at='))!
    expect(next).toMatch(/q=page.*role=user.*sort=email/)
    const second = await (await admin.get(next)).text()
    const back = linksIn(second).find((link) => link.includes('at='))!
    const again = await (await admin.get(back)).text()
    expect(peopleIn(first)).toHaveLength(50)
    expect(peopleIn(second)).toHaveLength(10)
    expect(peopleIn(again)).toEqual(peopleIn(first))
  })
})

/** What a page says, without what differs from request to request. */
const textOf = (html: string) =>
  html.replace(/<script[\s\S]*?<\/script>/g, '').replace(/<[^>]+>/g, ' ')

const linksIn = (html: string) =>
  [...html.matchAll(/href="([^"]+)"/g)].map(([, link]) => link!.replaceAll('&amp;', '&'))

const peopleIn = (html: string) => [...new Set(html.match(/page-\d+@pages/g))]
