import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFakeClock } from '../../tests/support/fake-clock'
import { newEmail } from '../../tests/support/link-kinds'
import { startMailServer, type MailServer } from '../../tests/support/mail-server'
import { addLink, SOMEWHERE } from '../../tests/support/reclaim'
import {
  addAdministrator,
  addPerson,
  addSession,
  openServices,
  PASSWORD,
  type Person,
  type TestServices,
} from '../../tests/support/services'
import { until } from '../../tests/support/until'
import { minutes, seconds } from './time'

const NEW_PASSWORD = 'nine purple harbours'

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

/** What kills the link to a new address kills it also while the mail with it waits. */
const events: Record<string, (ada: Person) => Promise<{ ok: boolean }>> = {
  'the password was changed': ({ first }) =>
    app.ownAccount.changePassword(first.acting, {
      ...{ currentPassword: PASSWORD, newPassword: NEW_PASSWORD, endOthers: false },
    }),
  'a password was chosen by a link': async ({ userId }) => {
    const link = await addLink(app, { purpose: 'forgotten_password', userId })
    return app.choosePassword.choose(link, { password: NEW_PASSWORD }, SOMEWHERE, undefined)
  },
  'a later sign-in was disowned': async (ada) => {
    // Not so long that the mail is tried again meanwhile.
    clock.pass(seconds(10))
    const { id: sessionId } = await addSession(app, ada)
    const { client } = app.database
    const { id: about } = await client.signInNotice.findUniqueOrThrow({ where: { sessionId } })
    const link = await addLink(app, { purpose: 'disown_sign_in', userId: ada.userId, about })
    return app.disownSignIn.byLink(link, SOMEWHERE)
  },
  'the account was disabled, and enabled again': async ({ userId }) => {
    await app.administration.disable(admin.first.acting, userId)
    return app.administration.enable(admin.first.acting, userId)
  },
}

test.each(Object.entries(events))(
  'a change of the address whose mail waits is over when %s',
  async (_, happens) => {
    const { client } = app.database
    admin = await addAdministrator(app)
    const ada = await addPerson(app)
    const to = newEmail()
    const mail = () => client.outgoingMail.findFirst({ where: { address: to, state: 'waiting' } })
    // Whoever wants the account has a mailbox whose server takes its time.
    server.behave({ type: 'refuses', code: 451, at: 'content' })
    const change = { email: to, currentPassword: PASSWORD }
    expect(await app.ownAccount.changeEmail(ada.first.acting, change)).toMatchObject({ ok: true })
    await until(async () => (await mail())?.problem)
    expect(await happens(ada)).toMatchObject({ ok: true })
    server.behave({ type: 'takes' })
    clock.pass(minutes(5))
    await until(async () => (await mail()) === null)
    expect(server.mails.filter(({ recipients }) => recipients.includes(to))).toEqual([])
    const links = { userId: ada.userId, purpose: 'confirm_email' } as const
    expect(await client.oneTimeLink.count({ where: links })).toBe(0)
    expect(await app.emailChanges.pending(ada)).toBeNull()
  },
)
