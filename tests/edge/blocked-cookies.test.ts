import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dump, withoutActivity } from '../support/dump'
import { dataPath } from '../support/routes'
import { startServer, type TestServer } from '../support/server'
import { checkCookie } from '../support/session-cookie'
import { createVisitor, PASSWORD, type Visitor } from '../support/visitor'

const SENTENCE = 'Allow cookies for this site, then press the button again.'

const forms = {
  '/login': { email: 'ada@example.com', password: PASSWORD },
  '/signup': { name: 'Eve', email: 'eve@example.com', password: PASSWORD },
}
const paths = Object.keys(forms) as (keyof typeof forms)[]

describe('a browser that sends no cookies', () => {
  let server: TestServer
  let browser: Visitor

  beforeAll(async () => {
    server = await startServer({ SIGNUP: 'open' })
    await createVisitor(server.origin).setUp(server.setUpToken(), 'admin@example.com')
    await createVisitor(server.origin).signUp('ada@example.com')
  })
  beforeEach(() => {
    browser = createVisitor(server.origin)
    browser.cookies.clear()
  })
  afterAll(() => server.dispose())

  const ways = paths.flatMap((path) => [
    { path, to: path },
    { path, to: dataPath(path) },
  ])

  it.each(ways)(
    'is told so by $to, which does nothing and keeps what was typed',
    async ({ path, to }) => {
      const before = withoutActivity(await dump(server))
      const answer = await browser.post(to, forms[path])
      const page = await answer.text()
      expect(answer.status).toBe(422)
      expect(page).toContain(SENTENCE)
      expect(page).toContain(forms[path].email)
      expect(page).not.toContain(PASSWORD)
      expect(withoutActivity(await dump(server))).toEqual(before)
    },
  )

  it('is told so as often as it tries, and no attempt is counted', async () => {
    for (let attempt = 0; attempt < 12; attempt += 1) {
      browser.cookies.clear()
      const answer = await browser.post('/login', { email: 'ada@example.com', password: 'wrong' })
      expect([attempt, answer.status]).toEqual([attempt, 422])
      expect(await answer.text()).toContain(SENTENCE)
    }
    browser.cookies.clear()
    await browser.get('/login')
    expect((await browser.signIn('ada@example.com')).status).toBe(302)
  })

  it('is asked by the page of a link to allow them', async () => {
    const path = '/password-link'
    for (const answer of [await browser.get(path), await browser.post(path)]) {
      expect(answer.status).toBe(410)
      expect(await answer.text()).toContain('with cookies allowed for this site')
    }
  })
})

describe('a browser that takes cookies', () => {
  let server: TestServer
  let browser: Visitor

  beforeAll(async () => {
    server = await startServer({ SIGNUP: 'open' })
    await createVisitor(server.origin).setUp(server.setUpToken(), 'admin@example.com')
  })
  beforeEach(() => {
    browser = createVisitor(server.origin)
    browser.cookies.clear()
  })
  afterAll(() => server.dispose())

  const offered = (answer: Response) => answer.headers.getSetCookie()

  it.each(paths.flatMap((path) => [path, dataPath(path)]))(
    'is given one by %s, once, without a secret and until it is closed',
    async (path) => {
      const { name, value } = checkCookie(server.origin)
      expect(offered(await browser.get(path))).toEqual([
        `${name}=${value}; Path=/; HttpOnly; SameSite=Lax`,
      ])
      expect(offered(await browser.get(path))).toEqual([])
    },
  )

  it.each(paths)('gets on at the second press of %s when it has lost its cookie', async (path) => {
    const someone = { ...forms[path], ...(path === '/login' && { email: 'admin@example.com' }) }
    const presses = [await browser.post(path, someone), await browser.post(path, someone)]
    expect(presses.map(({ status }) => status)).toEqual([422, 302])
    expect(await browser.isSignedIn()).toBe(true)
  })

  it('signs in also when it sends that one twice, as an older path or another host can bring about', async () => {
    const { name, value } = checkCookie(server.origin)
    const answer = await browser.post(
      '/login',
      { email: 'admin@example.com', password: PASSWORD },
      { Cookie: `${name}=${value}; ${name}=other` },
    )
    expect(answer.status).toBe(302)
  })

  it('needs no other one when it is signed in already', async () => {
    await browser.get('/signup')
    await browser.signUp('grace@example.com')
    browser.cookies.delete(checkCookie(server.origin).name)
    const again = await browser.signIn('grace@example.com')
    // Those of the session and of the browser that is known.
    expect([again.status, offered(again).length]).toEqual([302, 2])
  })
})
