import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minutes } from '~/accounts/time'
import { createFakeClock } from '../../tests/support/fake-clock'
import { linkInMail, startMailServer, type MailServer } from '../../tests/support/mail-server'
import {
  addAdministrator,
  addPerson,
  openServices,
  PASSWORD,
  type Person,
  type TestServices,
} from '../../tests/support/services'
import { until } from '../../tests/support/until'

const NEW_PASSWORD = 'nine purple harbours'
const HERE = { ip: '198.51.100.7', userAgent: 'test' }

let server: MailServer
let app: TestServices
let admin: Person
let stop: () => Promise<void>
const clock = createFakeClock()

beforeAll(async () => {
  server = await startMailServer()
  app = await openServices(clock, { SMTP_URL: server.url, MAIL_FROM: 'latchkey@example.org' })
  stop = app.runInBackground()
})
afterAll(async () => {
  await stop()
  await server.close()
})
beforeEach(async () => {
  server.mails.length = 0
  admin = await addAdministrator(app)
})

const outbox = () => app.database.client.outgoingMail
const nothingWaits = () =>
  until(async () => (await outbox().count({ where: { state: 'waiting' } })) === 0)
const mailsTo = (email: string) => server.mails.filter(({ recipients }) => recipients[0] === email)
const secretIn = (mail: Parameters<typeof linkInMail>[0]) => linkInMail(mail).split('token=')[1]!
/** As when nobody could note that it was sent, or the server refused it for now. */
const tryAgain = (address: string) =>
  outbox().updateMany({
    where: { address, state: 'sent' },
    data: { state: 'waiting', claimedUntil: null, nextTryAt: clock.now() },
  })
const linksWrittenDown = ({ userId }: Person) =>
  app.database.client.auditEvent.findMany({ where: { subjectId: userId, kind: 'link.created' } })

describe('an address that an administrator changes', () => {
  const change = ({ userId, name }: Person, email: string) =>
    app.administration.edit(admin.first.acting, { userId, name, email, role: 'user' })

  test('is told so, by a mail in which there is nothing to take back, and not where mails go now', async () => {
    const ada = await addPerson(app)
    const email = `new-${ada.email}`
    expect(await change(ada, email)).toEqual({ ok: true })
    await nothingWaits()
    const [mail, ...more] = mailsTo(ada.email)
    expect(mail!.subject).toBe('Your e-mail address at Latchkey was changed')
    expect(mail!.text).toContain('An administrator gave your account')
    expect(mail!.raw).not.toMatch(/token=|take-back/)
    expect(mail!.text).not.toContain(email)
    expect(more).toEqual([])
    expect(mailsTo(email)).toEqual([])
  })

  test('is told nothing when it stays, or was refused', async () => {
    const [ada, bob] = [await addPerson(app), await addPerson(app, 'Bob')]
    expect(await change({ ...ada, name: 'Ada King' }, ada.email)).toEqual({ ok: true })
    expect(await change(ada, bob.email)).toMatchObject({ code: 'EMAIL_TAKEN' })
    expect(await outbox().count({ where: { address: ada.email } })).toBe(0)
  })
})

describe('the mail about a deleted account', () => {
  const deletedBy = async (who: 'an administrator' | 'themselves') => {
    const ada = await addPerson(app)
    const gone =
      who === 'themselves'
        ? app.ownAccount.deleteAccount(ada.first.acting, { currentPassword: PASSWORD })
        : app.access.remove(admin.first.acting, ada.userId)
    expect(await gone).toMatchObject({ ok: true })
    await nothingWaits()
    const [mail] = mailsTo(ada.email)
    return mail!.text!
  }

  test('says that an administrator did it, and what can be done still', async () => {
    const text = await deletedBy('an administrator')
    expect(text).toContain('An administrator deleted your account')
    expect(text).toContain('ask an administrator for a new account')
    expect(text).not.toContain('It was not you?')
  })

  test('asks whoever did it by themselves whether that was them', async () => {
    expect(await deletedBy('themselves')).toContain('It was not you? Tell an administrator.')
  })
})

describe('a password link that goes out by mail', () => {
  test('is written down when somebody asked for it, once, with where they asked from', async () => {
    const ada = await addPerson(app)
    await app.forgottenPassword.request(ada.email, HERE)
    await nothingWaits()
    await tryAgain(ada.email)
    await until(() => mailsTo(ada.email).length === 2)
    expect(await linksWrittenDown(ada)).toMatchObject([
      { actorId: null, ip: HERE.ip, details: '{"mailed":true}' },
    ])
  })

  test('is not written down when nobody has the address, or the account is disabled', async () => {
    const ada = await addPerson(app)
    await app.administration.disable(admin.first.acting, ada.userId)
    const before = await app.database.client.auditEvent.count()
    for (const email of [ada.email, 'nobody@example.com']) {
      await app.forgottenPassword.request(email, HERE)
    }
    await nothingWaits()
    expect(await app.database.client.auditEvent.count()).toBe(before)
  })

  test('is written down with the administrator who sent it, and said of a new account', async () => {
    const ada = await addPerson(app)
    await app.administration.createPasswordLink(admin.first.acting, ada.userId, 'mailed')
    const wanted = { name: 'Zoe', email: 'zoe@example.com', role: 'user', link: 'mailed' } as const
    const made = await app.administration.create(admin.first.acting, wanted)
    if (!made.ok) throw new Error(made.code)
    await nothingWaits()
    expect(await linksWrittenDown(ada)).toMatchObject([
      { actorId: admin.userId, details: '{"mailed":true}' },
    ])
    const created = { subjectId: made.userId, kind: 'user.created' }
    const { details } = await app.database.client.auditEvent.findFirstOrThrow({ where: created })
    expect(JSON.parse(details)).toMatchObject({ mailed: true })
  })

  test.each(['an invitation', 'a forgotten password'])(
    'brings no other link when it is sent again after the first one was used: %s',
    async (what) => {
      const ada = await addPerson(app)
      if (what === 'an invitation') {
        await app.administration.createPasswordLink(admin.first.acting, ada.userId, 'mailed')
      } else await app.forgottenPassword.request(ada.email, HERE)
      await nothingWaits()
      clock.pass(minutes(1))
      const chosen = await app.choosePassword.choose(
        secretIn(mailsTo(ada.email)[0]!),
        { password: NEW_PASSWORD },
        ...([HERE, undefined] as const),
      )
      expect(chosen).toMatchObject({ ok: true })
      await tryAgain(ada.email)
      await nothingWaits()
      const ofPasswords = mailsTo(ada.email).filter(({ text }) => text!.includes('password-link'))
      expect(ofPasswords).toHaveLength(1)
    },
  )
})
