import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recoveryCodesIn, setUpAuthenticator, STEP, takeStep } from '../support/authenticator-pages'
import { answerOf, makePasskey, makePasskeyOnPage } from '../support/passkeys'
import { startOpenServer, type TestServer } from '../support/server'
import type { Said } from '../support/software-authenticator'
import { createVisitor } from '../support/visitor'

const OPTIONS = '/login/second-step/passkey'

type Options = { allowCredentials?: { id: string }[] }

describe('a second step by passkey', () => {
  let server: TestServer
  beforeAll(async () => (server = await startOpenServer()))
  afterAll(() => server.dispose())

  const visitor = () => createVisitor(server.origin)
  let people = 0
  async function somebody() {
    const [email, person] = [`ada-${(people += 1)}@example.com`, visitor()]
    await person.signUp(email)
    return { email, person, authenticator: await makePasskey(person, server.origin) }
  }

  /** Somebody whose password was right in a browser. */
  async function begun(email: string) {
    const ada = visitor()
    await ada.signIn(email)
    return ada
  }

  it('is asked of nobody before the password was right', async () => {
    const { email } = await somebody()
    const stranger = visitor()
    for (const password of [undefined, 'a wrong password of mine']) {
      if (password) await stranger.signIn(email, password)
      const answer = await stranger.get(OPTIONS)
      expect(answer.status).toBe(302)
      expect(answer.headers.get('Location')).toMatch(/^\/login/)
    }
    const atTheSignIn = (await (await stranger.get('/login/passkey')).json()) as Options
    expect(atTheSignIn.allowCredentials).toBeUndefined()
  })

  it('is asked of that person’s passkeys after it', async () => {
    const { email, authenticator } = await somebody()
    const ada = await begun(email)
    const options = (await (await ada.get(OPTIONS)).json()) as Options
    expect(options.allowCredentials?.map(({ id }) => id)).toEqual([authenticator.id])
  })

  it.each<[string, Partial<Said>]>([
    ['without finger, face or PIN', { verified: false }],
    ['for another site', { origin: 'https://evil.example' }],
  ])('is refused %s', async (_, said) => {
    const { email, authenticator } = await somebody()
    const ada = await begun(email)
    const passkey = await answerOf(ada, OPTIONS, authenticator, said)
    expect((await takeStep(ada, { intent: 'passkey', passkey })).status).toBe(422)
    expect(await ada.isSignedIn()).toBe(false)
  })

  it('is refused with somebody else’s passkey, from another browser, and when it is none', async () => {
    const [own, other] = [await somebody(), await somebody()]
    const [ada, elsewhere] = [await begun(own.email), await begun(own.email)]
    for (const passkey of [
      await answerOf(ada, OPTIONS, other.authenticator),
      await answerOf(elsewhere, OPTIONS, own.authenticator),
      await answerOf(ada, '/login/passkey', own.authenticator),
      'no JSON',
      '',
    ]) {
      expect((await takeStep(ada, { intent: 'passkey', passkey })).status).toBe(422)
    }
    expect(await ada.isSignedIn()).toBe(false)
  })

  it('is refused without the token of this very sign-in', async () => {
    const { email, person, authenticator } = await somebody()
    const ada = await begun(email)
    const passkey = await answerOf(ada, OPTIONS, authenticator)
    const formToken = await person.formToken()
    expect((await ada.post(STEP, { intent: 'passkey', passkey, formToken })).status).toBe(403)
    expect(await ada.isSignedIn()).toBe(false)
  })

  it('signs in, once, and leads on to the page that was asked for', async () => {
    const { email, authenticator } = await somebody()
    const ada = visitor()
    const begun = await ada.signIn(email, undefined, { redirectTo: '/profile/tokens' })
    const page = begun.headers.get('Location')!
    const passkey = await answerOf(ada, OPTIONS, authenticator)
    const done = await takeStep(ada, { intent: 'passkey', passkey }, page)
    expect([done.status, done.headers.get('Location')]).toEqual([302, '/profile/tokens'])
    expect(await ada.isSignedIn()).toBe(true)
    await ada.submit('/logout')
    await ada.signIn(email)
    expect((await takeStep(ada, { intent: 'passkey', passkey })).status).toBe(422)
  })

  it('says what is needed where there are no scripts, and takes a recovery code', async () => {
    const email = `ada-${(people += 1)}@example.com`
    const person = visitor()
    await person.signUp(email)
    const codes = recoveryCodesIn((await makePasskeyOnPage(person, server.origin)).page)
    expect(codes).toHaveLength(10)

    const ada = await begun(email)
    const html = await (await ada.get(STEP)).text()
    expect(html).toMatch(/<noscript>.*allow JavaScript.*<\/noscript>/s)
    expect(html).not.toContain('name="code"')
    expect(html).toContain(`${STEP}?use=recovery-code`)
    const paper = { intent: 'recovery-code', code: codes[0]! }
    const done = await takeStep(ada, paper, `${STEP}?use=recovery-code`)
    expect(done.status).toBe(302)
    expect(await ada.isSignedIn()).toBe(true)
  })

  it('stands beside the app where somebody has both', async () => {
    const { email, person } = await somebody()
    await setUpAuthenticator(person)
    const ada = await begun(email)
    const byApp = await (await ada.get(STEP)).text()
    expect(byApp).toContain('name="code"')
    expect(byApp).toContain(`${STEP}?use=passkey`)
    const byPasskey = await (await ada.get(`${STEP}?use=passkey`)).text()
    expect(byPasskey).toContain('name="passkey"')
    expect(byPasskey).toContain(`${STEP}?use=authenticator`)
  })
})
