import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { setUpAuthenticator, takeStep } from '../support/authenticator-pages'
import { startMailServer, type MailServer } from '../support/mail-server'
import { createMailbox, press, signUpByMail, type Mailbox } from '../support/mailed-links'
import { makePasskey } from '../support/passkeys'
import { startOpenServer, type TestServer } from '../support/server'
import { createVisitor, PASSWORD, type Visitor } from '../support/visitor'

const NEW_PASSWORD = 'nine purple harbours'
const OF_EVE = 'eleven silver bridges'

let server: TestServer
let mailServer: MailServer
let mailbox: Mailbox
beforeAll(async () => {
  mailServer = await startMailServer()
  mailbox = createMailbox(mailServer)
  // As it is before somebody sets mail up: then nobody checks whose an address is.
  server = await startOpenServer({ TRUST_PROXY: '1' })
})
afterAll(async () => {
  await server.dispose()
  await mailServer.close()
})

let hosts = 0
const visitor = () => createVisitor(server.origin, { ip: `198.51.100.${(hosts += 1)}` })

async function signedIn(email: string, password = PASSWORD) {
  const person = visitor()
  await person.signIn(email, password)
  return person
}
const opens = async (email: string, password: string) =>
  (await signedIn(email, password)).isSignedIn()

/** An API token of somebody's. */
async function tokenOf(person: Visitor): Promise<string> {
  const fields = { intent: 'create-token', name: 'mine', scope: 'profile:read', lifetime: '7' }
  return /lk_[\w-]{50}/.exec(await (await person.submit('/profile/tokens', fields)).text())![0]
}
const isAccepted = async (token: string) => {
  const asked = await visitor().get('/api/v1/session', { Authorization: `Bearer ${token}` })
  return asked.status === 200
}

/** Whether a passkey alone signs in. */
async function signsIn(passkey: Awaited<ReturnType<typeof makePasskey>>): Promise<boolean> {
  const person = visitor()
  const options = (await (await person.get('/login/passkey')).json()) as { challenge: string }
  await person.post('/login', { passkey: JSON.stringify(passkey.use(options)) })
  return person.isSignedIn()
}

const rowsOf = async (table: string, email: string) =>
  Number(
    await server.queryValue(
      `SELECT count(*) FROM "${table}" WHERE "userId" = (SELECT "id" FROM "User" WHERE "email" = ?)`,
      email,
    ),
  )

describe('an account that Eve made ready with the address of somebody else', () => {
  const victim = 'victim@example.com'

  it('is the victim’s alone after their press, though it was made before mail was set up', async () => {
    const eve = visitor()
    await eve.signUp(victim, 'Ada Lovelace', OF_EVE)
    const token = await tokenOf(eve)
    const passkey = await makePasskey(eve, server.origin)
    await setUpAuthenticator(eve)
    expect([await eve.isSignedIn(), await isAccepted(token), await signsIn(passkey)]).toEqual([
      ...[true, true, true],
    ])
    await server.stop()
    await server.start({ SMTP_URL: mailServer.url, MAIL_FROM: 'latchkey@example.com' })

    const owner = visitor()
    await owner.post('/forgot-password', { email: victim })
    const link = await mailbox.linkTo(victim, '/password-link')
    const chosen = await press(owner, link, { password: NEW_PASSWORD })
    expect(chosen.headers.get('Location')).toBe('/profile')
    expect(await owner.isSignedIn()).toBe(true)

    expect([await eve.isSignedIn(), await isAccepted(token), await signsIn(passkey)]).toEqual([
      ...[false, false, false],
    ])
    expect(await opens(victim, OF_EVE)).toBe(false)
    for (const table of ['Passkey', 'Authenticator', 'RecoveryCode', 'ApiToken', 'OneTimeLink']) {
      expect([table, await rowsOf(table, victim)]).toEqual([table, 0])
    }
    expect(await rowsOf('Session', victim)).toBe(1)
  })

  it('keeps nothing of what she typed, where the address is asked for by mail', async () => {
    const email = 'second@example.com'
    const eve = visitor()
    const answer = await eve.post('/signup', { name: 'Eve', email, password: OF_EVE })
    expect(await answer.text()).toContain('is on its way to')
    expect(await server.query('SELECT 1 FROM "User" WHERE "email" = ?', email)).toEqual([])
    const owner = visitor()
    const link = await mailbox.linkTo(email, '/signup-link')
    await press(owner, link, { name: 'Ada', password: NEW_PASSWORD })
    expect(await owner.isSignedIn()).toBe(true)
    expect([await eve.isSignedIn(), await opens(email, OF_EVE)]).toEqual([false, false])
    const page = await (await owner.get('/profile')).text()
    expect(page).toContain('Ada')
    expect(page).not.toContain('Eve')
  })
})

