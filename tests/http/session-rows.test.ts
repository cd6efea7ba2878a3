import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAdministration, type Someone } from '../support/administration'
import { startServer, type TestServer } from '../support/server'
import { createVisitor, PASSWORD, type Visitor } from '../support/visitor'

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'

let server: TestServer
let admin: Someone
beforeAll(async () => {
  server = await startServer()
  admin = await createAdministration(server).setUp()
})
afterAll(() => server.dispose())

const invite = () => createAdministration(server).invite(admin)
const page = async (visitor: Visitor, path = '/profile') => (await visitor.get(path)).text()

/** The id of the session that a visitor is in. */
const idOf = (visitor: Visitor) => visitor.secret()!.split('.', 1)[0]!

const name = (visitor: Visitor, sessionId: string, label: string) =>
  visitor.submit('/profile', { intent: 'name-session', sessionId, label })

describe('a browser that says more of its device', () => {
  const signIn = async (email: string, hints: Record<string, string>) => {
    const visitor = createVisitor(server.origin, { userAgent: CHROME })
    await visitor.post('/login', { email, password: PASSWORD }, hints)
    return visitor
  }

  it('is asked to by the pages with a form that starts a session, and by no other', async () => {
    const stranger = createVisitor(server.origin)
    const asks = async (visitor: Visitor, path: string) =>
      (await visitor.get(path)).headers.get('Accept-CH')
    expect(await asks(stranger, '/login')).toBe('Sec-CH-UA-Platform-Version, Sec-CH-UA-Model')
    expect(await asks(admin, '/profile')).toBeNull()
  })

  it('is shown as what it is, and to an administrator as well', async () => {
    const ada = await invite()
    const there = await signIn(ada.email, {
      'Sec-CH-UA-Platform': '"Windows"',
      'Sec-CH-UA-Platform-Version': '"15.0.0"',
      'Sec-CH-UA-Model': '""',
    })
    for (const html of [
      await page(there),
      await page(ada),
      await page(admin, `/admin/users/${ada.id}`),
    ]) {
      expect(html).toContain('Chrome on Windows 11')
    }
  })

  it('is shown by its name alone when the rest has no meaning, and nothing of that is kept', async () => {
    const ada = await invite()
    const there = await signIn(ada.email, {
      'Sec-CH-UA-Platform': '"Windows"',
      'Sec-CH-UA-Platform-Version': '"15.0.0<b>"',
      'Sec-CH-UA-Model': `"${'x'.repeat(2_000)}"`,
    })
    expect(await page(there)).toContain('Chrome on Windows<')
    const kept = `SELECT count(*) FROM "Session" WHERE "deviceHints" IS NOT NULL AND "id" = ?`
    expect(Number(await server.queryValue(kept, idOf(there)))).toBe(0)
  })
})

describe('the name that somebody gives to a device', () => {
  it('is refused for somebody else’s, with a sentence', async () => {
    const [ada, bob] = [await invite(), await invite()]
    const answer = await name(bob, idOf(ada), 'Mine')
    expect(answer.status).toBe(422)
    expect(await answer.text()).toContain('That session has ended.')
    expect(await page(ada)).not.toContain('Mine')
  })

  it('is refused when it is too long, at its field, with what was typed', async () => {
    const ada = await invite()
    const answer = await name(ada, idOf(ada), 'x'.repeat(61))
    const html = await answer.text()
    expect(answer.status).toBe(422)
    expect(html).toContain('The name must be at most 60 characters long')
    expect(html).toContain(`value="${'x'.repeat(61)}"`)
  })

  it('stands in its row, in the names of its buttons and before an administrator, as text', async () => {
    const ada = await invite()
    const there = createVisitor(server.origin, { userAgent: CHROME })
    await there.signIn(ada.email)
    const answer = await name(ada, idOf(there), ' Mum’s <b>tablet</b> ')
    expect(await answer.text()).toContain('Name saved')
    const html = await page(ada)
    expect(html).toContain('of Mum’s &lt;b&gt;tablet&lt;/b&gt; (Chrome on Windows)')
    expect(html).not.toContain('<b>tablet')
    const administered = await page(admin, `/admin/users/${ada.id}`)
    expect(administered).toContain('Mum’s &lt;b&gt;tablet&lt;/b&gt;')
    expect(administered).not.toContain('name="label"')
    const asked = await ada.submit('/profile', {
      intent: 'sign-out-of-session',
      sessionId: idOf(there),
    })
    expect(await asked.text()).toContain('Sign out of Mum’s &lt;b&gt;tablet')
  })

  it('is there again after the next sign-in of the same browser, until it is taken away', async () => {
    const ada = await invite()
    await name(ada, idOf(ada), 'Laptop')
    await ada.submit('/logout', {})
    await ada.signIn(ada.email)
    expect(await page(ada)).toContain('>Laptop<')
    expect(await (await name(ada, idOf(ada), '  ')).text()).toContain('Name removed')
    expect(await page(ada)).not.toContain('>Laptop<')
  })
})

describe('a sign-in since somebody last looked', () => {
  const isMarked = (html: string) => html.includes('>New<')

  it('is marked, and still is when the page is loaded once more', async () => {
    const ada = await invite()
    expect(isMarked(await page(ada))).toBe(false)
    const there = createVisitor(server.origin, { userAgent: CHROME })
    await there.signIn(ada.email)
    expect(isMarked(await page(ada))).toBe(true)
    expect(isMarked(await page(ada))).toBe(true)
    expect(isMarked(await page(there))).toBe(false)
    expect(isMarked(await page(admin, `/admin/users/${ada.id}`))).toBe(false)
  })
})
