import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFakeClock } from '../../../tests/support/fake-clock'
import { linkInMail, startMailServer, type MailServer } from '../../../tests/support/mail-server'
import {
  addAdministrator,
  addPerson,
  addToken,
  openServices,
  type Person,
  type TestServices,
} from '../../../tests/support/services'
import { until } from '../../../tests/support/until'
import { hours } from '../time'

const NEW_PASSWORD = 'nine purple harbours'

let server: MailServer
let app: TestServices
let admin: Person
let stop: () => Promise<void>
const clock = createFakeClock()

beforeAll(async () => {
  server = await startMailServer()
  const settings = { SMTP_URL: server.url, MAIL_FROM: 'latchkey@example.org' }
  app = await openServices(clock, settings)
  admin = await addAdministrator(app)
  stop = app.runInBackground()
})
afterAll(async () => {
  await stop()
  await server.close()
})

let asked = 0
const origin = () => ({ ip: `198.51.100.${(asked += 1) % 250}`, userAgent: 'test' })
const ask = (email: string) => app.forgottenPassword.request(email, origin())
const secretIn = (mail: Parameters<typeof linkInMail>[0]) => linkInMail(mail).split('token=')[1]!
const mailsTo = (email: string) => server.mails.filter(({ recipients }) => recipients[0] === email)

/** The secret of a link that was asked for, from the mail. */
async function askForLink(email: string, nth = 1): Promise<string> {
  expect(await ask(email)).toEqual({ ok: true })
  const link = (one: { subject?: string | undefined }) =>
    one.subject === 'Choose a new password for Latchkey'
  await until(() => mailsTo(email).filter(link).length >= nth)
  return secretIn(mailsTo(email).filter(link)[nth - 1]!)
}

const choose = (secret: string, keepTokens: string[] = []) =>
  app.choosePassword.choose(secret, { password: NEW_PASSWORD, keepTokens }, origin(), undefined)
const works = async (secret: string) => (await app.choosePassword.findOwner(secret)) !== null
const outbox = () => app.database.client.outgoingMail

describe('whoever asks for a new password', () => {
  test('writes one row and is answered alike, whether anybody has the address or not', async () => {
    const ada = await addPerson(app)
    const before = await outbox().count()
    const addresses = [ada.email, 'nobody@example.com']
    const answers = await Promise.all(addresses.map(ask))
    expect(answers).toEqual([{ ok: true }, { ok: true }])
    expect((await outbox().count()) - before).toBeLessThanOrEqual(2)
    await until(() => mailsTo(ada.email).length === 1)
    // Of who is unknown nothing stays.
    await until(async () => (await outbox().count({ where: { state: 'waiting' } })) === 0)
    expect(await outbox().count({ where: { address: 'nobody@example.com' } })).toBe(0)
    expect(mailsTo('nobody@example.com')).toEqual([])
  })

  test('of a disabled account gets no mail', async () => {
    const ada = await addPerson(app)
    await app.administration.disable(admin.first.acting, ada.userId)
    await ask(ada.email)
    await until(async () => (await outbox().count({ where: { state: 'waiting' } })) === 0)
    expect(mailsTo(ada.email).map(({ subject }) => subject)).toEqual([
      'Your account at Latchkey was disabled',
    ])
  })

  test('gets three mails an hour, and an unknown address is counted the same', async () => {
    const ada = await addPerson(app)
    const written = async (email: string) => {
      const before = server.tries()
      for (let count = 0; count < 5; count += 1) expect(await ask(email)).toEqual({ ok: true })
      await until(async () => (await outbox().count({ where: { state: 'waiting' } })) === 0)
      return server.tries() - before
    }
    expect(await written(ada.email)).toBe(3)
    expect(await written('stranger@example.com')).toBe(0)
    const counters = await app.database.client.attemptCounter.findMany({
      where: { key: { startsWith: 'mailTo' } },
    })
    expect(counters.filter(({ points }) => points >= 5).length).toBe(2)
  })

  test('kills no link of whom they asked for, and one that is used ends the others', async () => {
    const ada = await addPerson(app)
    const secrets = [await askForLink(ada.email), await askForLink(ada.email, 2)]
    expect(await Promise.all(secrets.map(works))).toEqual([true, true])
    expect(await choose(secrets[0]!)).toMatchObject({ ok: true })
    expect(await Promise.all(secrets.map(works))).toEqual([false, false])
    expect(await choose(secrets[1]!)).toEqual({ ok: false, code: 'LINK_INVALID' })
  })
})

