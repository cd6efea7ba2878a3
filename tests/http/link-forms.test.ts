import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { wrongAddresses, wrongTexts, type Changes } from '../support/bad-fields'
import { dump, withoutActivity } from '../support/dump'
import { sendForm, type FormCase } from '../support/forms'
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
    const before = withoutCounters()
    const answer = await sendForm(browser, form, changes)
    expect([changes, answer.status]).toEqual([changes, 422])
    expect(await answer.text()).toMatch(message)
    expect(withoutCounters()).toEqual(before)
  }

  /** Everything but the attempts, which count while they fail. */
  function withoutCounters() {
    const { AttemptCounter: _, ...rows } = withoutActivity(dump(server))
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
    expect(dump(server).User).toMatchObject([{ email: 'ada@example.com', role: 'admin' }])
  })

  it('refuses what is wrong at its field, and the password link is as good as before', async () => {
    const admin = browser
    const invited = { name: 'Grace', email: 'grace@example.com', role: 'user' }
    const page = await (await admin.submit('/admin/users/new', invited)).text()
    const token = /password-link\?token=([\w-]+)/.exec(page)![1]
    browser = createVisitor(server.origin)
    await browser.get(`/password-link?token=${token}`)
    for (const [, changes, message] of wrongFor(choosePassword)) {
      await expectRefusal(choosePassword, changes, message)
    }
    await expectRefusal(choosePassword, { password: 'password' }, /too easy to guess/)
    expect((await sendForm(browser, choosePassword)).headers.get('Location')).toBe('/profile')
    expect((await browser.get('/profile')).status).toBe(200)
  })
})
