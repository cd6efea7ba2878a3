import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  createApplicationVisitor,
  NAVIGATION,
  type ApplicationVisitor,
} from '../support/application-visitor'
import { addApplication, letIn } from '../support/applications'
import { startOpenServer, type TestServer } from '../support/server'
import { createVisitor, type Visitor } from '../support/visitor'

let server: TestServer
let wiki: Awaited<ReturnType<typeof addApplication>>
let files: typeof wiki
let closed: typeof wiki
beforeAll(async () => {
  server = await startOpenServer()
  wiki = await addApplication(server, { name: 'Wiki' })
  files = await addApplication(server, { name: 'Files' })
  closed = await addApplication(server, { name: 'Closed', forEverybody: false })
})
afterAll(() => server.dispose())

const email = `ada-${randomUUID()}@example.com`
beforeAll(async () => {
  await createVisitor(server.origin).signUp(email, 'Ada')
})

let ada: Visitor
let atWiki: ApplicationVisitor
beforeEach(async () => {
  ada = createVisitor(server.origin)
  await ada.signIn(email)
  atWiki = createApplicationVisitor(server, wiki, ada)
})

const codeOf = (answer: Response) =>
  new URL(answer.headers.get('Location')!).searchParams.get('code')!
const enter = (visitor: ApplicationVisitor, code: string) =>
  visitor.at(`/.latchkey/enter?code=${code}`, { headers: NAVIGATION })

async function expectNotEntered(answer: Response) {
  expect(answer.status).toBe(400)
  expect(await answer.text()).toContain('This did not sign you in')
  expect(answer.headers.getSetCookie()).toEqual([])
}

describe('a code is refused', () => {
  test('the second time', async () => {
    const code = codeOf(await atWiki.open(await atWiki.start()))
    expect((await enter(atWiki, code)).status).toBe(303)
    await expectNotEntered(await enter(atWiki, code))
  })

  test('after a minute', async () => {
    const code = codeOf(await atWiki.open(await atWiki.start()))
    await server.query('UPDATE "ApplicationCode" SET "expiresAt" = ?', new Date())
    await expectNotEntered(await enter(atWiki, code))
  })

  test('at another application, where it is used up', async () => {
    const code = codeOf(await atWiki.open(await atWiki.start()))
    const atFiles = createApplicationVisitor(server, files, ada)
    for (const [name, value] of atWiki.cookies) atFiles.cookies.set(name, value)
    await expectNotEntered(await enter(atFiles, code))
    await expectNotEntered(await enter(atWiki, code))
  })

  test('in a browser that has not its nonce, so that nobody works in another one’s account', async () => {
    const code = codeOf(await atWiki.open(await atWiki.start()))
    const victim = createApplicationVisitor(server, wiki)
    await victim.start()
    await expectNotEntered(await enter(victim, code))
  })

  test('once the session that made it has ended', async () => {
    const code = codeOf(await atWiki.open(await atWiki.start()))
    await ada.submit('/logout')
    await expectNotEntered(await enter(atWiki, code))
  })

  test('once the application has been deleted', async () => {
    const gone = await addApplication(server, { name: 'Gone' })
    const atGone = createApplicationVisitor(server, gone, ada)
    const code = codeOf(await atGone.open(await atGone.start()))
    await server.query('DELETE FROM "Application" WHERE "id" = ?', gone.id)
    const answer = await enter(atGone, code)
    expect([400, 404]).toContain(answer.status)
    expect(answer.headers.getSetCookie()).toEqual([])
  })

  test.each(['', 'x', 'x'.repeat(43), 'x'.repeat(5000)])(
    'when it is none: "%.10s"',
    async (code) => {
      await atWiki.start()
      await expectNotEntered(await enter(atWiki, code))
    },
  )
})

describe('an application is not opened', () => {
  test('for a person who may not use it, and that is written down', async () => {
    const answer = await createApplicationVisitor(server, closed, ada).signIn()
    expect(answer.status).toBe(403)
    expect(await answer.text()).toContain('You may not use Closed')
    const { id } = (await ada.identity()).user
    const kinds = await server.query<{ kind: string }>(
      'SELECT "kind" FROM "AuditEvent" WHERE "subjectId" = ?',
      id,
    )
    expect(kinds.map(({ kind }) => kind)).toContain('application.refused')
  })

  test.each([
    ['in a frame', { 'Sec-Fetch-Dest': 'iframe' }],
    ['before anybody asked for it', { 'Sec-Purpose': 'prefetch' }],
    ['before anybody asked for it, in the newer words', { 'Sec-Purpose': 'prefetch;prerender' }],
  ])('%s', async (_, headers) => {
    const path = await atWiki.start()
    const answer = await ada.get(path, { ...NAVIGATION, ...headers })
    expect(answer.status).toBe(403)
    expect(answer.headers.get('Location')).toBeNull()
  })

  test('without a nonce, or one that cannot be a hash', async () => {
    for (const nonce of ['', '&nonce=x', `&nonce=${'x'.repeat(44)}`]) {
      const answer = await ada.get(`/open?application=${wiki.id}${nonce}`, NAVIGATION)
      expect(answer.status).toBe(400)
    }
  })

  test('for an application that nobody registered', async () => {
    const path = (await atWiki.start()).replace(wiki.id, 'unknown')
    expect((await ada.get(path, NAVIGATION)).status).toBe(404)
  })

  test('more than ten times in a minute: a browser that keeps no cookies does not go round for ever', async () => {
    for (let round = 0; round < 10; round += 1) {
      expect((await atWiki.signIn()).status).toBe(303)
      atWiki.cookies.clear()
    }
    const answer = await atWiki.signIn()
    expect(answer.status).toBe(429)
    expect(await answer.text()).toContain('keeps no cookies')
  })
})

