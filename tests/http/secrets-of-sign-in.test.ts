import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyAsText } from '~/accounts/factors/totp'
import { codeNow, SET_UP, setUpAuthenticator, STEP, takeStep } from '../support/authenticator-pages'
import { dump, type Dump } from '../support/dump'
import { startMailServer, type MailServer } from '../support/mail-server'
import { createMailbox, press } from '../support/mailed-links'
import { makePasskey } from '../support/passkeys'
import { dataPath, readRoutes } from '../support/routes'
import { startServer, type TestServer } from '../support/server'
import { openTab } from '../support/tab'
import { createTold, spellingsOf, type Answer } from '../support/told'
import { until } from '../support/until'
import { PASSWORD } from '../support/visitor'

const SMTP = { user: 'latchkey', pass: 'eight red bicycles' }
const ADA = 'ada@example.com'

/**
 * A walk through second factors, passkeys and mails, then a search for their secrets in all that anybody
 * was told, in the logs, and in the rows. What else there is to keep is in secrets.test.ts.
 */
describe('after signing in by every way, and every mail with a link,', () => {
  let server: TestServer
  let mailServer: MailServer
  let told: ReturnType<typeof createTold>
  let answers: Answer[]
  let frames: unknown[]
  let rows: Dump
  let key: Uint8Array
  let recoveryCodes: string[]
  const hashes = new Set<string>()

  beforeAll(async () => {
    mailServer = await startMailServer({ login: SMTP })
    const mail = { SMTP_URL: mailServer.url, MAIL_FROM: 'latchkey@example.com' }
    const more = { LOG_LEVEL: 'trace', SIGNUP: 'open', TRUST_PROXY: '1' }
    server = await startServer({ ...more, ...mail })
    told = createTold(server.origin)
    await walk()
    await breakDown()
    answers = await told.answers()
    rows = await dump(server)
  })
  afterAll(async () => {
    await server.dispose()
    await mailServer.close()
  })

  async function walk() {
    const { linkTo } = createMailbox(mailServer)
    const [admin, ada, elsewhere, reader] = [1, 2, 3, 4].map((host) =>
      told.visitor({ ip: `198.51.100.${host}` }),
    ) as [Visitor, Visitor, Visitor, Visitor]
    await admin.setUp(server.setUpToken(), 'root@example.com')
    await ada.post('/signup', { email: ADA, redirectTo: '/profile' })
    await press(ada, await linkTo(ADA, '/signup-link'), { name: 'Ada', password: PASSWORD })
    ;({ key, recoveryCodes } = await setUpAuthenticator(ada))
    await makePasskey(ada, server.origin)
    const tab = await openTab(server, ada.secret())

    await elsewhere.signIn(ADA)
    await noteHashes()
    await takeStep(elsewhere, { code: '000000' })
    await takeStep(elsewhere, { code: codeNow(key), remember: 'on' })
    await elsewhere.get('/login/passkey')
    await noteHashes()
    await reader.get(await linkTo(ADA, '/not-me'))
    await reader.get('/not-me')
    await reader.signIn(ADA)
    const paper = { intent: 'recovery-code', code: recoveryCodes[0]! }
    await takeStep(reader, paper, `${STEP}?use=recovery-code`)
    await reader.post('/forgot-password', { email: ADA })
    await reader.get(await linkTo(ADA, '/password-link'))
    await reader.get('/password-link')
    const change = { intent: 'change-email', email: 'new@example.com', currentPassword: PASSWORD }
    await ada.submit('/profile', change)
    await press(reader, await linkTo('new@example.com', '/confirm-email'))
    await reader.get(await linkTo(ADA, '/take-back-email'))
    await reader.get('/take-back-email')
    await noteHashes()

    mailServer.behave({ type: 'refuses', code: 451, at: 'content' })
    await admin.submit('/admin/mail', { intent: 'send-test' })
    await until(() => server.queryValue('SELECT 1 FROM "OutgoingMail" WHERE "problem" IS NOT NULL'))
    mailServer.behave({ type: 'takes' })
    await ada.submit('/profile/data')
    const userId = String((await dump(server)).User!.find(({ name }) => name === 'Ada')!.id)
    for (const { path, hasLoader } of await readRoutes({ userId })) {
      for (const address of hasLoader ? [path, dataPath(path)] : []) {
        await admin.get(address)
        await ada.get(address)
      }
    }
    await ada.confirm('/profile', { intent: 'sign-out-of-sessions' })
    frames = [...tab.messages]
    tab.socket.terminate()
  }

  /** What is said when the database fails while a link is made. */
  async function breakDown() {
    await server.query('ALTER TABLE "OneTimeLink" RENAME TO "Lost"')
    await told.visitor().post('/signup', { email: 'late@example.com' })
    await until(() => server.logs().includes('a mail could not be put together'))
    await server.query('ALTER TABLE "Lost" RENAME TO "OneTimeLink"')
  }

  async function noteHashes() {
    const { KnownDevice, RememberedDevice, PendingSignIn, OneTimeLink, RecoveryCode } =
      await dump(server)
    const all = [
      ...[...KnownDevice!, ...RememberedDevice!, ...PendingSignIn!, ...OneTimeLink!].map(
        ({ tokenHash }) => tokenHash,
      ),
      ...PendingSignIn!.map(({ formKey }) => formKey),
      ...RecoveryCode!.map(({ codeHash }) => codeHash),
    ]
    for (const one of all) {
      for (const text of spellingsOf(Buffer.from(String(one), 'hex'))) hashes.add(text)
    }
  }

  const links = () =>
    mailServer.mails.flatMap(({ text }) => /\?token=([\w-]{43})/.exec(text!)?.[1] ?? [])
  const keys = () => [keyAsText(key), ...spellingsOf(key)]
  const codes = () => recoveryCodes.flatMap((code) => [code, code.replaceAll('-', '')])
  const OF_BROWSERS = ['', '-pending', '-challenges', '-known', '-remembered']
  const cookies = () => OF_BROWSERS.flatMap((purpose) => told.cookiesOf(`latchkey${purpose}`))
  const smtp = [SMTP.pass, encodeURIComponent(SMTP.pass)].concat(
    spellingsOf(Buffer.from(SMTP.pass)),
    spellingsOf(Buffer.from(`\0${SMTP.user}\0${SMTP.pass}`)),
  )

  /** Which of these are in a text: none, so that a failure does not print them all. */
  const found = (needles: Iterable<string>, text: string) =>
    [...needles].filter((needle) => text.includes(needle))
  const pathsWith = (needles: Iterable<string>) =>
    answers.filter(({ text }) => found(needles, text).length > 0).map(({ path }) => path)

  it('there are secrets of each kind to look for, so that the rest means something', () => {
    expect(links().length).toBeGreaterThanOrEqual(6)
    expect(recoveryCodes).toHaveLength(10)
    for (const purpose of OF_BROWSERS) {
      expect([purpose, told.cookiesOf(`latchkey${purpose}`)]).not.toEqual([purpose, []])
    }
    expect(hashes.size).toBeGreaterThan(40)
    expect(answers.length).toBeGreaterThan(60)
  })

  it('no answer holds the secret of a mailed link or of a browser, a hash, or the password for mail', () => {
    const needles = [...links(), ...cookies(), ...hashes, ...smtp]
    expect(pathsWith(needles)).toEqual([])
  })

  it('the key of an authenticator is on the page that makes it, until its first right code', () => {
    const holders = answers.filter(({ text }) => found(keys(), text).length > 0)
    expect(holders.map(({ path }) => path)).toEqual([SET_UP])
    expect(holders[0]!.text).toContain('name="proposal"')
  })

  it('recovery codes are told once, with the answer that made them', () => {
    expect(pathsWith(codes())).toEqual([SET_UP])
  })

  it('no log line, no frame and nothing on standard output holds any of them', () => {
    const text = server.logs() + server.output() + JSON.stringify(frames)
    expect(server.logs()).toContain('a mail is tried again later')
    const needles = [...links(), ...cookies(), ...hashes, ...smtp, ...keys(), ...codes()]
    expect(found(needles, text)).toEqual([])
    // The set-up link is printed for people; nothing of that kind is written down.
    expect(server.logs()).not.toMatch(/[?&]token=|proposal=/)
  })

  it('no row holds any of them as it is, but for the key that codes are computed from', () => {
    const { Authenticator, ...others } = rows
    expect(JSON.stringify(Authenticator)).toContain(Buffer.from(key).toString('hex'))
    expect(others.OutgoingMail!.length).toBeGreaterThan(6)
    expect(others.AuditEvent!.length).toBeGreaterThan(10)
    const needles = [...links(), ...cookies(), ...smtp, ...keys(), ...codes()]
    const tables = Object.entries(others).filter(
      ([, all]) => found(needles, JSON.stringify(all)).length > 0,
    )
    expect(tables.map(([table]) => table)).toEqual([])
    // A hash is where it is looked up, and copied nowhere.
    for (const table of ['OutgoingMail', 'AuditEvent', 'SignInNotice', 'EmailChange']) {
      expect([table, found(hashes, JSON.stringify(others[table]))]).toEqual([table, []])
    }
  })

  it('no mail holds more than its own link', () => {
    const tokens = links()
    expect(new Set(tokens).size).toBe(tokens.length)
    const needles = [...cookies(), ...hashes, ...smtp, ...keys(), ...codes(), PASSWORD]
    for (const { raw, text, html } of mailServer.mails) {
      const whole = [raw, text, html || ''].join('\n')
      expect(found(needles, whole)).toEqual([])
      expect(found(tokens, whole).length).toBeLessThanOrEqual(1)
    }
  })
})

type Visitor = ReturnType<ReturnType<typeof createTold>['visitor']>
