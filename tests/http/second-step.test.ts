import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  codeNow,
  proposalIn,
  setUpAuthenticator,
  STEP,
  takeStep,
} from '../support/authenticator-pages'
import { formTokenIn } from '../support/form-token'
import { startOpenServer, type TestServer } from '../support/server'
import { createVisitor } from '../support/visitor'

describe('a second step', () => {
  let server: TestServer
  beforeAll(async () => (server = await startOpenServer()))
  afterAll(() => server.dispose())

  const visitor = () => createVisitor(server.origin)
  let people = 0
  async function enrolled() {
    const [email, person] = [`ada-${(people += 1)}@example.com`, visitor()]
    await person.signUp(email)
    return { email, person, ...(await setUpAuthenticator(person)) }
  }

  it('stands between the password and everything: pages, data, the API and applications', async () => {
    const { email } = await enrolled()
    const ada = visitor()
    const answer = await ada.signIn(email)
    expect([answer.status, answer.headers.get('Location')]).toEqual([302, STEP])
    expect(ada.secret()).toBeUndefined()
    for (const path of ['/profile', '/profile.data', '/profile/security', '/apps', '/open']) {
      const { status, headers } = await ada.get(path)
      expect([path, status]).toEqual([path, path.endsWith('.data') ? 202 : 302])
      if (!path.endsWith('.data')) expect(headers.get('Location')).toMatch(/^\/login/)
    }
    const pending = [...ada.cookies].find(([name]) => name.includes('pending'))![1]
    expect(await ada.isSignedIn()).toBe(false)
    ada.setSecret(pending)
    expect(await ada.isSignedIn()).toBe(false)
    const asToken = { Authorization: `Bearer ${pending}` }
    expect((await ada.get('/api/v1/session', asToken)).status).toBe(401)
  })

  it('refuses a form without the token of this very sign-in', async () => {
    const { email, person, key } = await enrolled()
    const ada = visitor()
    await ada.signIn(email)
    const fields = { intent: 'authenticator', code: codeNow(key) }
    expect((await ada.post(STEP, fields)).status).toBe(403)
    const formToken = await person.formToken()
    expect((await ada.post(STEP, { ...fields, formToken })).status).toBe(403)
    expect(await ada.isSignedIn()).toBe(false)
  })

  it('signs in with a right code, and leads on to the page that was asked for', async () => {
    const { email, key } = await enrolled()
    const ada = visitor()
    const begun = await ada.signIn(email, undefined, { redirectTo: '/profile/tokens' })
    const page = begun.headers.get('Location')!
    expect((await takeStep(ada, { code: '12345' }, page)).status).toBe(422)
    const done = await takeStep(ada, { code: codeNow(key) }, page)
    expect([done.status, done.headers.get('Location')]).toEqual([302, '/profile/tokens'])
    expect(await ada.isSignedIn()).toBe(true)
  })

  it('is not asked for on a device that is to be remembered, until it is forgotten', async () => {
    const { email, person, key } = await enrolled()
    const ada = visitor()
    await ada.signIn(email)
    await takeStep(ada, { code: codeNow(key), remember: 'on' })
    await ada.submit('/logout')
    expect((await ada.signIn(email)).headers.get('Location')).toBe('/profile')
    await ada.submit('/logout')
    const listed = await (await person.get('/profile/security')).text()
    const deviceId = /name="deviceId" value="([^"]+)"/.exec(listed)![1]!
    await person.confirm('/profile/security', { intent: 'forget-device', deviceId })
    expect((await ada.signIn(email)).headers.get('Location')).toBe(STEP)
  })

  it('takes a recovery code in place of the app, once', async () => {
    const { email, recoveryCodes } = await enrolled()
    expect(recoveryCodes).toHaveLength(10)
    const paper = { intent: 'recovery-code', code: recoveryCodes[0]! }
    for (const status of [302, 422]) {
      const ada = visitor()
      await ada.signIn(email)
      expect((await takeStep(ada, paper, `${STEP}?use=recovery-code`)).status).toBe(status)
    }
  })

  it('leads back to the first with a sentence when it is over', async () => {
    const { email, key } = await enrolled()
    const ada = visitor()
    await ada.signIn(email)
    await server.query('DELETE FROM "PendingSignIn"')
    const answer = await ada.post(STEP, { intent: 'authenticator', code: codeNow(key) })
    const page = await (await ada.get(answer.headers.get('Location')!)).text()
    expect(page).toContain('took too long, was taken already, or was ended')
  })
})

describe('where everybody needs a second factor', () => {
  let server: TestServer
  beforeAll(async () => (server = await startOpenServer({ SECOND_FACTOR: 'everybody' })))
  afterAll(() => server.dispose())

  it('it is made before there is a session, and the recovery codes are shown with the way on', async () => {
    const ada = createVisitor(server.origin)
    expect((await ada.signUp('ada@example.com')).headers.get('Location')).toBe(STEP)
    expect(await ada.isSignedIn()).toBe(false)
    const html = await (await ada.get(STEP)).text()
    const { proposal, key } = proposalIn(html)
    const fields = { intent: 'add-authenticator', proposal, formToken: formTokenIn(html) }
    const wrong = await ada.post(STEP, { ...fields, code: codeNow(key, 9) })
    expect(wrong.status).toBe(422)
    expect(await wrong.text()).toContain(proposal)
    const done = await (await ada.post(STEP, { ...fields, code: codeNow(key) })).text()
    expect(done).toContain('You are signed in')
    expect(done.match(/<li>[a-z2-7-]{19}<\/li>/g)).toHaveLength(10)
    expect(await ada.isSignedIn()).toBe(true)
  })
})
