import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createGates } from '../../../tests/support/gates'
import {
  addPerson,
  openServices,
  PASSWORD,
  silentLog,
  type Person,
  type TestServices,
} from '../../../tests/support/services'
import { ATTEMPT_LIMITS, createAttemptLimits } from '../attempt-limits'
import { createRecordAudit } from '../audit/record'
import { createSignIn } from './sign-in'
import { createPasswords, type Passwords } from './passwords'

const COSTLIER = 5
const WRONG = { ok: false, code: 'WRONG_CREDENTIALS' }

let app: TestServices
let costlier: Passwords
beforeAll(async () => {
  app = await openServices()
  costlier = createPasswords({ cost: COSTLIER })
})
afterAll(() => costlier.close())

/** Another address each time, unless one is given. */
let hosts = 0
const from = (ip = `198.51.100.${(hosts += 1)}`) => ({ ip, userAgent: 'test' })

const signIn = (email: string, password = PASSWORD, origin = from()) =>
  app.signIn({ email, password, keep: false, origin })

/** The sign-in as it is after the cost of passwords was raised, perhaps with a gate in it. */
const signInWith = (passwords: Passwords) =>
  createSignIn({
    ...app,
    passwords,
    limits: createAttemptLimits({ ...app, log: silentLog }),
    record: createRecordAudit(app),
  })

describe('nobody is signed in', () => {
  test('with a wrong password', async () => {
    const { email, userId } = await addPerson(app)
    expect(await signIn(email, 'wrong')).toEqual(WRONG)
    expect(await app.sessions.countActive({ userId })).toBe(1)
  })

  test.each([PASSWORD.toUpperCase(), `${PASSWORD} `, PASSWORD.slice(0, -1), ''])(
    'with nearly the right one: "%s"',
    async (password) => {
      expect(await signIn((await addPerson(app)).email, password)).toEqual(WRONG)
    },
  )

  test('as somebody unknown, with the same answer', async () => {
    expect(await signIn('nobody@example.com')).toEqual(WRONG)
  })

  test('who has chosen no password yet, with the same answer', async () => {
    const { email, userId } = await addPerson(app)
    await app.database.client.password.delete({ where: { userId } })
    expect(await signIn(email)).toEqual(WRONG)
  })

  test('who is disabled, and only the right password learns of that', async () => {
    const { email, userId } = await addPerson(app)
    const disabledAt = app.clock.now()
    await app.database.client.user.update({ where: { id: userId }, data: { disabledAt } })
    expect(await signIn(email, 'wrong')).toEqual(WRONG)
    expect(await signIn(email)).toEqual({ ok: false, code: 'DISABLED' })
  })

  test('as somebody unknown, though a password is hashed all the same', async () => {
    const verify = vi.fn(costlier.verify)
    await signInWith({ ...costlier, verify })({
      email: 'nobody@example.com',
      password: 'x',
      keep: false,
      origin: from(),
    })
    expect(verify).toHaveBeenCalledTimes(1)
  })
})

