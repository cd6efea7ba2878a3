import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { wrongAddresses, wrongTexts, type Changes } from '../support/bad-fields'
import { dump, withoutActivity } from '../support/dump'
import { createAdministration, formOf, linkIn, type Someone } from '../support/administration'
import { sendForm, type FormCase } from '../support/forms'
import { formsIn } from '../support/page-forms'
import { startServer, type TestServer } from '../support/server'
import { createVisitor, PASSWORD, type Visitor } from '../support/visitor'

const setUp: FormCase = {
  what: 'set-up',
  path: '/setup',
  signed: false,
  fields: { name: 'Ada', email: 'ada@example.com', password: PASSWORD },
  texts: { name: 100, email: 254, password: 256 },
}
const choosePassword: FormCase = {
  what: 'choose a password',
  path: '/password-link',
  signed: false,
  fields: { password: 'nine purple harbours' },
  texts: { password: 256 },
}

const wrongFor = ({ texts, fields }: FormCase) =>
  Object.entries(texts).flatMap(([name, max]) => wrongTexts(name, fields[name]!, max))

describe('the form that a one-time link leads to', () => {
  let server: TestServer
  let browser: Visitor

  beforeAll(async () => {
    server = await startServer()
    browser = createVisitor(server.origin)
  })
  afterAll(() => server.dispose())

  async function expectRefusal(form: FormCase, changes: Changes, message: RegExp) {
    const before = await withoutCounters()
    const answer = await sendForm(browser, form, changes)
    expect([changes, answer.status]).toEqual([changes, 422])
    expect(await answer.text()).toMatch(message)
    expect(await withoutCounters()).toEqual(before)
  }

  /** Everything but the attempts, which count while they fail. */
  async function withoutCounters() {
    const { AttemptCounter: _, ...rows } = withoutActivity(await dump(server))
    return rows
  }

  it('refuses what is wrong at its field, and the set-up link is as good as before', async () => {
    await browser.get(`/setup?token=${server.setUpToken()}`)
    for (const [, changes, message] of wrongFor(setUp)) await expectRefusal(setUp, changes, message)
    for (const email of wrongAddresses) {
      await expectRefusal(setUp, { email }, /Enter an e-mail address|at most 254 characters/)
    }
    await expectRefusal(setUp, { password: 'password' }, /too easy to guess/)
    expect((await sendForm(browser, setUp)).headers.get('Location')).toBe('/profile')
    expect((await dump(server)).User).toMatchObject([{ email: 'ada@example.com', role: 'admin' }])
  })

  it('refuses what is wrong at its field, and the password link is as good as before', async () => {
    const admin = browser
    const invited = { name: 'Grace', email: 'grace@example.com', role: 'user' }
    const page = await (await admin.submit('/admin/users/new', invited)).text()
    const token = /password-link\?token=([\w-]+)/.exec(page)![1]
    browser = createVisitor(server.origin)
    const link = `/password-link?token=${token}`
    await browser.get(link)
    const form = { ...choosePassword, path: formOf(link) }
    for (const [, changes, message] of wrongFor(form)) await expectRefusal(form, changes, message)
    await expectRefusal(form, { password: 'password' }, /too easy to guess/)
    expect((await sendForm(browser, form)).headers.get('Location')).toBe('/profile')
    expect((await browser.get('/profile')).status).toBe(200)
  })
})

describe('two password links that are open in one browser', () => {
  let server: TestServer
  let admin: Someone
  let browser: Visitor
  beforeAll(async () => {
    server = await startServer()
    admin = await createAdministration(server).setUp()
  })
  beforeEach(() => {
    browser = createVisitor(server.origin)
  })
  afterAll(() => server.dispose())

  /** Invites somebody, and opens their link. Returns where the form of the page is sent. */
  async function open(email: string) {
    const fields = { name: email.split('@')[0]!, email, role: 'user' }
    const invited = await admin.submit('/admin/users/new', fields)
    const moved = await browser.get(linkIn(await invited.text()))
    const page = await (await browser.get(moved.headers.get('Location')!)).text()
    expect(page).toContain(email)
    const [form] = formsIn(page, '/password-link')
    return form!.path
  }

  it.each([
    ['in the order in which they were opened', [0, 1]],
    ['the other way round', [1, 0]],
  ])('set the passwords of their own people, %s', async (order, [one, two]) => {
    const emails = [`ada-${one}@example.com`, `grace-${one}@example.com`]
    const actions = [await open(emails[0]!), await open(emails[1]!)]
    for (const index of [one!, two!]) {
      const answer = await browser.post(actions[index]!, { password: `${PASSWORD} ${index}` })
      expect([order, answer.headers.get('Location')]).toEqual([order, '/profile'])
    }
    for (const index of [0, 1]) {
      const there = createVisitor(server.origin)
      expect((await there.signIn(emails[index]!, `${PASSWORD} ${index}`)).status).toBe(302)
    }
  })

  it('show their own people again when something was wrong with the password', async () => {
    const [first] = [await open('cyd@example.com'), await open('dan@example.com')]
    const answer = await browser.post(first, { password: 'short' })
    expect(answer.status).toBe(422)
    const page = await answer.text()
    expect(page).toContain('cyd@example.com')
    expect(page).not.toContain('dan@example.com')
  })

  it('set nothing by a form whose link this browser does not hold', async () => {
    const action = await open('eve@example.com')
    const before = withoutActivity(await dump(server))
    const stranger = createVisitor(server.origin)
    const guessed = action.replace(/link=.*/, 'link=0000000000000000000000')
    for (const [who, where] of [
      [stranger, action],
      [browser, guessed],
    ] as const) {
      const answer = await who.post(where, { password: PASSWORD })
      expect(answer.status).toBe(410)
      expect(await answer.text()).toContain('This browser does not hold the link any more.')
    }
    expect(withoutActivity(await dump(server))).toEqual(before)
  })
})