describe('pages at an application’s host are not there', () => {
  test.each([
    '/.latchkey%2fenter',
    '//.latchkey/enter',
    '/x/../.latchkey/enter',
    '/.Latchkey/enter',
    '/.latchkey/Enter',
    '/.latchkey/enter/',
    '/.latchkey/',
    '/.latchkey/__proto__',
    '/.latchkey/unknown',
  ])('at %s', async (path) => {
    const answer = await atWiki.at(path, { headers: NAVIGATION })
    expect([404, 421]).toContain(answer.status)
    expect(answer.headers.get('Location')).toBeNull()
  })

  test('at the account site, and at hosts that nobody registered', async () => {
    expect((await ada.get('/.latchkey/start')).status).toBe(404)
    const elsewhere = { id: 'x', address: 'https://unknown.example.org' }
    const answer = await createApplicationVisitor(server, elsewhere).at('/.latchkey/start')
    expect(answer.status).toBe(404)
  })

  test('for anything but reading', async () => {
    const answer = await atWiki.at('/.latchkey/enter?code=x', { method: 'POST' })
    expect(answer.status).toBe(405)
  })
})

describe('somebody who opens an application', () => {
  test('comes to the very page that they asked for, signed in there', async () => {
    const answer = await atWiki.signIn('/notes/1?q=a%2Fb&c=,')
    expect(answer.status).toBe(303)
    expect(answer.headers.get('Location')).toBe(`${wiki.address}/notes/1?q=a%2Fb&c=,`)
    expect(answer.headers.get('Referrer-Policy')).toBe('no-referrer')
    const asked = await atWiki.ask('/notes/1')
    expect(asked.status).toBe(200)
    expect(asked.headers.get('Remote-Name')).toBe('Ada')
    expect(asked.headers.get('Remote-User')).toMatch(/^ada-/)
  })

  test('is given a cookie for that host alone, and the nonce is taken away', async () => {
    const answer = await atWiki.signIn()
    const [cookie = '', ...others] = answer.headers.getSetCookie()
    expect(cookie).toMatch(
      /^__Host-latchkey-app=lkc_[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
    expect(others).toEqual([expect.stringMatching(/^__Host-latchkey-start-\S{8}=; Max-Age=0;/)])
    expect(answer.headers.get('Strict-Transport-Security')).toBeNull()
  })

  test('first signs in, when they are not signed in, and then comes to that page', async () => {
    const nobody = createVisitor(server.origin)
    const visitor = createApplicationVisitor(server, wiki, nobody)
    const path = await visitor.start('/notes')
    const asked = await nobody.get(path, NAVIGATION)
    const login = asked.headers.get('Location')!
    expect(login).toMatch(/^\/login\?redirectTo=/)
    const page = await nobody.get(login)
    expect(page.headers.get('Content-Security-Policy')).toContain(
      `form-action 'self' ${wiki.address};`,
    )
    const redirectTo = new URL(login, server.origin).searchParams.get('redirectTo')
    expect(redirectTo).toBe(path)
  })

  test('in five tabs at once is signed in in each of them', async () => {
    const paths = await Promise.all(['/1', '/2', '/3', '/4', '/5'].map((to) => atWiki.start(to)))
    const opened = await Promise.all(paths.map((path) => atWiki.open(path)))
    const entered = await Promise.all(opened.map((answer) => enter(atWiki, codeOf(answer))))
    expect(entered.map(({ status }) => status)).toEqual([303, 303, 303, 303, 303])
    expect((await atWiki.ask()).status).toBe(200)
  })

  test.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    '/.latchkey/sign-out',
    '/\t/x',
    `/${'x'.repeat(2100)}`,
  ])('is led to the first page instead of %.30s', async (to) => {
    const answer = await atWiki.signIn(to)
    expect(answer.headers.get('Location')).toBe(`${wiki.address}/`)
  })

  test('has a row that says so, in the audit log as well, once for the session', async () => {
    await atWiki.signIn()
    await atWiki.signIn()
    const { session } = await ada.identity()
    const rows = 'SELECT * FROM "ApplicationSession" WHERE "sessionId" = ?'
    expect(await server.query(rows, session.id)).toHaveLength(1)
    const events = `SELECT * FROM "AuditEvent" WHERE "sessionId" = ? AND "kind" = 'application.reached'`
    expect(await server.query(events, session.id)).toHaveLength(1)
  })

  test('with a group that may use it is let in', async () => {
    const { id } = (await ada.identity()).user
    await letIn(server, id, closed)
    const atClosed = createApplicationVisitor(server, closed, ada)
    expect((await atClosed.signIn()).status).toBe(303)
    expect((await atClosed.ask()).headers.get('Remote-Groups')).toBe(closed.id)
  })
})

describe('the page that nginx shows with 403', () => {
  test('says to somebody who may use the application that the request is at fault', async () => {
    await atWiki.signIn()
    const answer = await atWiki.at('/.latchkey/refused')
    expect(answer.status).toBe(403)
    expect(await answer.text()).toContain('You are signed in, and may use Wiki')
  })

  test('says to anybody else that they may not, and how to switch accounts', async () => {
    const answer = await createApplicationVisitor(server, closed).at('/.latchkey/refused')
    expect(answer.status).toBe(403)
    const html = await answer.text()
    expect(html).toContain('You may not use Closed')
    expect(html).toContain('href="/.latchkey/sign-out"')
  })
})
