import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dump, withoutActivity } from '../support/dump'
import { makeStale } from '../support/expire'
import { formsIn } from '../support/page-forms'
import { answerOf, makePasskey } from '../support/passkeys'
import { startOpenServer, type TestServer } from '../support/server'
import type { Said, SoftwareAuthenticator } from '../support/software-authenticator'
import { createVisitor, PASSWORD, type Visitor } from '../support/visitor'

const OPTIONS = '/profile/passkeys/proof'
const SET_UP = '/profile/security/authenticator'

/** What the person types, form by form, in an order in which each still finds something to do. */
const TAKES: [form: string, page: string, typed: Record<string, string>][] = [
  ['create-token', '/profile/tokens', { name: 'Backup', scope: 'profile:read', lifetime: '7' }],
  ['rename-passkey', '/profile/passkeys', { name: 'On my desk' }],
  ['renew-codes', '/profile/security', { confirmed: 'yes' }],
  ['remove-passkey', '/profile/passkeys', { confirmed: 'yes' }],
]

let server: TestServer
let ada: Visitor
let authenticator: SoftwareAuthenticator
let eve: Visitor
let passkeyOfEve: SoftwareAuthenticator
beforeAll(async () => {
  server = await startOpenServer()
  ;[ada, eve] = [createVisitor(server.origin), createVisitor(server.origin)]
  await ada.signUp('ada@example.com')
  authenticator = await makePasskey(ada, server.origin)
  await eve.signUp('eve@example.com')
  passkeyOfEve = await makePasskey(eve, server.origin)
})
afterAll(() => server.dispose())

beforeEach(async () => {
  await server.query('DELETE FROM "AttemptCounter"')
  await makeStale(server, ada.secret()!.split('.', 1)[0]!)
})

/** A form as a page has it, filled in. */
async function filled(intent: string, page: string, typed: Record<string, string>) {
  const html = await (await ada.get(page)).text()
  const form = formsIn(html, page).find((one) => one.intent === intent)!
  const { formToken: _, ...own } = Object.fromEntries(form.fields)
  return { ...own, ...typed }
}

const rows = async () => {
  const { User, Session, ApiToken, Passkey, RecoveryCode } = withoutActivity(await dump(server))
  return { User, Session, ApiToken, Passkey, RecoveryCode }
}

async function expectRefused(page: string, form: Record<string, string>, sentence?: string) {
  const before = await rows()
  const answer = await ada.submit(page, form)
  const html = await answer.text()
  expect(answer.status).toBe(403)
  expect(await rows()).toEqual(before)
  const fields = formsIn(html, page).flatMap((one) => one.fields)
  expect(fields).toContainEqual(['proofPasskey', ''])
  expect(fields.map(([name]) => name)).not.toContain('proofPassword')
  if (sentence) expect(html).toContain(sentence)
  return html
}

describe('a form that came too late, of somebody with passkeys alone', () => {
  const [[intent, page, typed]] = TAKES as [(typeof TAKES)[number]]
  const wanted = async (proofPasskey: string) => ({
    ...(await filled(intent, page, typed)),
    proofPasskey,
  })

  it('asks for a passkey, and says what is needed where there are no scripts', async () => {
    const html = await expectRefused(page, await filled(intent, page, typed))
    expect(html).toMatch(/<noscript>.*allow JavaScript.*<\/noscript>/s)
    expect(html).toContain('sign in again with a recovery code')
  })

  it('takes no password in its place', async () => {
    const form = { ...(await filled(intent, page, typed)), proofPassword: PASSWORD }
    await expectRefused(page, form, 'Your account has a safer way by now')
  })

  it.each<[string, Partial<Said>]>([
    ['without finger, face or PIN', { verified: false }],
    ['for another site', { origin: 'https://evil.example' }],
  ])('is refused with an answer %s', async (_, said) => {
    const answer = await answerOf(ada, OPTIONS, authenticator, said)
    await expectRefused(page, await wanted(answer), 'That passkey could not be checked')
  })

  it('is refused with a passkey of somebody else, and with what is none', async () => {
    await expectRefused(page, await wanted(await answerOf(ada, OPTIONS, passkeyOfEve)))
    for (const none of ['no JSON', '{}']) await expectRefused(page, await wanted(none))
  })

  it('is refused with an answer to another browser, or to the sign-in page', async () => {
    const elsewhere = await answerOf(eve, OPTIONS, authenticator)
    await expectRefused(page, await wanted(elsewhere))
    await expectRefused(page, await wanted(await answerOf(ada, '/login/passkey', authenticator)))
  })

  it('is refused with an answer that was used', async () => {
    const form = await wanted(await answerOf(ada, OPTIONS, authenticator))
    expect((await ada.submit(page, form)).status).toBe(200)
    await makeStale(server, ada.secret()!.split('.', 1)[0]!)
    await expectRefused(page, form, 'was sent twice')
  })

  it('is refused after five of them, with when to come back', async () => {
    const wrong = () => answerOf(ada, OPTIONS, authenticator, { verified: false })
    for (let n = 0; n < 5; n += 1) await expectRefused(page, await wanted(await wrong()))
    const form = await wanted(await answerOf(ada, OPTIONS, authenticator))
    const answer = await ada.submit(page, form)
    expect(answer.status).toBe(429)
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0)
  })

  it('asks on the page that is shown first, where a form could not be sent again', async () => {
    const html = await (await ada.get(SET_UP)).text()
    expect(html).not.toContain('name="proposal"')
    const proofPasskey = await answerOf(ada, OPTIONS, authenticator)
    const proved = await ada.submit(SET_UP, { intent: 'prove', proofPasskey })
    expect(proved.status).toBe(302)
    expect(await (await ada.get(SET_UP)).text()).toContain('name="proposal"')
  })

  it.each(TAKES)('is refused without, and done with it: %s', async (intent, page, typed) => {
    const form = await filled(intent, page, typed)
    await expectRefused(page, form)
    const secret = ada.secret()
    const proofPasskey = await answerOf(ada, OPTIONS, authenticator)
    const before = await rows()
    const answer = await ada.submit(page, { ...form, proofPasskey })
    expect(answer.status).toBe(200)
    expect(await rows()).not.toEqual(before)
    expect(ada.secret()).not.toBe(secret)
    expect(await ada.isSignedIn()).toBe(true)
  })
})
