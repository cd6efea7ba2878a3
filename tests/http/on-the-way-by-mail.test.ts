import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createApplicationVisitor } from '../support/application-visitor'
import { addApplication } from '../support/applications'
import { startMailServer, type MailServer } from '../support/mail-server'
import { createMailbox, press, type Mailbox } from '../support/mailed-links'
import { startOpenServer, type TestServer } from '../support/server'
import { createVisitor, type Visitor } from '../support/visitor'

const PASSWORD = 'nine purple harbours'

let server: TestServer
let mailServer: MailServer
let mailbox: Mailbox
beforeAll(async () => {
  mailServer = await startMailServer()
  mailbox = createMailbox(mailServer)
  const mail = { SMTP_URL: mailServer.url, MAIL_FROM: 'latchkey@example.com' }
  server = await startOpenServer({ TRUST_PROXY: '1', ...mail })
})
afterAll(async () => {
  await server.dispose()
  await mailServer.close()
})

// With one that is open to everybody, people land there.
afterEach(() => server.query('DELETE FROM "Application"'))

let hosts = 0
const visitor = () => createVisitor(server.origin, { ip: `198.51.100.${(hosts += 1)}` })

/** A password takes its time to be hashed, so these few stand for those of safe-redirect.test.ts. */
const SUBMITTED = [
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '/%09/evil.example',
  '',
]

/** The two ways through a mailbox: what is asked for, and what is typed behind the link. */
const ways = {
  '/signup': { page: '/signup-link', typed: { name: 'Ada', password: PASSWORD } },
  '/forgot-password': { page: '/password-link', typed: { password: PASSWORD } },
} as const
type Way = keyof typeof ways

let people = 0
/** Somebody who asks for a mail on the way to a page: the link in it, and their address. */
async function ask(way: Way, redirectTo: string): Promise<string> {
  const email = `ada-${(people += 1)}@example.com`
  if (way === '/forgot-password') {
    const now = new Date()
    await server.query(
      `INSERT INTO "User" ("id", "email", "username", "name", "nameKey", "role", "createdAt", "updatedAt", "lastActiveAt")
       VALUES (?, ?, ?, 'Ada', 'ada', 'user', ?, ?, ?)`,
      ...[email, email, email, now, now, now],
    )
  }
  await visitor().post(way, { email, redirectTo })
  const { page } = ways[way]
  const mail = await mailbox.mailTo(email, page)
  // Nothing of it is in the mail, where it would be text that a stranger chose.
  if (redirectTo !== '') expect(mail.raw).not.toContain(redirectTo)
  return RegExp(`${page}\\?token=[\\w-]+`).exec(mail.text!)![0]
}

/** Where somebody lands who goes on with the link. */
async function landing(way: Way, link: string, person: Visitor = visitor()): Promise<string> {
  const answer = await press(person, link, ways[way].typed)
  expect(await person.isSignedIn()).toBe(true)
  return answer.headers.get('Location')!
}

describe.each(Object.keys(ways) as Way[])('a link that was asked for at %s', (way) => {
  it.each(SUBMITTED)('leads nobody away from here: %j', async (redirectTo) => {
    expect(await landing(way, await ask(way, redirectTo))).toBe('/profile')
  })

  it('leads on to where somebody was going, in whichever browser it is opened', async () => {
    expect(await landing(way, await ask(way, '/profile/tokens?page=2'))).toBe(
      '/profile/tokens?page=2',
    )
  })

  it('leads nowhere else than here, also when the row says so', async () => {
    const link = await ask(way, '/profile/tokens')
    await server.query(`UPDATE "OutgoingMail" SET "about" = '{"goingTo":"https://evil.example"}'`)
    expect(await landing(way, link)).toBe('/profile')
  })

  it('leads on to the application that somebody came from, whose page its form may reach', async () => {
    const application = await addApplication(server, { name: `Wiki${way.length}` })
    const person = visitor()
    const there = createApplicationVisitor(server, application, person)
    const opening = await there.start('/notes')
    const link = await ask(way, opening)
    await person.get(link)
    const page = await person.get(ways[way].page)
    expect(page.headers.get('Content-Security-Policy')).toContain(
      `form-action 'self' ${application.address}`,
    )
    expect(await landing(way, link, person)).toBe(opening)
    const opened = await there.open(opening)
    await there.at(there.pathOf(opened))
    expect((await there.ask('/notes')).status).toBe(200)
  })

  it('leads to no application that there is not', async () => {
    const nonce = 'a'.repeat(43)
    const link = await ask(way, `/open?application=nowhere&nonce=${nonce}`)
    const person = visitor()
    await person.get(link)
    const policy = (await person.get(ways[way].page)).headers.get('Content-Security-Policy')
    expect(policy).toContain("form-action 'self';")
    const to = await landing(way, link, person)
    expect((await person.get(to, { 'Sec-Fetch-Dest': 'document' })).status).toBe(404)
  })
})

describe('the sign-in page', () => {
  it('takes where somebody was going along to the page for a forgotten password, and back', async () => {
    const query = new URLSearchParams({ redirectTo: '/profile/tokens' })
    const login = await (await visitor().get(`/login?${query}`)).text()
    expect(login).toContain(`href="/forgot-password?${query}"`)
    const forgot = await (await visitor().get(`/forgot-password?${query}`)).text()
    expect(forgot).toContain('name="redirectTo" value="/profile/tokens"')
    expect(forgot).toContain(`href="/login?${query}"`)
    const elsewhere = new URLSearchParams({ redirectTo: '//evil.example' })
    const refused = await (await visitor().get(`/forgot-password?${elsewhere}`)).text()
    expect(refused).toContain('name="redirectTo" value=""')
  })
})
