import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dump, withoutActivity } from '../support/dump'
import { formCases, type FormCase } from '../support/forms'
import { formsIn } from '../support/page-forms'
import { readRoutes } from '../support/routes'
import { startServer, type TestServer } from '../support/server'
import { createVisitor, PASSWORD, type Visitor } from '../support/visitor'

/** Forms of people who are not signed in: there is no session whose secret could key a token. */
const WITHOUT_TOKEN = [
  ...['/login', '/signup', '/setup', '/forgot-password', '/no/such/page'],
  // Their forms name the link, which only this browser holds.
  ...['/password-link', '/signup-link', '/confirm-email', '/take-back-email', '/not-me'],
]
/** Its token is that of a sign-in which waits for it; see second-step.test.ts. */
const OF_PENDING = ['/login/second-step']

const OUT_OF_DATE = 'This page was out of date, and nothing was done.'

const SOMEBODY = 'user id'
const signedForms = (await readRoutes({ userId: SOMEBODY }))
  .filter(
    ({ hasAction, path }) =>
      hasAction && ![...WITHOUT_TOKEN, ...OF_PENDING].includes(path) && !path.startsWith('/api/'),
  )
  .map(({ path }) => path)

describe('the form token', () => {
  let server: TestServer
  let ada: Visitor
  let elsewhere: Visitor
  let grace: Visitor
  let paths: string[]

  beforeAll(async () => {
    server = await startServer({ SIGNUP: 'open' })
    ada = createVisitor(server.origin)
    elsewhere = createVisitor(server.origin)
    grace = createVisitor(server.origin)
    await ada.setUp(server.setUpToken(), 'ada@example.com')
    await elsewhere.signIn('ada@example.com')
    await grace.signUp('grace@example.com')
    const idOfGrace = (await dump(server)).User!.find(({ role }) => role === 'user')!.id
    paths = signedForms.map((path) => path.replace(SOMEBODY, String(idOfGrace)))
  })
  afterAll(() => server.dispose())

  const wrongTokens: [what: string, tokens: () => Promise<string[]>][] = [
    ['is missing', async () => []],
    ['is empty', async () => ['']],
    ['is that of another person', async () => [await grace.formToken()]],
    ['is that of another session of the same person', async () => [await elsewhere.formToken()]],
    ['is repeated', async () => Array<string>(2).fill(await ada.formToken())],
    ['comes with another one', async () => [await ada.formToken(), await grace.formToken()]],
    ['has lost its signature', async () => [`${(await ada.formToken()).split('.')[0]}.`]],
    ['has another salt', async () => [`x${await ada.formToken()}`]],
    ['has one character changed', async () => [flipped(await ada.formToken())]],
    ['is cut', async () => [(await ada.formToken()).slice(0, -1)]],
    ['is the secret of the session itself', async () => [ada.secret()!]],
  ]

  it.each(wrongTokens)('that %s is refused, and nothing happens', async (_, tokens) => {
    const formToken = await tokens()
    const before = withoutActivity(await dump(server))
    expect(signedForms).toContain('/profile')
    for (const path of paths) {
      const answer = await ada.post(path, {
        formToken,
        intent: path === '/profile' ? 'sign-out-of-sessions' : 'delete',
        confirmed: 'yes',
        currentPassword: PASSWORD,
        newPassword: 'another long password',
      })
      expect([path, answer.status]).toEqual([path, 403])
      expect(await answer.text()).toContain(OUT_OF_DATE)
    }
    expect(withoutActivity(await dump(server))).toEqual(before)
  })

  /** Who may leave: an only administrator is shown no form for that. */
  const newcomer = async () => {
    const visitor = createVisitor(server.origin)
    await visitor.signUp('nina@example.com')
    return visitor
  }

  const withText = formCases.filter(({ signed }) => signed)

  it.each(withText)(
    'that is out of date brings the page again, with what was typed: $what',
    async (form) => {
      const stale = await grace.formToken()
      const sender = form.path === '/profile/delete' ? await newcomer() : ada
      const answer = await sender.post(form.path, { ...form.fields, formToken: stale })
      expect(answer.status).toBe(403)
      const again = formOf(await answer.text(), form)
      expect(again.formToken).not.toBe(stale)
      for (const [name, value] of Object.entries(form.fields)) {
        const isPassword = /password/i.test(name)
        if (name in form.texts) expect([name, again[name]]).toEqual([name, isPassword ? '' : value])
      }
      // As whoever looks it over and presses the button again.
      const second = await sender.post(form.path, {
        ...form.fields,
        ...again,
        ...passwordsOf(form),
      })
      expect([form.what, second.status]).not.toEqual([form.what, 403])
    },
  )

  it('that is out of date in a sign-out brings a page whose button signs out', async () => {
    const leaving = createVisitor(server.origin)
    await leaving.signIn('grace@example.com')
    const stale = { formToken: await ada.formToken(), intent: 'sign-out' }
    const answer = await leaving.post('/logout', stale)
    expect([answer.status, await leaving.isSignedIn()]).toEqual([403, true])
    const page = await answer.text()
    expect(page).toContain(OUT_OF_DATE)
    expect(page).toContain('You are still signed in')
    const button = formsIn(page, '/logout').find(({ path }) => path === '/logout')!
    await leaving.post(button.path, Object.fromEntries(button.fields))
    expect(await leaving.isSignedIn()).toBe(false)
  })

  it('that is out of date is refused to a script in the same words', async () => {
    const formToken = await grace.formToken()
    const fields = { formToken, intent: 'rename', name: 'Ada King' }
    const answer = await ada.post('/profile.data', fields)
    expect(answer.status).toBe(403)
    const body = await answer.text()
    expect(body).toContain(OUT_OF_DATE)
    expect(body).toContain('Ada King')
  })

  it('in the address instead of the form is refused', async () => {
    const query = new URLSearchParams({ formToken: await ada.formToken() })
    const answer = await ada.post(`/profile?${query}`, {
      intent: 'sign-out-of-sessions',
      confirmed: 'yes',
    })
    expect(answer.status).toBe(403)
    expect(await elsewhere.isSignedIn()).toBe(true)
  })

  it('is another text on every page, and each of them works', async () => {
    const [first, second] = [await ada.formToken(), await ada.formToken()]
    expect(first).not.toBe(second)
    for (const formToken of [second, first]) {
      const answer = await ada.post('/profile', { formToken, intent: 'rename', name: 'Ada' })
      expect(answer.status).toBe(200)
    }
  })
})

/** What the page would send for this form, by the same button. */
function formOf(html: string, { path, fields, texts }: FormCase): Record<string, string> {
  const names = Object.keys(texts)
  const form = formsIn(html, path).find(({ intent, fields: found }) =>
    fields.intent ? intent === fields.intent : names.every((name) => hasField(found, name)),
  )
  return Object.fromEntries(form!.fields)
}

const hasField = (fields: [name: string, value: string][], name: string) =>
  fields.some(([other]) => other === name)

const passwordsOf = ({ fields }: FormCase) =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => /password/i.test(name)))

const flipped = (token: string) =>
  token.slice(0, -5) + (token.at(-5) === 'A' ? 'B' : 'A') + token.slice(-4)
