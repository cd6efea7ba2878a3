import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApplicationVisitor } from '../support/application-visitor'
import { addApplication } from '../support/applications'
import {
  codeNow,
  proposalIn,
  setUpAuthenticator,
  STEP,
  takeStep,
} from '../support/authenticator-pages'
import { createAdministration, followLink, linkIn, type Someone } from '../support/administration'
import { formTokenIn } from '../support/form-token'
import { answerOf, makePasskey } from '../support/passkeys'
import { startServer, type TestServer } from '../support/server'
import { openTab } from '../support/tab'
import { createVisitor, type Visitor } from '../support/visitor'

let server: TestServer
let admin: Someone
let wiki: Awaited<ReturnType<typeof addApplication>>
let person: Someone
let key: Uint8Array
beforeAll(async () => {
  server = await startServer()
  const { setUp, invite } = createAdministration(server)
  admin = await setUp()
  wiki = await addApplication(server)
  person = await invite(admin)
  ;({ key } = await setUpAuthenticator(person))
})
afterAll(() => server.dispose())

const atWiki = (browser: Visitor) => createApplicationVisitor(server, wiki, browser)
const demand = (secondFactor: boolean) =>
  admin.submit(`/admin/applications/${wiki.id}`, {
    ...{ intent: 'edit', confirmed: 'yes', name: wiki.name, address: wiki.address },
    ...{ access: 'everybody', ...(secondFactor && { secondFactor: 'on' }) },
  })

describe('a sign-in that waits for its second step', () => {
  let browser: Visitor
  let secret: string
  beforeAll(async () => {
    browser = createVisitor(server.origin)
    await browser.signIn(person.email)
    secret = [...browser.cookies].find(([name]) => name.includes('pending'))![1]
  })

  test('opens no socket, by its own cookie or in the place of a session', async () => {
    await expect(openTab(server, secret)).rejects.toMatchObject({ status: 401 })
    const headers = { Cookie: browser.cookieHeader() }
    await expect(openTab(server, undefined, { headers })).rejects.toMatchObject({ status: 401 })
  })

  test('opens no application', async () => {
    const visitor = atWiki(browser)
    const answer = await visitor.open(await visitor.start())
    expect(answer.headers.get('Location')).toMatch(/^\/login/)
    expect((await visitor.ask()).status).toBe(401)
    visitor.cookies.set(`__Host-latchkey-app`, secret)
    expect((await visitor.ask()).status).toBe(401)
  })

  test('is no token, and none that an application takes', async () => {
    const headers = { Authorization: `Bearer ${secret}` }
    expect((await fetch(`${server.origin}/api/v1/session`, { headers })).status).toBe(401)
    expect((await atWiki(browser).ask('/', { headers })).status).toBe(401)
  })

  test('leaves nothing in memory: the session after it is looked up, and opens all of that', async () => {
    expect(await browser.isSignedIn()).toBe(false)
    await takeStep(browser, { code: codeNow(key) })
    expect(await browser.isSignedIn()).toBe(true)
    expect((await atWiki(browser).signIn()).status).toBe(303)
    const tab = await openTab(server, browser.secret())
    tab.socket.close()
  })
})

