import { beforeAll, describe, expect, test } from 'vitest'
import { createFakeClock } from '../../../tests/support/fake-clock'
import {
  addAdministrator,
  addPerson,
  openServices,
  type TestServices,
} from '../../../tests/support/services'
import { statementsOf } from '../../../tests/support/statements'
import { ATTEMPT_LIMITS } from '../attempt-limits'

let app: TestServices
/** Who has an account that works, who has one that was disabled, and who has none. */
let known: string
let disabled: string
beforeAll(async () => {
  // Nothing is sent, since nobody runs the outbox: what is counted is what the visitor's request does.
  const settings = { SMTP_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'latchkey@example.org' }
  app = await openServices(createFakeClock(), settings)
  const { first } = await addAdministrator(app)
  known = (await addPerson(app)).email
  const other = await addPerson(app, 'Bob')
  disabled = other.email
  await app.administration.disable(first.acting, other.userId)
})

let hosts = 0
const origin = () => ({ ip: `198.51.100.${(hosts += 1)}`, userAgent: 'test' })

const requests = {
  'another password': (email: string) => app.forgottenPassword.request(email, origin()),
  'an account': (email: string) => app.signUpByMail.request(email, origin()),
}

/** How often the network address asked, and how often somebody asked for this mailbox. */
const COUNTED = ['INSERT AttemptCounter', 'INSERT AttemptCounter']

describe.each(Object.entries(requests))('whoever asks for %s by mail', (what, request) => {
  const nobody = `nobody-${what.replaceAll(' ', '-')}@example.com`

  test('makes the database do the same, whether anybody has the address or not', async () => {
    const done = []
    for (const email of [known, disabled, nobody]) {
      const rows = () => app.database.client.outgoingMail.findMany({ where: { address: email } })
      const before = (await rows()).length
      done.push(await statementsOf(() => request(email)))
      const { id: _, address: __, ...row } = (await rows()).slice(before)[0]!
      expect(row).toMatchObject({ userId: null, state: 'waiting', tries: 0, problem: null })
    }
    expect(done[0]).toEqual([...COUNTED, 'INSERT OutgoingMail'])
    expect(done[1]).toEqual(done[0])
    expect(done[2]).toEqual(done[0])
  })

  test('too often makes it do the same as well, and writes no mail', async () => {
    for (const email of [known, nobody]) {
      for (let times = 1; times < ATTEMPT_LIMITS.mailTo.attempts; times += 1) await request(email)
    }
    const count = await app.database.client.outgoingMail.count()
    const done = []
    for (const email of [known, nobody]) {
      done.push(await statementsOf(async () => expect(await request(email)).toEqual({ ok: true })))
    }
    expect(done[0]!.slice(0, COUNTED.length)).toEqual(COUNTED)
    expect(done[1]).toEqual(done[0])
    expect(await app.database.client.outgoingMail.count()).toBe(count)
  })
})
