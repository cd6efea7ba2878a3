import { beforeAll, describe, expect, test } from 'vitest'
import {
  addFactors,
  beginSignIn,
  fromAnywhere,
  takeStep,
  type TestFactors,
} from '../../../tests/support/factors'
import { expectProved, goesOn, prove } from '../../../tests/support/proofs'
import {
  addPerson,
  openServices,
  type Person,
  type SignedIn,
  type TestServices,
} from '../../../tests/support/services'
import { ATTEMPT_LIMITS } from '../attempt-limits'
import { minutes, seconds } from '../time'
import type { Origin } from '../viewer'

const LATE = minutes(15)
const LIMIT = ATTEMPT_LIMITS.secondStep.attempts
const WRONG_CODE = { ok: false, code: 'WRONG_CODE' }
const TOO_MANY = { ok: false, code: 'TOO_MANY_ATTEMPTS' }
const NOT_ACCEPTED = { ok: false, code: 'NOT_ACCEPTED' }

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

const byCode = (session: Pick<SignedIn, 'acting'>, text: string, origin?: Origin) =>
  prove(app, session, { kind: 'authenticator', text }, origin)

const wrong = (code: string) => String((Number(code) + 1) % 1e6).padStart(6, '0')

const rowOf = ({ first: { id } }: Person) =>
  app.database.client.session.findUniqueOrThrow({ where: { id } })

/** In a browser in which the person signed in before. */
const known = ({ first }: Person): Origin => ({
  ...fromAnywhere(),
  devices: { known: [first.knownDevice!], remembered: [] },
})

describe('with an authenticator, nobody has proved again who they are', () => {
  let ada: Person
  let factors: TestFactors
  beforeAll(async () => {
    ada = await addPerson(app)
    factors = await addFactors(app, ada)
    app.clock.pass(LATE)
  })

  test('by the password, right as it is, or by a recovery code', async () => {
    const before = await rowOf(ada)
    expect(await prove(app, ada.first)).toEqual(NOT_ACCEPTED)
    expect(await byCode(ada.first, factors.recoveryCodes[0]!)).toEqual(WRONG_CODE)
    expect(await prove(app, ada.first, { kind: 'passkey', text: '{}' })).toEqual(NOT_ACCEPTED)
    expect(await rowOf(ada)).toEqual(before)
  })

  test('by a wrong code, which is written down and counted', async () => {
    const before = await rowOf(ada)
    const where = { subjectId: ada.userId, kind: 'second-step.refused' }
    const refusals = await app.database.client.auditEvent.count({ where })
    expect(await byCode(ada.first, wrong(factors.code()))).toEqual(WRONG_CODE)
    expect(await rowOf(ada)).toEqual(before)
    expect(await app.database.client.auditEvent.count({ where })).toBe(refusals + 1)
  })

  test('by a code that was used, here or to sign in', async () => {
    const person = await addPerson(app)
    const { code } = await addFactors(app, person)
    const used = code()
    expect(await takeStep(app, await beginSignIn(app, person), used)).toMatchObject({ ok: true })
    expect(await byCode(person.first, used)).toEqual(WRONG_CODE)
    app.clock.pass(seconds(30))
    const next = code()
    const proved = await byCode(person.first, next)
    expect(await byCode(await goesOn(app, proved), next)).toEqual(WRONG_CODE)
  })

  test('by the right code after too many wrong ones, in this browser; another known one goes on', async () => {
    const person = await addPerson(app)
    const { code } = await addFactors(app, person)
    for (let tries = 0; tries < LIMIT; tries += 1) {
      expect(await byCode(person.first, wrong(code()))).toEqual(WRONG_CODE)
    }
    expect(await byCode(person.first, code())).toMatchObject(TOO_MANY)
    expect(await takeStep(app, await beginSignIn(app, person), code())).toMatchObject(TOO_MANY)
    expect(await byCode(person.first, code(), known(person))).toMatchObject({ ok: true })
  })

  test('by the right code after too many wrong ones in the browser that is known', async () => {
    const person = await addPerson(app)
    const { code } = await addFactors(app, person)
    const here = known(person)
    for (let tries = 0; tries < LIMIT; tries += 1) {
      expect(await byCode(person.first, wrong(code()), here)).toEqual(WRONG_CODE)
    }
    expect(await byCode(person.first, code(), here)).toMatchObject(TOO_MANY)
  })
})

test('guesses of a stranger, who knows the password, do not keep the owner from proving it', async () => {
  const person = await addPerson(app)
  const { code } = await addFactors(app, person)
  for (let tries = 0; tries < LIMIT; tries += 1) {
    await takeStep(app, await beginSignIn(app, person), wrong(code()))
  }
  app.clock.pass(minutes(14))
  expect(await byCode(person.first, code())).toMatchObject(TOO_MANY)
  expect(await byCode(person.first, code(), known(person))).toMatchObject({ ok: true })
})

test('a right code proves it, and is written down as what it was', async () => {
  const person = await addPerson(app)
  const { code } = await addFactors(app, person)
  app.clock.pass(LATE)
  const proved = await byCode(person.first, code())
  expect(await expectProved(app, person, proved)).toEqual({ proof: 'authenticator' })
  expect(await app.sessions.verify(person.first.secret)).toBeNull()
})
