import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startOpenServer, type TestServer } from '../support/server'
import { createVisitor, PASSWORD } from '../support/visitor'

/** What people are sent as `redirectTo` by those who want them elsewhere after signing in. */
const elsewhere = [
  'https://evil.example',
  'http://evil.example/profile',
  'https:evil.example',
  'https:/evil.example',
  '//evil.example',
  '///evil.example',
  '////evil.example//',
  '/\\evil.example',
  '\\\\evil.example',
  '\\/evil.example',
  '/\\/evil.example',
  '/%5cevil.example',
  '/%5C%5Cevil.example',
  '/%2f%2fevil.example',
  '/%2fevil.example',
  '/\tevil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/%09/evil.example',
  '/%0a/evil.example',
  '/%0d%0aSet-Cookie:%20latchkey=evil',
  '/profile\r\nSet-Cookie: latchkey=evil',
  ' //evil.example',
  '\u0000//evil.example',
  '\u00A0//evil.example',
  '/ /evil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/x/..//evil.example',
  '/x/../%2fevil.example',
  '/%2e%2e//evil.example',
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  'java\tscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'blob:http://evil.example/x',
  'file:///etc/passwd',
  '@evil.example',
  ':80@evil.example',
  '.evil.example',
  'evil.example',
  '?//evil.example',
  '#//evil.example',
  `/${'a'.repeat(4_000)}`,
  '/%E0%A4%A',
  '/％２ｆevil.example',
  '\uFF0F\uFF0Fevil.example',
]

/** A password takes its time to be checked, so these few stand for all. */
const SUBMITTED = ['https://evil.example', '//evil.example', '/\\evil.example', '/%09/evil.example']

describe('after signing in,', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startOpenServer()
    await createVisitor(server.origin).signUp('ada@example.com')
  })
  afterAll(() => server.dispose())

  it.each(elsewhere)('nobody is led away from here: %j', async (redirectTo) => {
    const visitor = createVisitor(server.origin)
    const page = await (await visitor.get(`/login?${new URLSearchParams({ redirectTo })}`)).text()
    const carried = /name="redirectTo" value="([^"]*)"/.exec(page)![1]!
    expectHere(carried === '' ? '/' : carried)
  })

  it.each(SUBMITTED)('nobody is led away by what the form itself says: %j', async (redirectTo) => {
    const visitor = createVisitor(server.origin)
    const answer = await visitor.signIn('ada@example.com', PASSWORD, { redirectTo })
    expect(answer.status).toBe(302)
    expectHere(answer.headers.get('Location')!)
    // Of the session, and of the browser that is known from now on.
    expect(answer.headers.getSetCookie()).toHaveLength(2)
  })

  it.each(SUBMITTED)('nor by what the form to sign up says: %j', async (redirectTo) => {
    const visitor = createVisitor(server.origin)
    const page = await visitor.get(`/signup?${new URLSearchParams({ redirectTo })}`)
    expect(await page.text()).toContain('name="redirectTo" value=""')
    const fields = { name: 'Bob', email: `${crypto.randomUUID()}@example.com`, password: PASSWORD }
    const answer = await visitor.post('/signup', { ...fields, redirectTo })
    expect(answer.headers.get('Location')).toBe('/profile')
  })

  it('nobody is led away by visiting the sign-in page a second time', async () => {
    const visitor = createVisitor(server.origin)
    await visitor.signIn('ada@example.com')
    for (const redirectTo of elsewhere) {
      const again = await visitor.get(`/login?${new URLSearchParams({ redirectTo })}`)
      expect(again.status).toBe(302)
      expectHere(again.headers.get('Location')!)
    }
  })

  it.each(['/profile/password', '/profile/activity?session=x', '/profile?a=%2F%2Fb&c=d#e'])(
    'people go on to where they wanted to be: %s',
    async (redirectTo) => {
      const answer = await createVisitor(server.origin).signIn('ada@example.com', PASSWORD, {
        redirectTo,
      })
      expect(answer.headers.get('Location')).toBe(redirectTo.split('#')[0])
    },
  )

  it('whoever signs up instead goes on to the same page', async () => {
    const wanted = '/profile/activity?session=a%26b'
    const visitor = createVisitor(server.origin)
    const query = new URLSearchParams({ redirectTo: wanted })
    for (const [here, there] of [
      ['/login', '/signup'],
      ['/signup', '/login'],
    ]) {
      const page = await (await visitor.get(`${here}?${query}`)).text()
      expect(page).toContain(`href="${there}?${query}"`)
    }
    const fields = { name: 'Bob', email: 'bob@example.com', password: PASSWORD }
    const answer = await visitor.post('/signup', { ...fields, redirectTo: wanted })
    expect(answer.headers.get('Location')).toBe(wanted)
  })

  it('whoever was stopped at a guard is led back to that page, and to no other', async () => {
    const stranger = createVisitor(server.origin)
    const stopped = await stranger.get('/profile/activity?session=a%26b')
    const signIn = new URL(stopped.headers.get('Location')!, server.origin)
    expect(signIn.pathname).toBe('/login')
    expect(signIn.searchParams.get('redirectTo')).toBe('/profile/activity?session=a%26b')
    const crooked = await stranger.get('//evil.example/profile')
    expectHere(crooked.headers.get('Location') ?? '/')
  })

  /** As a browser would read it: on this very origin, by a scheme that it loads. */
  function expectHere(location: string) {
    expect(new URL(location, server.origin).origin).toBe(server.origin)
    expect(location).toMatch(/^\/(?![/\\])/)
    expect(decodeURIComponent(location)).not.toMatch(/^\/[\s/\\]|[\r\n]/)
    expect(location.length).toBeLessThan(2_000)
  }
})
