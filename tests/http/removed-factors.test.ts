import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAdministration, type Someone } from '../support/administration'
import {
  codeNow,
  proposalIn,
  setUpAuthenticator,
  SET_UP,
  STEP,
  takeStep,
} from '../support/authenticator-pages'
import { runCommand } from '../support/command-line'
import { formTokenIn } from '../support/form-token'
import { startServer, type TestServer } from '../support/server'
import { openTab } from '../support/tab'
import { until } from '../support/until'
import { createVisitor, type Visitor } from '../support/visitor'

/** Whoever lost every second factor, and the gap until they have the next one. */

let server: TestServer
let admin: Someone
let people: ReturnType<typeof createAdministration>
beforeAll(async () => {
  server = await startServer()
  people = createAdministration(server)
  admin = await people.setUp()
})
afterAll(() => server.dispose())

const pageOf = ({ id }: Someone) => `/admin/users/${id}`
const remove = (by: Visitor, whom: Someone) =>
  by.confirm(pageOf(whom), { intent: 'remove-factors' })
const factorLinkIn = (html: string) => /\/add-factor\?token=[\w-]+/.exec(html)?.[0]

async function guarded() {
  const person = await people.invite(admin)
  return { person, ...(await setUpAuthenticator(person)) }
}

/** A sign-in with what is left: the password. */
async function signInAgain({ email }: Someone) {
  const browser = createVisitor(server.origin)
  const answer = await browser.signIn(email)
  return { browser, to: answer.headers.get('Location') }
}

/** Sends the form that sets an authenticator up. */
async function enrol(browser: Visitor) {
  const { proposal, key } = proposalIn(await (await browser.get(SET_UP)).text())
  return browser.submit(SET_UP, { intent: 'add-authenticator', proposal, code: codeNow(key) })
}

test('what goes with an account is said with its authenticator app and its recovery codes', async () => {
  const { person } = await guarded()
  const other = await people.invite(admin)
  const own = await (await person.get('/profile/delete')).text()
  const administered = await (await admin.get(`${pageOf(person)}/delete`)).text()
  for (const page of [own, administered]) {
    expect(page).toContain('1 authenticator app')
    expect(page).toMatch(/\d+ recovery codes/)
    expect(page).not.toMatch(/\d passkey/)
  }
  const withNone = await (await admin.get(`${pageOf(other)}/delete`)).text()
  expect(withNone).not.toMatch(/\d (?:authenticator app|recovery code)/)
})

describe('second factors are not removed', () => {
  test('by somebody who is no administrator', async () => {
    const [{ person }, other] = [await guarded(), await people.invite(admin)]
    expect((await remove(other, person)).status).toBe(403)
    expect((await signInAgain(person)).to).toBe(STEP)
  })

  test('by an administrator from their own account, whose last way in it may be', async () => {
    const { person } = await guarded()
    await people.edit(admin, person, 'admin')
    expect((await remove(person, person)).status).toBeGreaterThanOrEqual(400)
    expect((await signInAgain(person)).to).toBe(STEP)
  })

  test('before it is asked twice', async () => {
    const { person } = await guarded()
    const answer = await admin.submit(pageOf(person), { intent: 'remove-factors' })
    expect(await answer.text()).toContain('Nothing has been done yet.')
    expect((await signInAgain(person)).to).toBe(STEP)
  })

  test('from somebody who has none, of whom the page says so', async () => {
    const person = await people.invite(admin)
    const answer = await remove(admin, person)
    expect([answer.status, factorLinkIn(await answer.text())]).toEqual([422, undefined])
    expect((await person.get('/profile')).status).toBe(200)
  })
})

