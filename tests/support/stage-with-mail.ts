import { setUpAuthenticator, takeStep, codeNow, proposalIn, STEP } from './authenticator-pages'
import { formTokenIn } from './form-token'
import { letNothingExpire } from './expire'
import { linkInMail, startMailServer, type MailServer } from './mail-server'
import { makePasskey } from './passkeys'
import { startServer, type TestServer } from './server'
import { until } from './until'
import { createVisitor, PASSWORD, type Visitor } from './visitor'

/** A server that sends mail and asks administrators for a second factor, for whoever looks at pages. */
export type MailStage = {
  server: TestServer
  /** An administrator with an authenticator. */
  admin: Visitor
  /** Somebody with passkeys, an authenticator, remembered devices and a new address on its way. */
  guarded: Visitor
  guardedId: string
  /** Of the authenticators of these two. */
  keys: { admin: Uint8Array; guarded: Uint8Array }
  /** Somebody who signed in so long ago that they are asked who they are. */
  stale: Visitor
  /** The same, who has a passkey. */
  keyed: Visitor
  /** Whose password was right, and who is asked for a code. */
  pending: Visitor
  /** The same, who has no second factor yet and needs one. */
  enrolling: Visitor
  /** Where the links in mails lead. */
  links: Record<'signUp' | 'password' | 'confirm' | 'takeBack' | 'notMe' | 'addFactor', string>
  dispose(): Promise<void>
}

const MAC = {
  ip: '203.0.113.24',
  userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0',
}
const PHONE = {
  ip: '192.0.2.61',
  userAgent:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
}

export async function buildMailStage(): Promise<MailStage> {
  const mailServer = await startMailServer()
  const server = await startServer({
    ...{ TRUST_PROXY: '1', SIGNUP: 'open', SECOND_FACTOR: 'administrators' },
    ...{ SMTP_URL: mailServer.url, MAIL_FROM: 'Latchkey <latchkey@example.com>' },
  })
  const inbox = inboxOf(mailServer)
  const admin = createVisitor(server.origin, MAC)
  await admin.setUp(server.setUpToken(), 'ada@example.com', 'Ada Lovelace')
  const adminKey = await enrolOnTheWay(admin)
  const invite = async (name: string, email: string, role = 'user') => {
    await admin.submit('/admin/users/new', { intent: 'create', mailLink: 'on', role, name, email })
    return inbox(email, '/password-link')
  }
  const accept = async (link: string, device = MAC) => {
    const person = createVisitor(server.origin, device)
    await useLink(person, link, { password: PASSWORD })
    return person
  }

  const guarded = await accept(await invite('Grace Hopper', 'grace@example.com'))
  const { key } = await setUpAuthenticator(guarded)
  await makePasskey(guarded, server.origin)
  const phone = createVisitor(server.origin, PHONE)
  await phone.signIn('grace@example.com')
  await takeStep(phone, { code: codeNow(key), remember: 'on' })
  const notMe = await inbox('grace@example.com', '/not-me')
  const move = { intent: 'change-email', currentPassword: PASSWORD }
  await guarded.submit('/profile', { ...move, email: 'grace@example.org' })
  const confirm = await inbox('grace@example.org', '/confirm-email')
  await phone.post('/forgot-password', { email: 'grace@example.com' })
  const password = await inbox('grace@example.com', '/password-link')
  const pending = createVisitor(server.origin, { ...MAC, ip: '198.51.100.8' })
  await pending.signIn('grace@example.com')

  const moved = await accept(await invite('Barbara Liskov', 'barbara@example.com'))
  await moved.submit('/profile', { ...move, email: 'barbara@example.org' })
  const moving = await inbox('barbara@example.org', '/confirm-email')
  await useLink(moved, moving, {})
  const takeBack = await inbox('barbara@example.com', '/take-back-email')

  const stale = await accept(await invite('Radia Perlman', 'radia@example.com'))
  const keyed = await accept(await invite('Frances Allen', 'frances@example.com'))
  await makePasskey(keyed, server.origin)
  const userOf = async (email: string) =>
    (await server.queryValue<string>('SELECT "id" FROM "User" WHERE "email" = ?', email))!
  const enrolling = await accept(
    await invite('Katherine Johnson', 'katherine@example.com', 'admin'),
  )
  const reader = createVisitor(server.origin, PHONE)
  await reader.post('/signup', { email: 'new@example.com' })
  const signUp = await inbox('new@example.com', '/signup-link')
  const margaret = await accept(await invite('Margaret Hamilton', 'margaret@example.com'))
  await setUpAuthenticator(margaret)
  const margaretId = await userOf('margaret@example.com')
  const at = `/admin/users/${margaretId}`
  const removed = await (await admin.confirm(at, { intent: 'remove-factors' })).text()
  const addFactor = /\/add-factor\?token=[\w-]+/.exec(removed)![0]
  await leaveUnsent(mailServer, admin)
  await letNothingExpire(server)
  const anHourAgo = new Date(Date.now() - 3_600_000)
  for (const email of ['radia@example.com', 'frances@example.com']) {
    await server.query(
      'UPDATE "Session" SET "authenticatedAt" = ? WHERE "userId" = ?',
      ...[anHourAgo, await userOf(email)],
    )
  }

  return {
    ...{ server, admin, guarded, stale, keyed, pending, enrolling },
    guardedId: await userOf('grace@example.com'),
    keys: { admin: adminKey, guarded: key },
    links: { signUp, password, confirm, takeBack, notMe, addFactor },
    async dispose() {
      await server.dispose()
      await mailServer.close()
    },
  }
}

/** Waits for a mail to somebody whose link leads to a page, each of which is given once. */
function inboxOf({ mails, received }: MailServer) {
  const taken = new Set<string>()
  return async (to: string, page: string): Promise<string> => {
    for (;;) {
      const count = mails.length
      for (const mail of mails) {
        if (!mail.recipients.includes(to) || !mail.text?.includes(`${page}?`)) continue
        const link = linkInMail(mail)
        if (taken.has(link)) continue
        taken.add(link)
        return link
      }
      await received(count + 1)
    }
  }
}

/** Opens a link and sends the form of its page. */
async function useLink(person: Visitor, link: string, fields: Record<string, string>) {
  const opened = await person.get(link)
  const page = await (await person.get(opened.headers.get('Location')!)).text()
  const action = /<form[^>]* action="([^"]+)"/.exec(page)![1]!.replaceAll('&amp;', '&')
  return person.post(action, fields)
}

/** As whom a second factor is demanded of, and who has none yet. */
async function enrolOnTheWay(person: Visitor) {
  const html = await (await person.get(STEP)).text()
  const { proposal, key } = proposalIn(html)
  const fields = { intent: 'add-authenticator', proposal, code: codeNow(key) }
  await person.post(STEP, { ...fields, formToken: formTokenIn(html) })
  return key
}

/** One mail that is refused for good, and one that is tried again. */
async function leaveUnsent(mailServer: MailServer, admin: Visitor) {
  for (const code of [550, 451]) {
    mailServer.behave({ type: 'refuses', code, at: 'recipient' })
    const tries = mailServer.tries()
    await admin.submit('/admin/mail', { intent: 'send-test' })
    await until(() => mailServer.tries() > tries)
  }
}