describe('guessing', () => {
  const guess = (email: string, ip: string) => signIn(email, 'guess', from(ip))
  const { attempts: FROM_ADDRESS } = ATTEMPT_LIMITS.signInFromAddress
  const { attempts: FROM_ANYWHERE } = ATTEMPT_LIMITS.accountFromUnknown

  test('from one address is stopped, and the right password is not heard from there', async () => {
    const { email } = await addPerson(app)
    for (let count = 0; count < FROM_ADDRESS; count += 1) await guess(email, '203.0.113.1')
    expect(await guess(email, '203.0.113.1')).toMatchObject({ code: 'TOO_MANY_ATTEMPTS' })
    expect(await signIn(email, PASSWORD, from('203.0.113.1'))).toMatchObject({
      code: 'TOO_MANY_ATTEMPTS',
    })
  })

  test('many times at once gets no further than one after the other', async () => {
    const { email } = await addPerson(app)
    const results = await Promise.all(Array.from({ length: 30 }, () => guess(email, '203.0.113.2')))
    expect(results.filter((result) => !result.ok && result.code === WRONG.code)).toHaveLength(
      FROM_ADDRESS,
    )
  })

  test("from everywhere is stopped, and does not shut out the owner's own address", async () => {
    const person = await addPerson(app)
    const home = from('203.0.113.200')
    expect(await signIn(person.email, PASSWORD, home)).toMatchObject({ ok: true })
    for (let count = 0; count < FROM_ANYWHERE; count += 1) {
      await guess(person.email, `10.0.${Math.floor(count / 5)}.${count}`)
    }
    expect(await signIn(person.email, PASSWORD, from('10.9.9.9'))).toMatchObject({
      code: 'TOO_MANY_ATTEMPTS',
    })
    expect(await signIn(person.email, PASSWORD, home)).toMatchObject({ ok: true })
  })

  test.each([
    ['somebody', async () => addPerson(app)],
    ['nobody', () => Promise.resolve({ email: 'nobody-at-all@example.com', userId: null })],
  ])('as %s is written down once a window when it is stopped', async (_, add) => {
    const { email, userId } = await add()
    const [ip, elsewhere] = [from().ip, from().ip]
    const details = JSON.stringify({ userAgent: 'test', reason: 'too-many-attempts' })
    const written = () =>
      app.database.client.auditEvent.findMany({
        where: { kind: 'session.refused', ip: { in: [ip, elsewhere] }, details },
        orderBy: { id: 'asc' },
        select: { actorId: true, subjectId: true, ip: true },
      })
    const row = (ip: string) => ({ actorId: null, subjectId: userId, ip })
    const guessUntilStopped = (ip: string) =>
      Promise.all(Array.from({ length: FROM_ADDRESS + 10 }, () => guess(email, ip)))

    for (let count = 0; count < FROM_ADDRESS; count += 1) await guess(email, ip)
    expect(await written()).toEqual([])
    await guess(email, ip)
    expect(await written()).toEqual([row(ip)])
    await guessUntilStopped(ip)
    expect(await written()).toEqual([row(ip)])
    await guessUntilStopped(elsewhere)
    expect(await written()).toEqual([row(ip), row(elsewhere)])
    app.clock.pass(ATTEMPT_LIMITS.signInFromAddress.window)
    await guessUntilStopped(ip)
    expect(await written()).toEqual([row(ip), row(elsewhere), row(ip)])
  })

  test('costs as many writes for nobody as for somebody when it is stopped', async () => {
    const writesFor = async (email: string) => {
      const { ip } = from()
      for (let count = 0; count < FROM_ADDRESS; count += 1) await guess(email, ip)
      const spies = [vi.spyOn(app.database, 'transaction'), vi.spyOn(app.database, 'count')]
      const counts = []
      for (let count = 0; count < 2; count += 1) {
        await guess(email, ip)
        counts.push(spies.map((spy) => spy.mock.calls.length))
      }
      for (const spy of spies) spy.mockRestore()
      return counts
    }
    const { email } = await addPerson(app)
    const [first, second] = await writesFor(email)
    expect(first![0]).toBe(1)
    expect(second![0]).toBe(1)
    expect(await writesFor('nobody-here@example.com')).toEqual([first, second])
  })

  test('is written down without what was typed as the address', async () => {
    await signIn('my-secret-password', 'x')
    const refused = await app.database.client.auditEvent.findMany({
      where: { kind: 'session.refused' },
    })
    expect(refused.length).toBeGreaterThan(0)
    expect(JSON.stringify(refused)).not.toContain('my-secret-password')
  })
})

describe('a password that changes while an old one is still being checked', () => {
  test('lets nobody in with the old one', async () => {
    const person = await addPerson(app)
    const gates = createGates()
    const gated = signInWith({ ...costlier, verify: gates.after(costlier.verify) })
    const late = gated({ email: person.email, password: PASSWORD, keep: true, origin: from() })
    await gates.arrived()
    const changed = await changePassword(person)
    gates.open()
    expect(changed.ok).toBe(true)
    expect(await late).toEqual(WRONG)
    expect(await app.sessions.countActive(person)).toBe(1)
  })

  test('stays changed when the old one is hashed at today’s cost', async () => {
    const person = await addPerson(app)
    const gates = createGates()
    const gated = signInWith({ ...costlier, hash: gates.after(costlier.hash) })
    const late = gated({ email: person.email, password: PASSWORD, keep: true, origin: from() })
    await gates.arrived()
    await changePassword(person)
    gates.open()
    expect(await late).toEqual(WRONG)
    expect(await signIn(person.email, NEW_PASSWORD)).toMatchObject({ ok: true })
    expect(await signIn(person.email, PASSWORD)).toEqual(WRONG)
  })

  test('lets nobody in either when the account is disabled instead', async () => {
    const person = await addPerson(app)
    const gates = createGates()
    const gated = signInWith({ ...costlier, verify: gates.after(costlier.verify) })
    const late = gated({ email: person.email, password: PASSWORD, keep: true, origin: from() })
    await gates.arrived()
    const disabledAt = app.clock.now()
    await app.database.client.user.update({ where: { id: person.userId }, data: { disabledAt } })
    gates.open()
    expect(await late).toEqual({ ok: false, code: 'DISABLED' })
  })
})

test('a form that was sent twice signs one person in, twice at most', async () => {
  const person = await addPerson(app)
  const origin = from()
  const twice = [1, 2].map(() =>
    app.signIn({
      email: person.email,
      password: PASSWORD,
      keep: true,
      origin,
      replacing: person.first.secret,
    }),
  )
  expect((await Promise.all(twice)).map(({ ok }) => ok)).toEqual([true, true])
  expect(await app.sessions.verify(person.first.secret)).toBeNull()
  expect(await app.sessions.countActive(person)).toBe(2)
})

const NEW_PASSWORD = 'eight red bicycles'

const changePassword = ({ first }: Person) =>
  app.ownAccount.changePassword(first.acting, {
    currentPassword: PASSWORD,
    newPassword: NEW_PASSWORD,
    endOthers: true,
  })