describe('an application that asks for a second factor', () => {
  let byPassword: Someone
  beforeAll(async () => {
    byPassword = await createAdministration(server).invite(admin)
  })
  beforeEach(() => demand(false))

  test('does not open for a session by password alone, and leads to the page where one is set up', async () => {
    await demand(true)
    const visitor = atWiki(byPassword)
    const answer = await visitor.open(await visitor.start('/page'))
    const location = answer.headers.get('Location')!
    expect(location).toMatch(/^\/second-factor\?redirectTo=/)
    const page = await (await byPassword.get(location)).text()
    expect(page).toContain('Set up an authenticator app')
    expect((await visitor.ask()).status).toBe(401)
  })

  test('closes at once for those who are in by password alone, and stays open for others', async () => {
    const guarded = createVisitor(server.origin)
    await guarded.signIn(person.email)
    await takeStep(guarded, { code: codeNow(key, 1) })
    const [without, withFactor] = [atWiki(byPassword), atWiki(guarded)]
    await without.signIn()
    await withFactor.signIn()
    expect([(await without.ask()).status, (await withFactor.ask()).status]).toEqual([200, 200])
    await demand(true)
    expect([(await without.ask()).status, (await withFactor.ask()).status]).toEqual([401, 200])
  })

  test('opens once the factor was shown, in the session that was there', async () => {
    await demand(true)
    const newcomer = await createAdministration(server).invite(admin)
    const visitor = atWiki(newcomer)
    const asked = (await visitor.open(await visitor.start('/page'))).headers.get('Location')!
    const { key: own } = await setUpAuthenticator(newcomer)
    const on = await newcomer.get(asked)
    const shown =
      on.status === 200
        ? await newcomer.submit(asked, { intent: 'authenticator', code: codeNow(own) })
        : on
    expect(shown.status).toBe(302)
    const opened = await newcomer.get(shown.headers.get('Location')!)
    expect([opened.status, opened.headers.get('Location')]).toEqual([
      303,
      expect.stringContaining(`${wiki.address}/.latchkey/enter?code=`),
    ])
  })

  test('takes a passkey there, of this person and with finger, face or PIN, and refuses others', async () => {
    const { invite } = createAdministration(server)
    const [owner, other] = [await invite(admin), await invite(admin)]
    const passkey = await makePasskey(owner, server.origin)
    const passkeyOfOther = await makePasskey(other, server.origin)
    const show = async (authenticator: typeof passkey, said = {}) => {
      const answer = await answerOf(owner, '/profile/passkeys/proof', authenticator, said)
      return owner.submit('/second-factor', { intent: 'passkey', passkey: answer })
    }
    expect((await show(passkeyOfOther)).status).toBe(422)
    expect((await show(passkey, { verified: false })).status).toBe(422)
    const secret = owner.secret()
    expect((await show(passkey)).status).toBe(302)
    expect(owner.secret()).not.toBe(secret)
    const shown = 'SELECT "secondFactor" FROM "Session" WHERE "userId" = ?'
    expect(await server.queryValue(shown, owner.id)).toBe('passkey')
  })

  test('refuses a wrong code there, and an old one', async () => {
    // In by password alone, from before there was a factor.
    const guarded = createVisitor(server.origin)
    await guarded.signIn(byPassword.email)
    const { key: own } = await setUpAuthenticator(byPassword)
    for (const code of ['000000', codeNow(own, -2)]) {
      const answer = await guarded.submit('/second-factor', { intent: 'authenticator', code })
      expect(answer.status).toBe(422)
    }
  })
})

describe('where administrators need a second factor', () => {
  test('they are led to it before there is a session, everybody else is not', async () => {
    await server.stop()
    await server.start({ SECOND_FACTOR: 'administrators' })
    const [administrator, user] = [createVisitor(server.origin), createVisitor(server.origin)]
    const answer = await administrator.signIn(admin.email)
    expect(answer.headers.get('Location')).toBe(STEP)
    expect(await administrator.isSignedIn()).toBe(false)
    const other = await createAdministration(server).invite(admin)
    expect((await user.signIn(other.email)).headers.get('Location')).not.toBe(STEP)
    expect(await user.isSignedIn()).toBe(true)
  })
})

describe('an invitation, where everybody needs a second factor', () => {
  test('says what follows after the password, and who comes again is not welcomed', async () => {
    const strict = await startServer({ SECOND_FACTOR: 'everybody' })
    const root = createVisitor(strict.origin)
    await root.setUp(strict.setUpToken(), 'root@example.com')
    const at = '/login/second-step'
    const { proposal, key: ofRoot } = proposalIn(await (await root.get(at)).text())
    const formToken = formTokenIn(await (await root.get(at)).text())
    const fields = { intent: 'add-authenticator', proposal, code: codeNow(ofRoot) }
    await root.post(at, { ...fields, formToken })
    const wanted = { intent: 'create', role: 'user', name: 'Zoe', email: 'zoe@example.com' }
    const created = await (await root.submit('/admin/users/new', wanted)).text()
    const open = async (html: string) => {
      const invited = createVisitor(strict.origin)
      await invited.get(linkIn(html))
      return (await invited.get('/password-link')).text()
    }
    const page = await open(created)
    expect(page).toContain('Welcome, Zoe')
    expect(page).toContain('After that you set up a second factor.')
    expect(page).not.toContain('Save password and sign in')

    await followLink(createVisitor(strict.origin), linkIn(created))
    const id = await strict.queryValue<string>(
      'SELECT "id" FROM "User" WHERE "email" = ?',
      wanted.email,
    )
    const again = await root.confirm(`/admin/users/${id}`, { intent: 'password-link' })
    const next = await open(await again.text())
    expect(next).not.toContain('Welcome')
    expect(next).toMatch(/<h1[^>]*>Choose a new password<\/h1>/)
    await strict.dispose()
  })
})
