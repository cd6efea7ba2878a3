import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFakeClock } from '../../tests/support/fake-clock'
import { startMailServer, type MailServer } from '../../tests/support/mail-server'
import {
  addAdministrator,
  addPerson,
  addToken,
  openServices,
  type TestServices,
} from '../../tests/support/services'
import { until } from '../../tests/support/until'

let server: MailServer
let app: TestServices
let stop: () => Promise<void>
beforeAll(async () => {
  server = await startMailServer()
  const settings = { SMTP_URL: server.url, MAIL_FROM: 'latchkey@example.org' }
  app = await openServices(createFakeClock(), settings)
  stop = app.runInBackground()
})
afterAll(async () => {
  await stop()
  await server.close()
})

const states = async () => {
  const { mails } = await app.mail.list({ state: null, at: null })
  return mails.map(({ state }) => state)
}

describe('an administrator', () => {
  test('sees what was given up and why, and sends it again; nobody else does', async () => {
    const { first } = await addAdministrator(app)
    const ada = await addPerson(app)
    server.behave({ type: 'refuses', code: 550, at: 'recipient' })
    await addToken(app, ada.first, { name: 'Backup' })
    await until(async () => (await states())[0] === 'given_up')
    const { mails } = await app.mail.list({ state: 'given_up', at: null })
    expect(mails).toMatchObject([{ kind: 'token-made', user: { id: ada.userId } }])
    expect(mails[0]!.problem).toContain('550')
    server.behave({ type: 'takes' })
    const { id } = mails[0]!
    const refused = { ok: false, code: 'NOT_ALLOWED' }
    expect(await app.mail.sendAgain(ada.first.acting, id)).toEqual(refused)
    expect(await app.mail.sendTest(ada.first.acting)).toEqual(refused)
    expect(await states()).toEqual(['given_up'])
    expect(await app.mail.sendAgain(first.acting, id)).toEqual({ ok: true })
    await until(async () => (await states())[0] === 'sent')
    expect(await app.mail.sendAgain(first.acting, id)).toEqual({ ok: false, code: 'NO_SUCH_MAIL' })
    expect(await app.mail.sendTest(first.acting)).toEqual({ ok: true })
    await server.received(2)
    expect(server.mails.map(({ subject }) => subject)).toEqual([
      'A new API token was created for your account at Latchkey',
      'Mail from Latchkey works',
    ])
  })
})
