import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createGates } from '../../../tests/support/gates'
import {
  addAdministrator,
  addPerson,
  makeSetUpLink,
  openServices,
  PASSWORD,
  type TestServices,
} from '../../../tests/support/services'
import { hours, minutes } from '../time'
import { createSecret } from '../secret-token'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

const origin = { ip: '192.0.2.50', userAgent: 'test' }
const root = { name: 'Root', email: 'root@example.com', password: PASSWORD }

describe('the set-up link', () => {
  beforeEach(async () => {
    await app.database.client.user.deleteMany({ where: { NOT: { id: '' } } })
    await app.database.client.oneTimeLink.deleteMany({ where: { purpose: 'setup' } })
  })

  test('does not work with a secret that is not its own', async () => {
    await makeSetUpLink(app)
    for (const secret of [undefined, '', 'x', createSecret()]) {
      expect(await app.setUp.isLink(secret)).toBe(false)
      expect(await app.setUp.complete(secret, root, origin)).toEqual(LINK_INVALID)
    }
  })

  test('does not work once it has expired', async () => {
    const secret = await makeSetUpLink(app)
    app.clock.pass(hours(24))
    expect(await app.setUp.complete(secret, root, origin)).toEqual(LINK_INVALID)
  })

  test('does not work once another was made in its place', async () => {
    const [before, after] = [await makeSetUpLink(app), await makeSetUpLink(app)]
    expect(await app.setUp.isLink(before)).toBe(false)
    expect(await app.setUp.complete(before, root, origin)).toEqual(LINK_INVALID)
    expect(await app.setUp.isLink(after)).toBe(true)
  })

  test('is replaced by a node that starts a minute later, and by none that starts with it', async () => {
    const start = () => app.setUp.createLink({ keepYoung: true })
    const states = await Promise.all([start(), start(), start()])
    expect(states.map(({ state }) => state).sort()).toEqual([
      ...['made', 'made-elsewhere', 'made-elsewhere'],
    ])
    const [first] = states.flatMap((link) => (link.state === 'made' ? [link.secret] : []))
    app.clock.pass(minutes(1) - 1)
    expect(await start()).toEqual({ state: 'made-elsewhere' })
    expect(await app.setUp.isLink(first)).toBe(true)
    app.clock.pass(1)
    expect(await start()).toMatchObject({ state: 'made' })
    expect(await app.setUp.isLink(first)).toBe(false)
  })

  test('does not work once there is an administrator, and no other is made', async () => {
    const secret = await makeSetUpLink(app)
    await addAdministrator(app)
    expect(await app.setUp.isLink(secret)).toBe(false)
    expect(await app.setUp.complete(secret, root, origin)).toEqual(LINK_INVALID)
    expect(await app.setUp.createLink()).toEqual({ state: 'not-needed' })
  })

  test('is not taken away by an address that is taken', async () => {
    const secret = await makeSetUpLink(app)
    const { email } = await addPerson(app)
    expect(await app.setUp.complete(secret, { ...root, email }, origin)).toEqual({
      ok: false,
      code: 'EMAIL_TAKEN',
    })
    expect(await app.setUp.complete(secret, root, origin)).toMatchObject({ ok: true })
  })

  test('survives a password that is refused', async () => {
    const secret = await makeSetUpLink(app)
    const poor = { ...root, password: 'password1' }
    expect(await app.setUp.complete(secret, poor, origin)).toEqual({
      ok: false,
      code: 'COMMON_PASSWORD',
    })
    expect(await app.setUp.complete(secret, root, origin)).toMatchObject({ ok: true })
  })

  test('makes one administrator, even when sixteen try at once', async () => {
    const secret = await makeSetUpLink(app)
    const results = await Promise.all(
      Array.from({ length: 16 }, (_, number) =>
        app.setUp.complete(secret, { ...root, email: `root${number}@example.com` }, origin),
      ),
    )
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    const users = await app.database.client.user.findMany({ select: { role: true } })
    expect(users).toEqual([{ role: 'admin' }])
  })
})

describe('signing up', () => {
  beforeAll(() => addAdministrator(app))

  test('is refused while there is no administrator, and open from then on', async () => {
    const fresh = await openServices()
    await addPerson(fresh)
    expect(await fresh.signUpState()).toBe('not-set-up')
    expect(await fresh.signUp(root, origin)).toEqual(SIGN_UP_CLOSED)
    await addAdministrator(fresh)
    expect(await fresh.signUpState()).toBe('open')
    expect(await fresh.signUp(root, origin)).toMatchObject({ ok: true })
  })

  test('is refused when the last administrator goes while the password is being hashed', async () => {
    const fresh = await openServices()
    await addAdministrator(fresh)
    // What comes before the password is hashed, and after the first look at who administers.
    const gates = createGates()
    fresh.database.count = gates.after(fresh.database.count)
    const signingUp = fresh.signUp(root, origin)
    await gates.arrived()
    await fresh.database.client.user.updateMany({ data: { role: 'user' } })
    gates.open()
    expect(await signingUp).toEqual(SIGN_UP_CLOSED)
  })

  test('with an address that is taken is refused, also when two take it at once', async () => {
    const person = { name: 'Ada', email: 'twice@example.com', password: PASSWORD }
    const results = await Promise.all([1, 2].map(() => app.signUp(person, origin)))
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(results).toContainEqual({ ok: false, code: 'EMAIL_TAKEN' })
  })

  test('with a password that belongs to the site or the person is refused', async () => {
    for (const password of ['latchkey1', 'Lovelace1815', 'iloveyou']) {
      const person = { name: 'Ada Lovelace', email: 'ada@example.com', password }
      expect(await app.signUp(person, origin)).toEqual({ ok: false, code: 'COMMON_PASSWORD' })
    }
  })

  test('never makes an administrator', async () => {
    const { first } = await addPerson(app)
    expect(first.acting.viewer.user.role).toBe('user')
  })
})

const SIGN_UP_CLOSED = { ok: false, code: 'SIGN_UP_CLOSED' }
const LINK_INVALID = { ok: false, code: 'LINK_INVALID' }
