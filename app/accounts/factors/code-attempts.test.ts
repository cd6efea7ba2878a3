import { beforeAll, describe, expect, test, vi } from 'vitest'
import { addFactors, beginSignIn, fromAnywhere, takeStep } from '../../../tests/support/factors'
import {
  addPerson,
  addSession,
  openSecondNode,
  openServices,
  silentLog,
  type TestServices,
} from '../../../tests/support/services'
import { isOnPostgres } from '../../../tests/support/test-database'
import { ATTEMPT_LIMITS, createAttemptLimits } from '../attempt-limits'
import { createRecordAudit } from '../audit/record'
import { createCodeAttempts, wrongCode } from './code-attempts'
import { days, minutes } from '../time'

const WRONG = { ok: false, code: 'WRONG_CODE' }
const TOO_MANY = { ok: false, code: 'TOO_MANY_ATTEMPTS' }
const LIMIT = ATTEMPT_LIMITS.secondStep.attempts

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

async function somebody() {
  const person = await addPerson(app)
  return { person, ...(await addFactors(app, person)) }
}

const wrong = (code: string) => String((Number(code) + 1) % 1e6).padStart(6, '0')

describe('too many wrong codes', () => {
  test('64 at once, on two nodes: no more are compared than the limit says', async () => {
    const { person, code } = await somebody()
    const nodes = [app, isOnPostgres ? await openSecondNode(app) : app]
    const secret = await beginSignIn(app, person)
    const guess = wrong(code())
    const results = await Promise.all(
      Array.from({ length: 64 }, (_, index) => takeStep(nodes[index % 2]!, secret, guess)),
    )
    expect(results.filter((result) => !result.ok && result.code === 'WRONG_CODE')).toHaveLength(
      LIMIT,
    )
    expect(results.filter((result) => !result.ok && result.code === TOO_MANY.code)).toHaveLength(
      64 - LIMIT,
    )
    expect(await takeStep(app, secret, code())).toMatchObject(TOO_MANY)
  })

  test('are counted together with recovery codes, and on through a new sign-in', async () => {
    const { person, code, recoveryCodes } = await somebody()
    for (let guess = 0; guess < LIMIT; guess += 1) {
      const factor = guess % 2 ? ('recovery_code' as const) : ('authenticator' as const)
      const secret = await beginSignIn(app, person)
      expect(await takeStep(app, secret, wrong(code()), { factor })).toEqual(WRONG)
    }
    const secret = await beginSignIn(app, person)
    expect(await takeStep(app, secret, code())).toMatchObject(TOO_MANY)
    const paper = { factor: 'recovery_code' } as const
    expect(await takeStep(app, secret, recoveryCodes[0]!, paper)).toMatchObject(TOO_MANY)
    app.clock.pass(minutes(15))
    expect(await takeStep(app, await beginSignIn(app, person), code())).toMatchObject({ ok: true })
  })

  test('of a stranger do not lock the owner out, in a browser that they signed in with', async () => {
    const { person, code } = await somebody()
    const known = [person.first.knownDevice!]
    const origin = { ...fromAnywhere(), devices: { known, remembered: [] } }
    for (let guess = 0; guess < LIMIT; guess += 1) {
      await takeStep(app, await beginSignIn(app, person), wrong(code()))
    }
    const secret = await beginSignIn(app, person)
    expect(await takeStep(app, secret, code())).toMatchObject(TOO_MANY)
    expect(await takeStep(app, secret, code(), { origin })).toMatchObject({ ok: true })
  })

  test('in a known browser are as few, and a browser known of somebody else is none', async () => {
    const [{ person, code }, other] = [await somebody(), await addPerson(app)]
    const from = (secret: string) => ({
      origin: { ...fromAnywhere(), devices: { known: [secret], remembered: [] } },
    })
    const secret = await beginSignIn(app, person)
    const own = from(person.first.knownDevice!)
    for (let guess = 0; guess < LIMIT; guess += 1) {
      expect(await takeStep(app, secret, wrong(code()), own)).toEqual(WRONG)
    }
    expect(await takeStep(app, secret, code(), own)).toMatchObject(TOO_MANY)
    const others = from(other.first.knownDevice!)
    for (let guess = 0; guess < LIMIT; guess += 1) {
      expect(await takeStep(app, secret, wrong(code()), others)).toEqual(WRONG)
    }
    expect(await takeStep(app, secret, code())).toMatchObject(TOO_MANY)
  })

  test('in all browsers together where the password was enough before there was a factor', async () => {
    const person = await addPerson(app)
    const before = [person.first, await addSession(app, person), await addSession(app, person)]
    app.clock.pass(minutes(1))
    const { code } = await addFactors(app, person)
    const inBrowser = (secret: string) => ({
      origin: { ...fromAnywhere(), devices: { known: [secret], remembered: [] } },
    })
    const secret = await beginSignIn(app, person)
    for (let guess = 0; guess < LIMIT; guess += 1) {
      const { knownDevice } = before[guess % before.length]!
      expect(await takeStep(app, secret, wrong(code()), inBrowser(knownDevice!))).toEqual(WRONG)
    }
    for (const { knownDevice } of before) {
      const again = await takeStep(app, secret, wrong(code()), inBrowser(knownDevice!))
      expect(again).toMatchObject(TOO_MANY)
    }
    // Neither shuts out whoever comes from elsewhere, nor where the second step was taken.
    const proved = await takeStep(app, secret, code())
    if (!proved.ok) throw new Error(proved.code)
    const next = await beginSignIn(app, person)
    const known = inBrowser(proved.session.knownDevice!)
    expect(await takeStep(app, next, wrong(code()), known)).toEqual(WRONG)
  })

  test('are told to the person after the third, once a day', async () => {
    const told = vi.fn()
    const limits = createAttemptLimits({ ...app, log: silentLog })
    const enqueueMail = (...[, to, mail]: unknown[]) => Promise.resolve(told(to, mail))
    const record = createRecordAudit(app)
    const codes = createCodeAttempts({ ...app, limits, record, enqueueMail })
    const { person } = await somebody()
    const user = { id: person.userId, name: person.name }
    const attempt = { user, sessionId: person.first.id, afterPassword: true }
    const fail = () =>
      codes.counted({ ...attempt, origin: fromAnywhere() }, () => Promise.resolve(wrongCode))
    await fail()
    await fail()
    expect(told).not.toHaveBeenCalled()
    await fail()
    await fail()
    expect(told.mock.calls).toEqual([[{ userId: user.id }, { kind: 'second-step-failed' }]])
    app.clock.pass(days(1))
    for (let guess = 0; guess < 4; guess += 1) await fail()
    expect(told).toHaveBeenCalledTimes(2)
  })
})
