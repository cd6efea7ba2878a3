import { beforeAll, describe, expect, test } from 'vitest'
import { addFactors, beginSignIn, fromAnywhere } from '../../../tests/support/factors'
import { addPasskey, BROWSER, proofBy } from '../../../tests/support/passkeys'
import { expectProved, goesOn, prove } from '../../../tests/support/proofs'
import {
  addPerson,
  addSession,
  openServices,
  type Person,
  type SignedIn,
  type TestServices,
} from '../../../tests/support/services'
import type { Said, SoftwareAuthenticator } from '../../../tests/support/software-authenticator'
import { ATTEMPT_LIMITS } from '../attempt-limits'
import { minutes } from '../time'
import { CHALLENGE_LIFETIME } from './challenges'

const LATE = minutes(15)
const LIMIT = ATTEMPT_LIMITS.secondStep.attempts
const REFUSED = { ok: false, code: 'PASSKEY_REFUSED' }
const OVER = { ok: false, code: 'CHALLENGE_OVER' }
const TOO_MANY = { ok: false, code: 'TOO_MANY_ATTEMPTS' }
const NOT_ACCEPTED = { ok: false, code: 'NOT_ACCEPTED' }

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

async function somebody() {
  const person = await addPerson(app)
  return { person, authenticator: await addPasskey(app, person.first) }
}

const byPasskey = async (
  session: SignedIn,
  authenticator: SoftwareAuthenticator,
  said: Partial<Said> = {},
) => prove(app, session, await proofBy(app, session, authenticator, said))

const rowOf = ({ first: { id } }: Person) =>
  app.database.client.session.findUniqueOrThrow({ where: { id } })

describe('with passkeys alone, nobody has proved again who they are', () => {
  test('by the password, whatever their browser knows of passkeys', async () => {
    const { person } = await somebody()
    expect(await prove(app, person.first)).toEqual(NOT_ACCEPTED)
    expect(await prove(app, person.first, { kind: 'authenticator', text: '123456' })).toEqual(
      NOT_ACCEPTED,
    )
    expect(await app.stepUp.accepted(person.userId)).toEqual(['passkey'])
  })

  test.each<[string, Partial<Said>]>([
    ['without finger, face or PIN', { verified: false }],
    ['for a page of another origin', { origin: 'https://evil.example' }],
    ['with a signature over something else', { data: 'something else' }],
  ])('by one that answers %s', async (_, said) => {
    const { person, authenticator } = await somebody()
    const before = await rowOf(person)
    expect(await byPasskey(person.first, authenticator, said)).toEqual(REFUSED)
    expect(await rowOf(person)).toEqual(before)
  })

  test.each(['', 'no JSON', '{}', 'null'])('by what is none: %j', async (text) => {
    const { person } = await somebody()
    expect(await prove(app, person.first, { kind: 'passkey', text })).toEqual(REFUSED)
  })

  test('by another person’s', async () => {
    const [ada, eve] = [await somebody(), await somebody()]
    expect(await byPasskey(ada.person.first, eve.authenticator)).toEqual(REFUSED)
  })

  test('by a challenge of another browser, another session, a sign-in or a second step', async () => {
    const { person, authenticator } = await somebody()
    const other = await addSessionOf(person)
    const pending = (await app.secondStep.find(await beginSignIn(app, person)))!
    const challenges = [
      await app.stepUp.optionsFor(person.first.acting.viewer, 'another-browser'),
      await app.stepUp.optionsFor(other.acting.viewer, BROWSER),
      await app.passkeys.options(BROWSER),
      await app.secondStep.optionsFor(pending, BROWSER),
    ]
    for (const options of challenges) {
      await app.query('DELETE FROM "AttemptCounter"')
      const text = JSON.stringify(authenticator.use(options))
      expect(await prove(app, person.first, { kind: 'passkey', text })).toEqual(REFUSED)
    }
  })

  /** Begun before there was a passkey. */
  async function addSessionOf({ userId }: Person) {
    const row = await app.database.client.passkey.findFirstOrThrow({ where: { userId } })
    await app.database.client.passkey.delete({ where: { id: row.id } })
    const session = await addSession(app, { userId })
    await app.database.client.passkey.create({ data: row })
    return session
  }

  test('by a challenge of the second step that their session began with, which has the same id', async () => {
    const { person, authenticator } = await somebody()
    const secret = await beginSignIn(app, person)
    const pending = (await app.secondStep.find(secret))!
    const [answer, left] = [
      authenticator.use(await app.secondStep.optionsFor(pending, BROWSER)),
      authenticator.use(await app.secondStep.optionsFor(pending, BROWSER)),
    ]
    const shown = { factor: 'passkey', answer, browser: BROWSER, remember: false } as const
    const step = { secret, origin: fromAnywhere(), replacing: undefined }
    const session = await goesOn(app, await app.secondStep.byFactor(step, shown))
    expect(session.acting.viewer.session.id).toBe(pending.id)
    const given = { kind: 'passkey', text: JSON.stringify(left) } as const
    expect(await prove(app, session, given)).toEqual(REFUSED)
  })

  test('by a challenge that is five minutes old, or was used, which count as well', async () => {
    const { person, authenticator } = await somebody()
    const late = await proofBy(app, person.first, authenticator)
    app.clock.pass(CHALLENGE_LIFETIME)
    expect(await prove(app, person.first, late)).toEqual(OVER)
    const once = await proofBy(app, person.first, authenticator)
    const proved = await prove(app, person.first, once)
    const session = await goesOn(app, proved)
    for (let tries = 1; tries < LIMIT; tries += 1) {
      expect(await prove(app, session, once)).toEqual(OVER)
    }
    expect(await prove(app, session, once)).toMatchObject(TOO_MANY)
  })

  test('by the right one after too many that were none', async () => {
    const { person, authenticator } = await somebody()
    for (let tries = 0; tries < LIMIT; tries += 1) {
      expect(await byPasskey(person.first, authenticator, { verified: false })).toEqual(REFUSED)
    }
    expect(await byPasskey(person.first, authenticator)).toMatchObject(TOO_MANY)
  })

  test('but by the right one, which is asked for by name and written down', async () => {
    const { person, authenticator } = await somebody()
    app.clock.pass(LATE)
    const { allowCredentials } = await app.stepUp.optionsFor(person.first.acting.viewer, BROWSER)
    expect(allowCredentials?.map(({ id }) => id)).toEqual([authenticator.id])
    const proved = await byPasskey(person.first, authenticator)
    expect(await expectProved(app, person, proved)).toEqual({ proof: 'passkey' })
  })
})

test('whoever has both proves it by either', async () => {
  const { person, authenticator } = await somebody()
  const { code } = await addFactors(app, person)
  expect(await app.stepUp.accepted(person.userId)).toEqual(['authenticator', 'passkey'])
  const session = await goesOn(app, await byPasskey(person.first, authenticator))
  const given = { kind: 'authenticator', text: code() } as const
  expect(await prove(app, session, given)).toMatchObject({ ok: true })
})
