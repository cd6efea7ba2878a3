import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dump, withoutActivity } from '../support/dump'
import { readRoutes } from '../support/routes'
import { startServer, type TestServer } from '../support/server'
import { createVisitor, PASSWORD, type Visitor } from '../support/visitor'

/** Forms of people who are not signed in: there is no session whose secret could key a token. */
const WITHOUT_TOKEN = ['/login', '/signup', '/setup', '/password-link', '/no/such/page']

const signedForms = (await readRoutes({ userId: 'nobody' }))
  .filter(
    ({ hasAction, path }) =>
      hasAction && !WITHOUT_TOKEN.includes(path) && !path.startsWith('/api/'),
  )
  .map(({ path }) => path)

describe('the form token', () => {
  let server: TestServer
  let ada: Visitor
  let elsewhere: Visitor
  let grace: Visitor

  beforeAll(async () => {
    server = await startServer({ SIGNUP: 'open' })
    ada = createVisitor(server.origin)
    elsewhere = createVisitor(server.origin)
    grace = createVisitor(server.origin)
    await ada.setUp(server.setUpToken(), 'ada@example.com')
    await elsewhere.signIn('ada@example.com')
    await grace.signUp('grace@example.com')
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
    const before = withoutActivity(dump(server))
    expect(signedForms).toContain('/profile')
    for (const path of signedForms) {
      const answer = await ada.post(path, {
        formToken,
        intent: path === '/profile' ? 'sign-out-of-sessions' : 'delete',
        confirmed: 'yes',
        currentPassword: PASSWORD,
        newPassword: 'another long password',
      })
      expect([path, answer.status]).toEqual([path, 403])
      expect(await answer.text()).toContain('This form is out of date')
    }
    expect(withoutActivity(dump(server))).toEqual(before)
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

const flipped = (token: string) =>
  token.slice(0, -5) + (token.at(-5) === 'A' ? 'B' : 'A') + token.slice(-4)
