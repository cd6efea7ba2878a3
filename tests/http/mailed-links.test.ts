import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formOf } from '../support/administration'
import { dump, withoutActivity } from '../support/dump'
import { startMailServer, type MailServer } from '../support/mail-server'
import { createMailbox, press, signUpByMail, type Mailbox } from '../support/mailed-links'
import { startServer, type TestServer } from '../support/server'
import { createVisitor, PASSWORD, type Visitor } from '../support/visitor'

const NEW_PASSWORD = 'nine purple harbours'

let server: TestServer
let mailServer: MailServer
let mailbox: Mailbox
let admin: Visitor
beforeAll(async () => {
  mailServer = await startMailServer()
  mailbox = createMailbox(mailServer)
  const mail = { SMTP_URL: mailServer.url, MAIL_FROM: 'latchkey@example.com' }
  // Each visitor comes from an address of their own: links may be tried from one only so often.
  server = await startServer({ SIGNUP: 'open', TRUST_PROXY: '1', ...mail })
  admin = visitor()
  await admin.setUp(server.setUpToken(), 'root@example.com')
})
afterAll(async () => {
  await server.dispose()
  await mailServer.close()
})

let hosts = 0
const visitor = () => createVisitor(server.origin, { ip: `198.51.100.${(hosts += 1)}` })

let people = 0
/** Somebody new, with an account. */
async function newcomer() {
  const email = `ada-${(people += 1)}@example.com`
  const ip = `203.0.113.${people}`
  return { email, browser: await signUpByMail(server, mailbox, email, { ip }) }
}

/** A page that mailed links lead to: how such a link comes about, and what is typed there. */
const kinds: [what: string, page: string, make: () => Promise<string>, typed: Typed][] = [
  ['password-link, asked for', '/password-link', forgotten, { password: NEW_PASSWORD }],
  ['password-link, of an invitation', '/password-link', invited, { password: NEW_PASSWORD }],
  [
    'password-link, after “It wasn’t me”',
    '/password-link',
    async () => {
      const { email, link } = await intruded()
      await press(visitor(), link, { intent: 'disown' })
      return mailbox.linkTo(email, '/password-link')
    },
    { password: NEW_PASSWORD },
  ],
  ['signup-link', '/signup-link', signingUp, { name: 'Ada', password: NEW_PASSWORD }],
  ['confirm-email', '/confirm-email', async () => (await changing()).link, {}],
  [
    'take-back-email',
    '/take-back-email',
    async () => {
      const { email, link } = await changing()
      await press(visitor(), link)
      return mailbox.linkTo(email, '/take-back-email')
    },
    {},
  ],
  ['not-me', '/not-me', async () => (await intruded()).link, { intent: 'disown' }],
]
type Typed = Record<string, string>

async function forgotten() {
  const { email } = await newcomer()
  await visitor().post('/forgot-password', { email })
  return mailbox.linkTo(email, '/password-link')
}

async function invited() {
  const email = `invited-${(people += 1)}@example.com`
  const fields = { name: 'Bob', email, role: 'user', mailLink: 'on' }
  await admin.submit('/admin/users/new', fields)
  return mailbox.linkTo(email, '/password-link')
}

async function signingUp() {
  const email = `new-${(people += 1)}@example.com`
  await visitor().post('/signup', { email })
  return mailbox.linkTo(email, '/signup-link')
}

async function changing() {
  const { email, browser } = await newcomer()
  const to = `moved-${email}`
  const change = { intent: 'change-email', email: to, currentPassword: PASSWORD }
  await browser.submit('/profile', change)
  return { email, link: await mailbox.linkTo(to, '/confirm-email') }
}

async function intruded() {
  const { email } = await newcomer()
  await visitor().signIn(email)
  return { email, link: await mailbox.linkTo(email, '/not-me') }
}

describe('a mailed link', () => {
  /** What scanners do with links, and who holds only a part of what a press needs. */
  async function withoutAPress(link: string, page: string, typed: Typed): Promise<number[]> {
    const [, token = ''] = link.split('?token=')
    const other = formOf(`${page}?token=another`)
    const [stranger, scanner] = [visitor(), visitor()]
    const inAFrame = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Dest': 'iframe' }
    const reads = [
      await stranger.send(link, { method: 'HEAD', headers: { Cookie: '' } }),
      await stranger.get(link, { Cookie: '' }),
      await stranger.get(link.replace('?', '.data?'), { Cookie: '' }),
      await scanner.get(link, inAFrame),
      await scanner.get(link),
      await scanner.get(page),
      await scanner.send(formOf(link), { method: 'HEAD' }),
    ]
    for (const { status } of reads) expect([200, 202, 302]).toContain(status)
    const presses = [
      // Without the cookie of whoever opened it.
      await visitor().post(link, typed),
      await visitor().post(formOf(link), typed),
      await visitor().post(page, { ...typed, token, link: token, formToken: token }),
      // Without what its page says of it.
      await scanner.post(link, typed),
      await scanner.post(page, typed),
      await scanner.post(`${page}.data`, typed),
      await scanner.post(page, { ...typed, link: formOf(link).split('link=')[1]! }),
      await scanner.post(other, typed),
      // From a page of somebody else.
      await scanner.post(formOf(link), typed, { Origin: 'https://evil.example' }),
      await scanner.post(formOf(link), typed, { 'Sec-Fetch-Site': 'cross-site' }),
    ]
    return presses.map(({ status }) => status)
  }

  const rows = async () => {
    const { AttemptCounter: _, OutgoingMail: __, ...rows } = withoutActivity(await dump(server))
    return rows
  }

  it.each(kinds)(
    'is used up by no GET, no HEAD, and no POST without its page and its cookie: %s',
    async (_, page, make, typed) => {
      const link = await make()
      const before = await rows()
      const statuses = await withoutAPress(link, page, typed)
      expect(statuses).toEqual([...Array<number>(8).fill(410), 403, 403])
      expect(await rows()).toEqual(before)

      const reader = visitor()
      const done = await press(reader, link, typed)
      expect([200, 302]).toContain(done.status)
      expect(await rows()).not.toEqual(before)
      // What was done can be read again, where nothing is given by it.
      const again = await visitor().get(link)
      expect(again.status).toBe(page === '/not-me' ? 302 : 410)
    },
  )
})