describe('an address', () => {
  const change = async (person: Visitor, email: string) => {
    const fields = { intent: 'change-email', email, currentPassword: PASSWORD }
    expect((await person.submit('/profile', fields)).status).toBe(200)
    return mailbox.linkTo(email, '/confirm-email')
  }

  it('is another one only after a press in the new mailbox, and the old one is told', async () => {
    const [email, to] = ['moving@example.com', 'moved@example.com']
    const ada = await signUpByMail(server, mailbox, email, { ip: '203.0.113.1' })
    const link = await change(ada, to)
    expect([await opens(email, PASSWORD), await opens(to, PASSWORD)]).toEqual([true, false])
    const confirmed = await press(visitor(), link)
    expect(confirmed.headers.get('Location')).toBe('/confirm-email?done=yes')
    expect([await opens(email, PASSWORD), await opens(to, PASSWORD)]).toEqual([false, true])
    expect(await ada.isSignedIn()).toBe(true)
    const told = await mailbox.mailTo(email, '/take-back-email')
    expect(told.text).toContain(to)
  })

  it('that an intruder changed is taken back by the mail to the old one, and nothing of theirs stays', async () => {
    const [email, theirs] = ['owner@example.com', 'intruder@example.com']
    const owner = await signUpByMail(server, mailbox, email, { ip: '203.0.113.2' })
    const older = await tokenOf(owner)
    const intruder = await signedIn(email)
    await press(visitor(), await change(intruder, theirs))
    const token = await tokenOf(intruder)
    const passkey = await makePasskey(intruder, server.origin)
    expect(await opens(theirs, PASSWORD)).toBe(false)
    expect([await signsIn(passkey), await isAccepted(token)]).toEqual([true, true])

    const back = visitor()
    const taken = await press(back, await mailbox.linkTo(email, '/take-back-email'))
    expect(taken.headers.get('Location')).toBe('/password-link')
    const people = [owner, intruder]
    expect(await Promise.all(people.map((one) => one.isSignedIn()))).toEqual([false, false])
    expect([await signsIn(passkey), await isAccepted(token)]).toEqual([false, false])
    expect([await opens(email, PASSWORD), await opens(theirs, PASSWORD)]).toEqual([false, false])

    // The page that it leads to is that of another link, which this browser holds already.
    const html = await (await back.get('/password-link')).text()
    const [, action] = /action="(\/password-link\?[^"]+)"/.exec(html)!
    await back.post(action!, { password: NEW_PASSWORD })
    expect(await back.isSignedIn()).toBe(true)
    expect(await opens(email, NEW_PASSWORD)).toBe(true)
    expect(await opens(theirs, NEW_PASSWORD)).toBe(false)
    // Nobody asked to keep it.
    expect(await isAccepted(older)).toBe(false)
  })
})

describe('“It wasn’t me”, pressed in the mail about a new device,', () => {
  it('takes everything from the stranger, and leaves the owner a way back', async () => {
    const email = 'watched@example.com'
    const owner = await signUpByMail(server, mailbox, email, { ip: '203.0.113.3' })
    const stranger = createVisitor(server.origin, {
      ip: '193.0.6.66',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    })
    await stranger.signIn(email)
    const token = await tokenOf(stranger)
    const passkey = await makePasskey(stranger, server.origin)
    const mail = await mailbox.mailTo(email, '/not-me')
    expect(mail.text).toContain('Netherlands (193.0.6.66)')
    expect(mail.text).toContain('Firefox on Linux')

    const link = /\/not-me\?token=[\w-]+/.exec(mail.text!)![0]
    const reader = visitor()
    const done = await press(reader, link, { intent: 'disown' })
    expect(await done.text()).toContain('You are signed out everywhere')
    const people = [owner, stranger]
    expect(await Promise.all(people.map((one) => one.isSignedIn()))).toEqual([false, false])
    expect([await signsIn(passkey), await isAccepted(token)]).toEqual([false, false])
    expect([await reader.isSignedIn(), await opens(email, PASSWORD)]).toEqual([false, false])

    const way = await mailbox.linkTo(email, '/password-link')
    const known = await press(reader, way, { password: PASSWORD })
    expect(known.status).toBe(422)
    expect(await known.text()).toContain('somebody else may know it')
    expect(await reader.isSignedIn()).toBe(false)
    await press(reader, way, { password: NEW_PASSWORD })
    expect(await reader.isSignedIn()).toBe(true)
    expect([await opens(email, NEW_PASSWORD), await opens(email, PASSWORD)]).toEqual([true, false])
    // Opened once more it says what was done, and does nothing more.
    const again = await press(visitor(), link, { intent: 'disown' })
    expect(await again.text()).toContain('Your account is safe again')
    expect(await reader.isSignedIn()).toBe(true)
  })

  it('lists recovery codes and an authenticator that are older, and takes away what the owner does not know', async () => {
    const email = 'shared@example.com'
    const owner = await signUpByMail(server, mailbox, email, { ip: '203.0.113.4' })
    const { recoveryCodes } = await setUpAuthenticator(owner)
    await makePasskey(owner, server.origin)
    const stranger = visitor()
    await stranger.signIn(email)
    await takeStep(stranger, { intent: 'recovery-code', code: recoveryCodes[0]! })
    expect(await stranger.isSignedIn()).toBe(true)

    const reader = visitor()
    const link = await mailbox.linkTo(email, '/not-me')
    const page = await (await press(reader, link, { intent: 'disown' })).text()
    const older = [...page.matchAll(/name="kind" value="([\w-]+)"\/><input[^>]+value="([^"]+)"/g)]
    expect(older.map(([, kind]) => kind)).toEqual(['passkey', 'authenticator', 'recovery-codes'])
    expect(page).toContain('Authenticator app')
    for (const [, kind, id] of older.slice(1)) {
      const removed = await press(reader, link, { intent: 'remove-older', kind: kind!, id: id! })
      expect(await removed.text()).toContain('Removed')
    }
    expect([await rowsOf('Authenticator', email), await rowsOf('RecoveryCode', email)]).toEqual([
      ...[0, 0],
    ])
    expect(await rowsOf('Passkey', email)).toBe(1)
  })
})
