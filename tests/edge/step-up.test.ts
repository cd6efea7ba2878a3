import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Someone } from '../support/administration'
import { dump, withoutActivity } from '../support/dump'
import { readEveryForm } from '../support/every-form'
import { makeStale } from '../support/expire'
import { formsIn, type PageForm } from '../support/page-forms'
import { readRoutes } from '../support/routes'
import { startServer, type TestServer } from '../support/server'
import { openTab } from '../support/tab'
import { createVisitor, PASSWORD } from '../support/visitor'

/** What somebody types where a form has no value of its own. */
type Typed = Record<string, string | string[]>

/**
 * Everything that takes a proof of who is there, in an order in which each still finds something to do,
 * with what is typed into it.
 */
const TAKES: [form: string, typed: Typed][] = [
  ['/profile/tokens create-token', { name: 'Backup', scope: 'profile:read', lifetime: '7' }],
  [
    '/admin/applications/wiki edit',
    {
      name: 'Wiki of all',
      access: 'everybody',
      group: [],
      assertion: [],
      secondFactor: [],
      upstream: [],
    },
  ],
  ['/admin/applications/wiki end-sign-in', {}],
  ['/admin/applications/wiki end-sign-ins', {}],
  [
    '/admin/applications/new add-application',
    {
      id: 'files',
      name: 'Files',
      address: 'https://files.example.org',
      access: 'everybody',
      group: [],
      assertion: [],
      secondFactor: [],
      upstream: [],
    },
  ],
  ['/admin/groups add-group', { id: 'writers', name: 'Writers' }],
  ['/admin/groups/staff rename', { name: 'Crew' }],
  ['/admin/users/:id edit', { name: 'Ada King', role: 'user' }],
  ['/admin/users/:id change-username', { username: 'somebody-else' }],
  ['/admin/users/:id password-link', {}],
  ['/admin/users/:id revoke-token', {}],
  ['/admin/users/:id sign-out-of-session', {}],
  ['/admin/users/:id sign-out-of-sessions', {}],
  ['/admin/users/new create', { name: 'Eve', email: 'eve@example.com', role: 'user' }],
  ['/admin/groups/staff remove-members', {}],
  ['/admin/users/:id set-groups', {}],
  ['/admin/groups/staff remove-group', {}],
  ['/admin/applications/wiki/delete remove', {}],
  ['/admin/users sign-everyone-out', {}],
  ['/admin/users/:id disable', {}],
  ['/admin/users/:id enable', {}],
  ['/admin/users/:id/delete delete', {}],
]

/** What asks for the password itself, which is the proof of who has no other. */
const ASKS_ITSELF = [
  '/profile change-email',
  '/profile/password change-password',
  '/profile/delete delete',
]

/** Of who has a factor, which is the proof then: see step-up-by-passkey.test.ts. */
const BY_A_FACTOR = [
  '/profile/passkeys rename-passkey',
  '/profile/passkeys remove-passkey',
  '/profile/security renew-codes',
]

/** What could not be sent once more as it was: its page asks before it shows the form. */
const ASKED_FIRST = ['/profile/security/authenticator add-authenticator']

/** What takes none, with the reason. */
const NEVER: Record<string, string> = {
  '/logout sign-out': 'takes access away from oneself',
  '/profile sign-out-of-session': 'takes access away from oneself',
  '/profile sign-out-of-session, ticked': 'takes access away from oneself',
  '/profile sign-out-of-sessions': 'takes access away from oneself',
  '/profile/tokens revoke-token': 'takes access away from oneself',
  '/profile rename': 'lets nobody in',
  '/profile name-session': 'lets nobody in',
  '/profile hide-next-steps': 'lets nobody in',
  '/apps hide-next-steps': 'lets nobody in',
  '/profile/data ': 'only reads what the pages show',
  '/admin/audit/export ': 'only reads what the page shows',
  '/admin/applications/wiki check': 'looks, and changes nothing',
}

