import { beforeAll, describe, expect, test, vi } from 'vitest'
import {
  addPerson,
  CHEAP_PASSWORDS,
  openServices,
  PASSWORD,
  silentLog,
  type Person,
  type TestServices,
} from '../../../tests/support/services'
import { ATTEMPT_LIMITS, createAttemptLimits } from '../attempt-limits'
import { createRecordAudit } from '../audit/record'
import { createPasswords } from './passwords'
import { createSignIn } from './sign-in'

const WRONG = { ok: false, code: 'WRONG_CREDENTIALS' }

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

/** Another address each time, unless one is given. */
let hosts = 0
const from = (ip = `198.51.100.${(hosts += 1)}`) => ({ ip, userAgent: 'test' })

const signIn = (email: string, password = PASSWORD, origin = from()) =>
  app.signIn({ email, password, keep: false, origin })

/** The name by which applications know somebody. */
const usernameOf = ({ first }: Person) => first.acting.viewer.user.username

describe('guessing', () => {
  const guess = (email: string, ip: string) => signIn(email, 'guess', from(ip))
  const { attempts: FROM_ADDRESS } = ATTEMPT_LIMITS.signInFromAddress
  const { attempts: FROM_ANYWHERE } = ATTEMPT_LIMITS.accountFromUnknown

  test('by e-mail address and by username is counted as one', async () => {
    const person = await addPerson(app)
    const names = [person.email, usernameOf(person)]
    for (let count = 0; count < FROM_ADDRESS; count += 1) {
      expect(await guess(names[count % 2]!, '203.0.113.9')).toEqual(WRONG)
    }
    for (const name of names) {
      expect(await guess(name, '203.0.113.9')).toMatchObject({ code: 'TOO_MANY_ATTEMPTS' })
    }
    for (let count = FROM_ADDRESS; count < FROM_ANYWHERE; count += 1) {
      expect(await guess(names[count % 2]!, from().ip)).toEqual(WRONG)
    }
    for (const name of names) {
      expect(await guess(name, from().ip)).toMatchObject({ code: 'TOO_MANY_ATTEMPTS' })
    }
  })
})

describe('a username to sign in with', () => {
  test('is as good as an e-mail address', async () => {
    const person = await addPerson(app)
    expect(await signIn(usernameOf(person), 'wrong')).toEqual(WRONG)
    expect(await signIn(usernameOf(person))).toMatchObject({ ok: true })
    expect(await app.sessions.countActive({ userId: person.userId })).toBe(2)
  })

  test('that nobody has is refused like a wrong password, after as much work', async () => {
    const passwords = createPasswords({ cost: CHEAP_PASSWORDS })
    const verify = vi.fn(passwords.verify)
    const signInWatched = createSignIn({
      ...app,
      passwords: { ...passwords, verify },
      limits: createAttemptLimits({ ...app, log: silentLog }),
      record: createRecordAudit(app),
    })
    const typed = { email: 'nobody-has-this', password: 'x', keep: false, origin: from() }
    expect(await signInWatched(typed)).toEqual(WRONG)
    expect(verify).toHaveBeenCalledTimes(1)
    await passwords.close()
  })

  test('that somebody had before is nobody any more', async () => {
    const person = await addPerson(app)
    const before = usernameOf(person)
    const data = { username: `${before}x` }
    await app.database.client.user.update({ where: { id: person.userId }, data })
    expect(await signIn(before)).toEqual(WRONG)
  })
})
