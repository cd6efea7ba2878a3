import { beforeAll, describe, expect, test } from 'vitest'
import { DatabaseBusy } from '~/database/errors'
import {
  addPerson,
  CHEAP_PASSWORDS,
  openServices,
  PASSWORD,
  silentLog,
  type TestServices,
} from '../../../tests/support/services'
import { createRecordAudit } from '../audit/record'
import { createOwnAccount } from '../users/own-account'
import { ATTEMPT_LIMITS, createAttemptLimits } from '../attempt-limits'
import { createOneTimeLinks } from '../one-time-links'
import { createPasswords } from './passwords'
import { createSignIn, type SignIn } from './sign-in'

let app: TestServices
let signIn: SignIn
let ownAccount: TestServices['ownAccount']
beforeAll(async () => {
  app = await openServices()
  const passwords = createPasswords({ cost: CHEAP_PASSWORDS })
  const limits = createAttemptLimits({ ...app, database: { count }, log: silentLog })
  const deps = { ...app, passwords, limits, record: createRecordAudit(app), enqueueMail }
  signIn = createSignIn(deps)
  ownAccount = createOwnAccount({
    ...deps,
    links: createOneTimeLinks(app),
    enqueueMail: () => Promise.resolve(),
    sendsMail: false,
    policy: app.sessions.policy,
    siteWords: [],
  })
  return () => passwords.close()
})

const enqueueMail = () => Promise.resolve()

/** A counter that counts, and is too busy to take anything back. */
const count: TestServices['database']['count'] = (key, points, window) =>
  points < 0 ? Promise.reject(new DatabaseBusy()) : app.database.count(key, points, window)

describe('when its attempt cannot be given back', () => {
  test('a sign-in is still answered with its session', async () => {
    const { email, userId } = await addPerson(app)
    const origin = { ip: '198.51.100.1', userAgent: 'test' }
    const result = await signIn({ email, password: PASSWORD, keep: true, origin })
    if (!result.ok) expect.fail(result.code)
    expect(await app.sessions.verify(result.session!.secret)).toMatchObject({
      user: { id: userId },
    })
  })

  test('a new e-mail address is still answered as saved', async () => {
    const { first, userId } = await addPerson(app)
    const email = 'new@example.com'
    const result = await ownAccount.changeEmail(first.acting, { email, currentPassword: PASSWORD })
    expect(result).toEqual({ ok: true, isConfirmed: true })
    expect(await app.findUser(userId)).toMatchObject({ email })
  })

  test('a new password is still answered with the secret that the session has now', async () => {
    const { first, userId } = await addPerson(app)
    const newPassword = 'eight red bicycles'
    const change = { currentPassword: PASSWORD, newPassword, endOthers: true }
    const result = await ownAccount.changePassword(first.acting, change)
    if (!result.ok) expect.fail(result.code)
    expect(await app.sessions.verify(result.session.secret)).toMatchObject({
      user: { id: userId },
    })
  })

  test('a deleted account is still answered as deleted', async () => {
    const { first, userId } = await addPerson(app)
    const proof = { currentPassword: PASSWORD }
    expect(await ownAccount.deleteAccount(first.acting, proof)).toMatchObject({ ok: true })
    expect(await app.findUser(userId)).toBeNull()
  })
})

test('an attempt that cannot be given back stays counted', async () => {
  const { email } = await addPerson(app)
  const origin = { ip: '198.51.100.2', userAgent: 'test' }
  const input = { email, password: PASSWORD, keep: true, origin }
  for (let count = 0; count < ATTEMPT_LIMITS.signInFromAddress.attempts; count += 1) {
    expect(await signIn(input)).toMatchObject({ ok: true })
  }
  expect(await signIn(input)).toMatchObject({ ok: false, code: 'TOO_MANY_ATTEMPTS' })
})

test('an address that is taken is said to be so only as often as one may guess', async () => {
  const { email } = await addPerson(app)
  const { first } = await addPerson(app)
  const ask = () => app.ownAccount.changeEmail(first.acting, { email, currentPassword: PASSWORD })
  for (let count = 0; count < ATTEMPT_LIMITS.currentPassword.attempts; count += 1) {
    expect(await ask()).toEqual({ ok: false, code: 'EMAIL_TAKEN' })
  }
  expect(await ask()).toMatchObject({ ok: false, code: 'TOO_MANY_ATTEMPTS' })
})