/** Actions whose forms are on no page of somebody who is signed in, with who sends them. */
const OF_NOBODY_SIGNED_IN: Record<string, string> = {
  '/login': 'strangers',
  '/signup': 'strangers',
  '/setup': 'whoever has the link',
  '/password-link': 'whoever has the link',
  '/forgot-password': 'strangers',
  '/signup-link': 'whoever has the link',
  '/login/second-step': 'whoever has taken the first one',
  '/second-factor': 'gives a proof',
  '/admin/mail': 'takes a proof; its forms are there where mail is set up',
  '/confirm-email': 'whoever has the link',
  '/not-me': 'whoever has the link: takes access away',
  '/take-back-email': 'whoever has the link',
  '/profile/not-me': 'takes a proof; its form is there for a chosen session only',
  '/open': 'asks whether to sign in to an application again',
  '/api/no/such/page': 'programs',
  '/no/such/page': 'nobody: there is no such page',
  '/api/v1/users/:id': 'programs',
}

/** The button is there only while the account is disabled. */
const ENABLING = '/admin/users/:id enable'
const ENABLE: PageForm = { path: '', intent: 'enable', fields: [['intent', 'enable']] }

let server: TestServer
let admin: Someone
let ada: Someone
let forms: Map<string, PageForm>
beforeAll(async () => {
  server = await startServer({ TRUST_PROXY: '1' })
  ;({ admin, ada, forms } = await readEveryForm(server))
  forms.set(ENABLING, { ...ENABLE, path: `/admin/users/${ada.id}` })
  // Whoever has one proves by it who they are, and by nothing else.
  await server.query('DELETE FROM "Passkey"')
})
afterAll(() => server.dispose())

const sessionId = () => admin.secret()!.split('.', 1)[0]!
const rows = async () => withoutActivity(await dump(server))

/** As the second press sends it. */
async function send({ path, fields }: PageForm, typed: Typed) {
  const values = Object.fromEntries(
    fields.map(([name]) => [name, fields.filter(([one]) => one === name).map(([, one]) => one)]),
  )
  const { formToken: _, ...own } = values
  return admin.submit(path, { ...own, confirmed: 'yes', ...typed })
}

const proofFormIn = (html: string, path: string) =>
  formsIn(html, path).find(({ fields }) => fields.some(([name]) => name === 'proofPassword'))

describe('every button', () => {
  it('is on a list: it takes a proof of who presses it, or need not for a reason', async () => {
    const listed = [
      ...TAKES.map(([form]) => form),
      ...ASKS_ITSELF,
      ...BY_A_FACTOR,
      ...ASKED_FIRST,
      ...Object.keys(NEVER),
    ]
    expect([...forms.keys()].sort()).toEqual(listed.sort())
    const routes = await readRoutes({ userId: ada.id })
    const acting = routes.filter(({ hasAction }) => hasAction).map(({ path }) => path)
    const sentTo = [...forms.values()].map(({ path }) => path)
    const left = acting.filter((path) => !sentTo.includes(path))
    const paths = left.map((path) => path.replace(ada.id, ':id'))
    expect(paths.sort()).toEqual(Object.keys(OF_NOBODY_SIGNED_IN).sort())
  })
})

