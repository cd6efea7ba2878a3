import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { oldHash } from '../../../tests/support/old-hash'
import {
  addPerson,
  hashOf,
  openServices,
  PASSWORD,
  silentLog,
  type TestServices,
} from '../../../tests/support/services'
import { createRecordAudit } from '../audit/record'
import { createAttemptLimits } from '../attempt-limits'
import { createPasswords, highestStoredCost, type Passwords } from './passwords'
import { createSignIn } from './sign-in'

const COSTLIER = 5
const WRONG = { ok: false, code: 'WRONG_CREDENTIALS' }

let app: TestServices
let costlier: Passwords
beforeAll(async () => {
  app = await openServices()
  costlier = createPasswords({ cost: COSTLIER })
})
afterAll(() => costlier.close())

/** Another address each time. */
let hosts = 0
const from = () => ({ ip: `198.51.100.${(hosts += 1)}`, userAgent: 'test' })

const signIn = (email: string, password = PASSWORD) =>
  app.signIn({ email, password, keep: false, origin: from() })

/** The sign-in as it is after the cost of passwords was raised. */
const signInWith = (passwords: Passwords) =>
  createSignIn({
    ...app,
    passwords,
    limits: createAttemptLimits({ ...app, log: silentLog }),
    record: createRecordAudit(app),
  })

describe('when the cost of passwords was raised', () => {
  test('a sign-in brings the hash up to date, and the password still works', async () => {
    const person = await addPerson(app)
    const before = await hashOf(app, person.userId)
    const result = await signInWith(costlier)({
      email: person.email,
      password: PASSWORD,
      keep: false,
      origin: from(),
    })
    const after = await hashOf(app, person.userId)
    expect(result.ok).toBe(true)
    expect(after).not.toBe(before)
    expect(await costlier.verify(PASSWORD, after)).toEqual({ matches: true, outdated: false })
  })

  test('two sign-ins at once both succeed', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { email } = await addPerson(app)
      const raised = signInWith(costlier)
      const both = [1, 2].map(() =>
        raised({ email, password: PASSWORD, keep: false, origin: from() }),
      )
      expect((await Promise.all(both)).map(({ ok }) => ok)).toEqual([true, true])
    }
  })

  test('the highest cost that is stored is known, so that a wrong password takes as long for all', async () => {
    const { userId } = await addPerson(app)
    const data = { hash: oldHash(PASSWORD, 10) }
    await app.database.client.password.update({ where: { userId }, data })
    expect(await highestStoredCost(app.database)).toBe(10)
  })

  test('a wrong password brings nothing up to date', async () => {
    const person = await addPerson(app)
    const before = await hashOf(app, person.userId)
    await signInWith(costlier)({
      email: person.email,
      password: 'wrong',
      keep: false,
      origin: from(),
    })
    expect(await hashOf(app, person.userId)).toBe(before)
  })
})

describe('an account whose hash was made of the password just as it was sent', () => {
  const COMPOSED = 'sept vélos bleus'
  const DECOMPOSED = COMPOSED.normalize('NFD')

  test.each([
    ['both are decomposed', DECOMPOSED, DECOMPOSED],
    ['that is decomposed and the sign-in composed', DECOMPOSED, COMPOSED],
    ['that is composed and the sign-in decomposed', COMPOSED, DECOMPOSED],
  ])('opens in either form after a sign-in, when %s', async (_, chosen, typed) => {
    const { email, userId } = await addPerson(app)
    const data = { hash: oldHash(chosen) }
    await app.database.client.password.update({ where: { userId }, data })
    expect(await signIn(email, 'sept vélos verts')).toEqual(WRONG)
    expect(await signIn(email, typed)).toMatchObject({ ok: true })
    const verdict = await costlier.verify(COMPOSED, await hashOf(app, userId))
    expect(verdict.matches).toBe(true)
    for (const text of [COMPOSED, DECOMPOSED]) {
      expect(await signIn(email, text)).toMatchObject({ ok: true })
    }
  })
})
