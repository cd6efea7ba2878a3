import { beforeAll, describe, expect, test } from 'vitest'
import { beginSignIn, fromAnywhere } from '../../../tests/support/factors'
import { createFakeClock } from '../../../tests/support/fake-clock'
import { BROWSER, SITE } from '../../../tests/support/passkeys'
import { openServices, PASSWORD, type TestServices } from '../../../tests/support/services'
import { createSoftwareAuthenticator } from '../../../tests/support/software-authenticator'
import { createKey } from '../factors/totp'
import { newId } from '../row-id'
import { minutes } from '../time'

const PENDING_OVER = { ok: false, code: 'PENDING_OVER' }

let app: TestServices
beforeAll(async () => {
  app = await openServices(createFakeClock(), { SECOND_FACTOR: 'everybody' })
})

/** Somebody who has no second factor yet, and needs one. */
async function somebody() {
  const email = `ada-${newId()}@example.com`
  const add = await app.addPeople(PASSWORD)
  const never = { disabledAt: null, sessions: [], createdAt: app.clock.now() }
  await add([{ name: 'Ada', email, role: 'user', ...never }])
  const { id } = await app.database.client.user.findUniqueOrThrow({ where: { email } })
  return { id, email }
}

/** What the browser is asked for, and what a new passkey says to that. */
async function makeFor(secret: string, browser = BROWSER) {
  const pending = await app.secondStep.find(secret)
  const options = await app.secondStep.optionsToEnrol(pending!, browser)
  return createSoftwareAuthenticator(SITE).make(options)
}

type Answer = Awaited<ReturnType<typeof makeFor>>

const enrol = (secret: string, answer: Answer) =>
  app.secondStep.byEnrollingPasskey(
    { secret, origin: fromAnywhere(), replacing: undefined },
    { answer, browser: BROWSER, madeWith: 'Test on Linux', linkSecret: undefined },
  )

const rowsOf = async (userId: string) => ({
  passkeys: await app.database.client.passkey.count({ where: { userId } }),
  sessions: await app.database.client.session.count({ where: { userId } }),
})
const NOTHING = { passkeys: 0, sessions: 0 }

describe('a passkey that is made on the way to a session is refused', () => {
  test('when another browser, or another sign-in of the same person, was asked for it', async () => {
    const ada = await somebody()
    const [one, other] = [await beginSignIn(app, ada), await beginSignIn(app, ada)]
    for (const answer of [await makeFor(one, 'another-browser'), await makeFor(other)]) {
      expect(await enrol(one, answer)).toEqual({ ok: false, code: 'PASSKEY_REFUSED' })
    }
    expect(await rowsOf(ada.id)).toEqual(NOTHING)
  })

  test('when the sign-in took too long, or its account was disabled', async () => {
    const ada = await somebody()
    const [late, disabled] = [await beginSignIn(app, ada), await beginSignIn(app, ada)]
    const [answer, another] = [await makeFor(late), await makeFor(disabled)]
    app.clock.pass(minutes(5))
    expect(await enrol(late, answer)).toEqual(PENDING_OVER)
    const where = { id: ada.id }
    await app.database.client.user.update({ where, data: { disabledAt: app.clock.now() } })
    expect(await enrol(disabled, another)).toEqual(PENDING_OVER)
    expect(await rowsOf(ada.id)).toEqual(NOTHING)
  })

  test('when another factor was made meanwhile, which has to be shown then', async () => {
    const ada = await somebody()
    const secret = await beginSignIn(app, ada)
    const answer = await makeFor(secret)
    const made = {
      key: createKey(),
      lastStep: 0,
      createdAt: app.clock.now(),
      createdBySession: 'x',
    }
    await app.database.client.authenticator.create({ data: { userId: ada.id, ...made } })
    expect(await enrol(secret, answer)).toEqual(PENDING_OVER)
    expect(await rowsOf(ada.id)).toEqual(NOTHING)
  })

  test('without the link that is needed since an administrator took the factors away', async () => {
    const ada = await somebody()
    await app.database.client.user.update({
      where: { id: ada.id },
      data: { linkToAddFactor: true },
    })
    const secret = await beginSignIn(app, ada)
    expect(await enrol(secret, await makeFor(secret))).toEqual({ ok: false, code: 'LINK_NEEDED' })
    expect(await rowsOf(ada.id)).toEqual(NOTHING)
  })
})

test('a passkey that is made on the way to a session opens it, with recovery codes, once', async () => {
  const ada = await somebody()
  const secret = await beginSignIn(app, ada)
  const answer = await makeFor(secret)
  const both = await Promise.all([enrol(secret, answer), enrol(secret, answer)])
  const [enrolled, ...others] = both.filter((result) => result.ok)
  expect(others).toEqual([])
  expect(enrolled!.recoveryCodes).toHaveLength(10)
  const viewer = await app.sessions.verify(enrolled!.session.secret)
  expect(viewer?.session).toMatchObject({ id: enrolled!.session.id, secondFactor: 'passkey' })
  expect(await rowsOf(ada.id)).toEqual({ passkeys: 1, sessions: 1 })
  const [passkey] = await app.passkeys.list({ userId: ada.id })
  expect(passkey).toMatchObject({ name: 'Test on Linux', createdBySession: enrolled!.session.id })
  expect(await app.secondStep.find(secret)).toBeNull()
})