describe('what takes a proof, a quarter of an hour after the last one', () => {
  beforeEach(() => makeStale(server, sessionId()))

  it.each(TAKES.filter(([name]) => name !== ENABLING))(
    'is refused without one, and asked for: %s',
    async (name, typed) => {
      const form = forms.get(name)!
      const before = await rows()
      const answer = await send(form, typed)
      const html = await answer.text()
      expect(answer.status).toBe(403)
      expect(await rows()).toEqual(before)
      const again = proofFormIn(html, form.path)
      expect(again).toBeDefined()
      // What was typed is in it, also where it is a list to choose from.
      for (const [field, value] of Object.entries(typed)) {
        if (typeof value === 'string' && again!.fields.some(([one]) => one === field)) {
          expect(again!.fields).toContainEqual([field, value])
        }
      }
    },
  )

  it.each(TAKES)(
    'is refused with a wrong one, which is said at the field: %s',
    async (name, typed) => {
      // Every ten wrong ones are enough for a quarter of an hour.
      await server.query('DELETE FROM "AttemptCounter"')
      const { User, Session, ApiToken, Group, Application } = await rows()
      const answer = await send(forms.get(name)!, { ...typed, proofPassword: 'eight red bicycles' })
      expect(answer.status).toBe(403)
      expect(await answer.text()).toContain('That is not your current password.')
      expect(await rows()).toMatchObject({ User, Session, ApiToken, Group, Application })
    },
  )

  it('is asked about and proved on one page, where it cannot be undone', async () => {
    const { path, fields } = forms.get('/admin/users/:id disable')!
    const asked = await admin.post(path, Object.fromEntries(fields))
    const html = await asked.text()
    expect(asked.status).toBe(200)
    const { fields: again } = proofFormIn(html, path)!
    expect(again).toContainEqual(['confirmed', 'yes'])
  })

  it('is not proved by more than ten guesses, and says when to come back', async () => {
    await server.query('DELETE FROM "AttemptCounter"')
    const form = forms.get('/admin/groups add-group')!
    const guess = () => send(form, { id: 'x', name: 'X', proofPassword: 'eight red bicycles' })
    for (let n = 0; n < 10; n += 1) expect((await guess()).status).toBe(403)
    const answer = await guess()
    expect(answer.status).toBe(429)
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0)
    expect(proofFormIn(await answer.text(), form.path)).toBeDefined()
    await server.query('DELETE FROM "AttemptCounter"')
  })

  it.each(TAKES)('is done once by the same form with the right one: %s', async (name, typed) => {
    const form = forms.get(name)!
    await server.query('DELETE FROM "AttemptCounter"')
    const before = await rows()
    const secret = admin.secret()
    const answer = await send(form, { ...typed, proofPassword: PASSWORD })
    expect([200, 302]).toContain(answer.status)
    const after = await rows()
    const events = after.AuditEvent!.slice(before.AuditEvent!.length)
    expect(events.map(({ kind }) => kind)).toContain('session.proved')
    expect(events.length).toBeGreaterThan(1)
    expect(admin.secret()).not.toBe(secret)
    expect(await admin.isSignedIn()).toBe(true)
    const thief = createVisitor(server.origin)
    thief.setSecret(secret!)
    expect(await thief.isSignedIn()).toBe(false)
  })
})

describe('what takes none', () => {
  beforeEach(() => makeStale(server, sessionId()))

  it.each(['/profile rename', '/profile/tokens revoke-token', '/profile sign-out-of-sessions'])(
    'is done however long ago the last one was: %s',
    async (name) => {
      const answer = await send(forms.get(name)!, { name: 'Grace Murray Hopper' })
      expect(answer.status).toBe(200)
      expect(await answer.text()).not.toContain('proofPassword')
    },
  )

  it('is no second question where the form asks for the password itself', async () => {
    const form = forms.get('/profile change-email')!
    const email = 'grace@example.com'
    const answer = await send(form, { email, currentPassword: PASSWORD })
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('E-mail address saved')
  })
})

describe('somebody who proved who they are in one tab', () => {
  it('goes on in the others: their forms and their sockets', async () => {
    await makeStale(server, sessionId())
    await server.query('DELETE FROM "AttemptCounter"')
    const formToken = await admin.formToken()
    const tab = await openTab(server, admin.secret())
    const wanted = { id: 'readers', name: 'Readers', proofPassword: PASSWORD }
    expect((await send(forms.get('/admin/groups add-group')!, wanted)).status).toBe(200)
    const rename = { formToken, intent: 'rename', name: 'Grace Hopper' }
    expect((await admin.post('/profile', rename)).status).toBe(200)
    expect(tab.messages.map(({ type }) => type)).not.toContain('signed-out')
    tab.socket.terminate()
  })
})
