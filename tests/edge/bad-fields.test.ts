import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { wrongAddresses, wrongTexts, type Changes } from '../support/bad-fields'
import { dump, withoutActivity } from '../support/dump'
import { formCases, sendForm, type FormCase } from '../support/forms'
import { startServer, type TestServer } from '../support/server'
import { createVisitor, type Visitor } from '../support/visitor'

const texts = formCases.flatMap((form) =>
  Object.entries(form.texts).flatMap(([name, max]) =>
    wrongTexts(name, form.fields[name]!, max).map(([what, changes, message]) => ({
      title: `${form.what}: ${name} ${what}`,
      form,
      changes,
      message,
    })),
  ),
)
/** Of what one signs in with, what has no @ may be a username. */
const addresses = formCases
  .filter(({ texts }) => 'email' in texts)
  .flatMap((form) =>
    wrongAddresses
      .filter((email) => form.what !== 'sign-in' || email.includes('@'))
      .map((email) => ({ form, email, what: form.what })),
  )
const choices = formCases.flatMap((form) =>
  (form.choices ?? []).flatMap((name) =>
    ['', '__proto__', ['on', 'on']].map((value) => ({
      title: `${form.what}: ${name} is ${JSON.stringify(value)}`,
      form,
      changes: { [name]: value },
    })),
  ),
)

describe('a form', () => {
  let server: TestServer
  let ada: Visitor
  let grace: Visitor
  let formToken: string

  beforeAll(async () => {
    server = await startServer({ SIGNUP: 'open' })
    ada = createVisitor(server.origin)
    grace = createVisitor(server.origin)
    await ada.setUp(server.setUpToken(), 'ada@example.com')
    await grace.signUp('grace@example.com')
    formToken = await ada.formToken()
  })
  afterAll(() => server.dispose())

  async function expectRefusal(form: FormCase, changes: Changes): Promise<string> {
    const visitor = form.signed ? ada : createVisitor(server.origin)
    const before = withoutActivity(await dump(server))
    const answer = await sendForm(visitor, form, { formToken, ...changes })
    expect(answer.status).toBe(422)
    expect(answer.headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect(withoutActivity(await dump(server))).toEqual(before)
    return answer.text()
  }

  it.each(texts)('is refused with a message, and does nothing: $title', async (wrong) => {
    expect(await expectRefusal(wrong.form, wrong.changes)).toMatch(wrong.message)
  })

  it.each(addresses)('is refused when the address in it is none: $what, $email', async (wrong) => {
    const page = await expectRefusal(wrong.form, { email: wrong.email })
    expect(page).toMatch(/Enter an e-mail address like|must be at most 254 characters/)
  })

  it.each(choices)(
    'is refused when a choice in it is none of those offered: $title',
    async (wrong) => {
      const page = await expectRefusal(wrong.form, wrong.changes)
      expect(page).toMatch(/only be ticked or not|Choose |sent more than once/)
    },
  )

  it('shows again what was typed, but no password', async () => {
    const form = formCases.find(({ what }) => what === 'sign-up')!
    const typed = '"><script>alert(1)</script>'
    const page = await expectRefusal(form, { email: typed })
    expect(page).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"')
    expect(page).not.toContain('<script>alert')
    expect(page).not.toContain(form.fields.password)
  })

  it.each(formCases)('works when everything is right: $what', async (form) => {
    const before = withoutActivity(await dump(server))
    const signedIn = form.what === 'delete my account' ? grace : ada
    const answer = await sendForm(form.signed ? signedIn : createVisitor(server.origin), form)
    expect([200, 302]).toContain(answer.status)
    expect(withoutActivity(await dump(server))).not.toEqual(before)
  })

  it('keeps no control characters in a name', async () => {
    const names = formCases.filter(({ texts, signed }) => 'name' in texts && signed)
    for (const [index, form] of names.entries()) {
      await sendForm(ada, form, {
        name: '\u0007line\r\nline\u2028line\u009B',
        ...(form.texts.email && { email: `other-${index}@example.com` }),
        ...(form.texts.id && { id: `other-${index}` }),
        ...(form.fields.address && { address: `https://other-${index}.example.org` }),
      })
    }
    const { User, ApiToken, Group, Application } = await dump(server)
    const kept = [...User!, ...ApiToken!, ...Group!, ...Application!].map(({ name }) => name)
    expect(kept.filter((name) => name === 'line line line')).toHaveLength(names.length)
  })
})
