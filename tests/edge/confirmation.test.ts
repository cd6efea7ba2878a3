import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Someone } from '../support/administration'
import { dump, withoutActivity } from '../support/dump'
import { ASKS_FIRST, readEveryForm, TYPED } from '../support/every-form'
import { formsIn, type PageForm } from '../support/page-forms'
import { startServer, type TestServer } from '../support/server'

/** What one press does, each with the reason. Whatever is in no list has to ask first. */
const ONE_PRESS: Record<string, string> = {
  '/logout sign-out': 'signs out this browser, in front of the person who presses',
  '/profile rename': 'can be changed back',
  '/profile name-session': 'can be changed back',
  '/profile change-email': 'can be changed back, and asks for the password',
  '/profile hide-next-steps': 'hides links to pages that stay where they are',
  '/apps hide-next-steps': 'hides links to pages that stay where they are',
  '/profile/password change-password': 'asks for the password, and says by a box what ends',
  '/profile/data ': 'only reads',
  '/admin/audit/export ': 'only reads',
  '/profile/security/authenticator add-authenticator': 'can be removed',
  '/profile/passkeys rename-passkey': 'can be changed back',
  '/profile/tokens create-token': 'can be revoked',
  '/admin/users/new create': 'can be deleted',
  '/admin/users/:id edit': 'can be changed back',
  '/admin/users/:id enable': 'can be disabled again',
  '/admin/users/:id set-groups': 'can be changed back',
  '/admin/groups add-group': 'can be removed',
  '/admin/groups/staff rename': 'can be changed back',
  '/admin/applications/new add-application': 'can be removed',
  '/admin/applications/wiki check': 'looks, and changes nothing',
  '/admin/applications/wiki edit':
    'can be changed back; asks first when people are signed out by it',
}

describe('what cannot be undone', () => {
  let server: TestServer
  let admin: Someone
  let forms: Map<string, PageForm>

  beforeAll(async () => {
    server = await startServer({ TRUST_PROXY: '1' })
    ;({ admin, forms } = await readEveryForm(server))
  })
  afterAll(() => server.dispose())

  const rows = async () => withoutActivity(await dump(server))

  const send = ({ path, fields }: PageForm, without: string[] = []) =>
    admin.post(
      path,
      Object.fromEntries(
        Object.keys(Object.fromEntries(fields))
          .filter((name) => !without.includes(name))
          .map((name) => [name, fields.filter(([one]) => one === name).map(([, value]) => value)]),
      ),
    )

  it('is on a list with every button of every page, which asks first or need not for a reason', () => {
    const known = [...Object.keys(ONE_PRESS), ...ASKS_FIRST.map(([form]) => form)]
    expect([...forms.keys()].sort()).toEqual(known.filter((form) => form !== ENABLE).sort())
  })

  it.each(ASKS_FIRST)(
    'is not done by one press without scripts, but asked about: %s',
    async (name) => {
      const before = await rows()
      const form = filledIn(forms.get(name)!)
      const answer = await send(form, ['confirmed'])
      const page = await answer.text()
      expect(answer.status).toBe(200)
      expect(await rows()).toEqual(before)
      expect(page).toMatch(/name="confirmed" value="yes"/)
      expect(page).toMatch(/Nothing has been done yet|What will be deleted/)
    },
  )

  it.each([[['no']], [['']], [['yes', 'yes']]])(
    'is not done by anything but the second press: %j',
    async (confirmed) => {
      const before = await rows()
      for (const [name] of ASKS_FIRST) {
        const { path, intent, fields } = filledIn(forms.get(name)!)
        const others = fields.filter(([field]) => field !== 'confirmed')
        const more = confirmed.map((value): [string, string] => ['confirmed', value])
        expect((await send({ path, intent, fields: [...others, ...more] })).status).toBe(200)
      }
      expect(await rows()).toEqual(before)
    },
  )

  it.each(ASKS_FIRST)('is done by the page that asked: %s', async (name, gone) => {
    const before = await rows()
    const asked = filledIn(forms.get(name)!)
    const page = await (await send(asked, ['confirmed'])).text()
    const question = formsIn(page, asked.path).find(({ fields }) =>
      fields.some(([field]) => field === 'confirmed'),
    )!
    const answer = await send(filledIn(question))
    expect([200, 302]).toContain(answer.status)
    const after = await rows()
    expect(before[gone]!.filter((row) => !after[gone]!.some(isSame(row)))).not.toEqual([])
    expect(after.AuditEvent!.length).toBeGreaterThan(before.AuditEvent!.length)
  })
})

/** The button is there only while the account is disabled. */
const ENABLE = '/admin/users/:id enable'

const filledIn = ({ fields, ...form }: PageForm): PageForm => ({
  ...form,
  fields: fields.map(([name, value]) => [name, TYPED[name] ?? value]),
})

const isSame = (row: Record<string, unknown>) => (other: Record<string, unknown>) =>
  JSON.stringify(row) === JSON.stringify(other)