describe('a password that was chosen by a mailed link', () => {
  test('ends sessions, pending sign-ins, remembered devices and every token that is not kept', async () => {
    const ada = await addPerson(app)
    const { userId } = ada
    const kept = await addToken(app, ada.first, { name: 'kept' })
    const lost = await addToken(app, ada.first, { name: 'lost' })
    const at = clock.now()
    const until = new Date(clock.time() + hours(24))
    const { client } = app.database
    const bytes = new Uint8Array([1, 2, 3])
    const device = { userId, tokenHash: bytes, createdAt: at, createdBySession: ada.first.id }
    const browser = { ip: '192.0.2.1', userAgent: 'test' }
    await client.rememberedDevice.create({
      data: { id: 'remembered', ...device, ...browser, expiresAt: until },
    })
    const tokens = await client.apiToken.findMany({ where: { userId, name: 'kept' } })
    const secret = await askForLink(ada.email)
    const chosen = await choose(
      secret,
      tokens.map(({ id }) => id),
    )
    if (!chosen.ok) throw new Error(chosen.code)
    expect(await app.sessions.verify(ada.first.secret)).toBeNull()
    expect(await app.tokens.verify(kept, '192.0.2.1')).not.toBeNull()
    expect(await app.tokens.verify(lost, '192.0.2.1')).toBeNull()
    expect(await client.rememberedDevice.count({ where: { userId } })).toBe(0)
    expect(await client.session.count({ where: { userId } })).toBe(1)
  })

  test('leaves nothing to whoever made the account ready under an address that they do not read', async () => {
    const eve = await addPerson(app, 'Eve')
    const { userId } = eve
    const { client } = app.database
    await client.user.update({ where: { id: userId }, data: { emailConfirmedAt: null } })
    const token = await addToken(app, eve.first)
    const [at, key] = [clock.now(), new Uint8Array([1])]
    const made = { userId, createdAt: at, createdBySession: eve.first.id }
    await client.authenticator.create({ data: { ...made, key, lastStep: 1 } })
    await client.recoveryCode.create({ data: { ...made, id: 'code', codeHash: key } })
    const ids = (await client.apiToken.findMany({ where: { userId } })).map(({ id }) => id)
    expect(await choose(await askForLink(eve.email), ids)).toMatchObject({ ok: true })
    expect(await app.sessions.verify(eve.first.secret)).toBeNull()
    expect(await app.tokens.verify(token, '192.0.2.1')).toBeNull()
    expect(await client.authenticator.count({ where: { userId } })).toBe(0)
    expect(await client.recoveryCode.count({ where: { userId } })).toBe(0)
    const user = await client.user.findUniqueOrThrow({ where: { id: userId } })
    expect(user.emailConfirmedAt).not.toBeNull()
  })
})

describe('a sign-up by mail', () => {
  test('is completed by whoever reads the mailbox, once, and confirms the address', async () => {
    const email = 'newcomer@example.com'
    expect(await app.signUpByMail.request(email, origin())).toEqual({ ok: true })
    await until(() => mailsTo(email).length === 1)
    const secret = secretIn(mailsTo(email)[0]!)
    const person = { name: 'New Comer', password: NEW_PASSWORD }
    const both = await Promise.all(
      [1, 2].map(() => app.signUpByMail.complete(secret, person, origin())),
    )
    expect(both.filter(({ ok }) => ok)).toHaveLength(1)
    const user = await app.database.client.user.findUniqueOrThrow({ where: { email } })
    expect(user).toMatchObject({ role: 'user', emailConfirmedAt: clock.now() })
    // Whoever chooses an address does not choose a username.
    expect(user.username).not.toBe('newcomer')
  })

  test('is over a day after it was asked for, and when another mail to that address was used', async () => {
    const ask = async (nth: number) => {
      await app.signUpByMail.request('slow@example.com', origin())
      await until(() => mailsTo('slow@example.com').length === nth)
      return secretIn(mailsTo('slow@example.com')[nth - 1]!)
    }
    const person = { name: 'Slow', password: NEW_PASSWORD }
    const invalid = { ok: false, code: 'LINK_INVALID' }
    const late = await ask(1)
    clock.pass(hours(24))
    expect(await app.signUpByMail.find(late)).toBeNull()
    expect(await app.signUpByMail.complete(late, person, origin())).toEqual(invalid)
    const [one, other] = [await ask(2), await ask(3)]
    expect(await app.signUpByMail.complete(one, person, origin())).toMatchObject({ ok: true })
    expect(await app.signUpByMail.find(other)).toBeNull()
    expect(await app.signUpByMail.complete(other, person, origin())).toEqual(invalid)
  })

  test('makes no second account where an administrator made one meanwhile', async () => {
    const email = 'meanwhile@example.com'
    await app.signUpByMail.request(email, origin())
    await until(() => mailsTo(email).length === 1)
    const { first } = await addAdministrator(app)
    await app.administration.create(first.acting, { name: 'Made', email, role: 'user' })
    const secret = secretIn(mailsTo(email)[0]!)
    const person = { name: 'Mean While', password: NEW_PASSWORD }
    const taken = { ok: false, code: 'EMAIL_TAKEN' }
    expect(await app.signUpByMail.complete(secret, person, origin())).toEqual(taken)
    const users = await app.database.client.user.findMany({ where: { email } })
    expect(users).toMatchObject([{ name: 'Made' }])
  })

  test('tells whoever has an account so by mail alone, and not by a link', async () => {
    const ada = await addPerson(app)
    expect(await app.signUpByMail.request(ada.email, origin())).toEqual({ ok: true })
    await until(() => mailsTo(ada.email).length === 1)
    const [mail] = mailsTo(ada.email)
    expect(mail!.text).toContain('It has an account already')
    expect(mail!.raw).not.toContain('token=')
  })

  test('is the only way: nobody signs up with an address that they only typed', async () => {
    const person = { name: 'Eve', email: 'victim@example.com', password: NEW_PASSWORD }
    expect(await app.signUp(person, origin())).toEqual({ ok: false, code: 'SIGN_UP_CLOSED' })
  })
})
