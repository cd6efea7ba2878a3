import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  addAdministrator,
  addPerson,
  addSession,
  makeSetUpLink,
  openServices,
  PASSWORD,
  type Person,
  type TestServices,
} from '../../../tests/support/services'
import { ATTEMPT_LIMITS } from '../attempt-limits'
import { createSecret } from '../secret-token'
import { retirePassword } from './retired-password'

let app: TestServices
let admin: Person
beforeAll(async () => {
  app = await openServices()
})
beforeEach(async () => {
  admin = await addAdministrator(app)
})

const NEW_PASSWORD = 'eight red bicycles'
const linkInvalid = { ok: false, code: 'LINK_INVALID' }

describe('a password link does not work', () => {
  test.each([undefined, null, '', 'x', createSecret()])(
    'when it is made up: %s',
    async (secret) => {
      expect(await choose(secret)).toEqual(linkInvalid)
    },
  )

  test('when it is the set-up link, nor the other way round', async () => {
    const fresh = await openServices()
    const setUp = await makeSetUpLink(fresh)
    expect(await fresh.choosePassword.findOwner(setUp)).toBeNull()
    const { userId } = await addPerson(app)
    expect(await app.setUp.isLink(await makeLink(userId))).toBe(false)
  })

  test('any more once it was tried from one address too often', async () => {
    const ip = '198.51.100.66'
    const secret = await makeLink((await addPerson(app)).userId)
    for (let tries = 0; tries < ATTEMPT_LIMITS.link.attempts; tries += 1) {
      await choose(createSecret(), { ip })
    }
    expect(await choose(secret, { ip })).toMatchObject({ ok: false, code: 'TOO_MANY_ATTEMPTS' })
    expect(await choose(secret)).toMatchObject({ ok: true })
  })
})

describe('choosing a password by a link', () => {
  test('refuses a common one, and leaves the link for another try', async () => {
    const person = await addPerson(app)
    const secret = await makeLink(person.userId)
    const { email } = person
    for (const password of ['password1', email]) {
      expect(await choose(secret, { password })).toEqual({ ok: false, code: 'COMMON_PASSWORD' })
    }
    expect((await signIn(person, PASSWORD)).ok).toBe(true)
    expect(await choose(secret)).toMatchObject({ ok: true })
  })

  test('works once, however many try at once', async () => {
    const person = await addPerson(app)
    const { userId } = person
    const secret = await makeLink(userId)
    const results = await Promise.all(
      Array.from({ length: 16 }, (_, index) =>
        choose(secret, { password: `${NEW_PASSWORD} ${index}` }),
      ),
    )
    const winner = results.findIndex(({ ok }) => ok)
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(results.filter(({ ok }) => !ok)).toEqual(Array(15).fill(linkInvalid))
    expect(await app.sessions.countActive({ userId })).toBe(1)
    expect((await signIn(person, `${NEW_PASSWORD} ${winner}`)).ok).toBe(true)
    expect(await choose(secret)).toEqual(linkInvalid)
  })

  test('ends every session there was, and starts one here', async () => {
    const person = await addPerson(app)
    const other = await addSession(app, person)
    const result = await choose(await makeLink(person.userId))
    if (!result.ok) throw new Error(result.code)
    for (const { secret } of [person.first, other]) {
      expect(await app.sessions.verify(secret)).toBeNull()
    }
    expect(result.receipt.sessions).toBe(2)
    expect((await app.sessions.verify(result.session!.secret))?.user.id).toBe(person.userId)
    expect((await signIn(person, PASSWORD)).ok).toBe(false)
  })

  test('gives an invited person their first one', async () => {
    const wanted = {
      name: 'Zoë',
      email: 'zoe@example.com',
      role: 'user' as const,
    }
    const created = await app.administration.create(admin.first.acting, wanted)
    if (!created.ok) throw new Error(created.code)
    expect(await app.choosePassword.findOwner(created.secret)).toMatchObject({
      user: { name: 'Zoë' },
      isNew: true,
      isFactorDemanded: false,
    })
    expect(await choose(created.secret)).toMatchObject({ ok: true })
    expect((await signIn({ email: wanted.email }, NEW_PASSWORD)).ok).toBe(true)
  })

  test('takes nobody for somebody new who had a password, also when it was made worthless', async () => {
    const person = await addPerson(app)
    const find = async () => app.choosePassword.findOwner(await makeLink(person.userId))
    expect(await find()).toMatchObject({ isNew: false })
    await app.database.transaction((tx) => retirePassword(tx, person.userId, app))
    expect(await find()).toMatchObject({ isNew: false, user: { hasPassword: false } })
  })

  test('lets nobody in who is disabled or deleted at the same time', async () => {
    const ends = [app.administration.disable, app.access.remove]
    for (let round = 0; round < 20; round += 1) {
      const { userId } = await addPerson(app)
      const secret = await makeLink(userId)
      const [chosen] = await Promise.all([
        choose(secret),
        ends[round % 2]!(admin.first.acting, userId),
      ])
      if (chosen.ok) expect(await app.sessions.verify(chosen.session!.secret)).toBeNull()
      expect(await app.database.client.session.count({ where: { userId } })).toBe(0)
    }
  })
})

async function makeLink(userId: string): Promise<string> {
  // A test may have let the day go by.
  const { acting } = await addSession(app, admin)
  const made = await app.administration.createPasswordLink(acting, userId)
  if (!made.ok) throw new Error(`No link: ${made.code}`)
  return made.secret!
}

/** Each from an address of its own, since so many may be tried from one. */
const choose = (secret: unknown, { password = NEW_PASSWORD, ip = nextAddress() } = {}) =>
  app.choosePassword.choose(secret, { password }, { ip, userAgent: 'test' }, undefined)

let addresses = 0
const nextAddress = () => `2001:db8:99:${(addresses += 1).toString(16)}::1`

const signIn = ({ email }: Pick<Person, 'email'>, password: string) =>
  app.signIn({ email, password, keep: true, origin: { ip: nextAddress(), userAgent: '' } })