describe('once an administrator has removed them', () => {
  test('the person is out everywhere: open tabs, half-way sign-ins and remembered devices', async () => {
    const { person, key } = await guarded()
    const remembered = createVisitor(server.origin)
    await remembered.signIn(person.email)
    await takeStep(remembered, { code: codeNow(key), remember: 'on' })
    const halfWay = createVisitor(server.origin)
    await halfWay.signIn(person.email)
    const tab = await openTab(server, person.secret())

    const answer = await remove(admin, person)
    expect([answer.status, factorLinkIn(await answer.text())]).toEqual([200, expect.any(String)])

    await until(() => tab.closed)
    expect(await person.isSignedIn()).toBe(false)
    expect(await remembered.isSignedIn()).toBe(false)
    const step = await halfWay.post(STEP, { intent: 'authenticator', code: codeNow(key, 1) })
    expect(step.headers.get('Location')).toMatch(/^\/login\?/)
    const rows = 'SELECT count(*) FROM "RememberedDevice" WHERE "userId" = ?'
    expect(await server.queryValue(rows, person.id)).toBe(0)
  })

  test('a stolen password is not enough to make the next one', async () => {
    const { person } = await guarded()
    const page = await (await remove(admin, person)).text()
    const { browser: thief } = await signInAgain(person)
    const shown = await (await thief.get(SET_UP)).text()
    expect(shown).toContain('open the link that they gave you')
    expect(shown).not.toContain('name="proposal"')

    const { browser: owner } = await signInAgain(person)
    const opened = await owner.get(factorLinkIn(page)!)
    expect(opened.status).toBe(302)
    await owner.get(opened.headers.get('Location')!)
    expect((await enrol(owner)).status).toBe(200)
    expect((await signInAgain(person)).to).toBe(STEP)
  })

  test('the link of one person adds nothing to another, works once, and another one replaces it', async () => {
    const [{ person }, { person: other }] = [await guarded(), await guarded()]
    const first = factorLinkIn(await (await remove(admin, person)).text())!
    const ofOther = factorLinkIn(await (await remove(admin, other)).text())!
    const again = await admin.submit(pageOf(person), { intent: 'factor-link' })
    const second = factorLinkIn(await again.text())!

    const { browser } = await signInAgain(person)
    expect((await browser.get(first)).status).toBe(410)
    await browser.get(ofOther)
    expect((await enrol(browser)).status).toBe(422)
    await browser.get(second)
    expect((await enrol(browser)).status).toBe(200)
    expect((await browser.get(second)).status).toBe(410)
  })
})

describe('where everybody needs a second factor', () => {
  test('the next one is made on the way in, and not without the link', async () => {
    const { person } = await guarded()
    const link = factorLinkIn(await (await remove(admin, person)).text())!
    await server.stop()
    await server.start({ SECOND_FACTOR: 'everybody' })

    const { browser, to } = await signInAgain(person)
    expect(to).toBe(STEP)
    expect(await (await browser.get(STEP)).text()).toContain('You need a link')
    await browser.get(link)
    const html = await (await browser.get(STEP)).text()
    const { proposal, key } = proposalIn(html)
    const fields = { intent: 'add-authenticator', proposal, code: codeNow(key) }
    const done = await browser.post(STEP, { ...fields, formToken: formTokenIn(html) })
    expect(await done.text()).toContain('You are signed in')
    expect(await browser.isSignedIn()).toBe(true)
    await server.stop()
    await server.start()
  })
})

describe('the command "factors remove"', () => {
  const run = (...args: string[]) => runCommand(server, 'factors', 'remove', ...args)

  test.each([
    [[], 2, /e-mail address or username/],
    [['nobody@example.com'], 1, /Nobody has this e-mail address/],
  ] as const)('refuses %j', async (args, code, sentence) => {
    const result = await run(...args)
    expect(result.code).toBe(code)
    expect(result.errors).toMatch(sentence)
  })

  test('lets the only administrator in again, by the password and the printed link', async () => {
    const { recoveryCodes } = await setUpAuthenticator(admin)
    expect(recoveryCodes).toHaveLength(10)
    const { code, output } = await run(admin.email)
    expect(code).toBe(0)
    expect(output).toContain('Took 1 second factor of Grace Hopper away.')
    await until(async () => !(await admin.isSignedIn()))
    const { browser, to } = await signInAgain(admin)
    expect(to).not.toBe(STEP)
    await browser.get(factorLinkIn(output)!)
    expect((await enrol(browser)).status).toBe(200)
  })
})
