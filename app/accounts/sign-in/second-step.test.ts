import { beforeAll, describe, expect, test } from 'vitest'
import { addFactors, beginSignIn, fromAnywhere, takeStep } from '../../../tests/support/factors'
import {
  addAdministrator,
  addPerson,
  openServices,
  PASSWORD,
  type Person,
  type TestServices,
} from '../../../tests/support/services'
import { days, minutes, seconds } from '../time'

const WRONG = { ok: false, code: 'WRONG_CODE' }
const OVER = { ok: false, code: 'PENDING_OVER' }

let app: TestServices
let admin: Person
beforeAll(async () => {
  app = await openServices()
  admin = await addAdministrator(app)
})

async function somebody() {
  const person = await addPerson(app)
  return { person, ...(await addFactors(app, person)) }
}

const sessionsOf = ({ userId }: Person) => app.database.client.session.count({ where: { userId } })
const wrong = (code: string) => String((Number(code) + 1) % 1e6).padStart(6, '0')

describe('between the two steps', () => {
  test('there is no session, and the secret is none of a session', async () => {
    const { person } = await somebody()
    const before = await sessionsOf(person)
    const secret = await beginSignIn(app, person)
    expect(await sessionsOf(person)).toBe(before)
    expect(await app.sessions.verify(secret)).toBeNull()
    expect(app.sessions.verifyFromMemory(secret)).toBeUndefined()
    expect(await app.tokens.verify(secret, '192.0.2.1')).toBeNull()
  })

  test('the session that this browser had goes on until the second step, and ends with it', async () => {
    const { person, code } = await somebody()
    const origin = fromAnywhere()
    const replacing = person.first.secret
    await app.signIn({ email: person.email, password: PASSWORD, keep: false, origin, replacing })
    expect(await app.sessions.verify(replacing)).not.toBeNull()
    const secret = await beginSignIn(app, person)
    expect(await takeStep(app, secret, code(), { replacing })).toMatchObject({ ok: true })
    expect(await app.sessions.verify(replacing)).toBeNull()
  })

  test('nothing is left after five minutes, also of a right code', async () => {
    const { person, code } = await somebody()
    const secret = await beginSignIn(app, person)
    app.clock.pass(minutes(5))
    expect(await takeStep(app, secret, code())).toEqual(OVER)
    expect(await app.secondStep.find(secret)).toBeNull()
    expect(await sessionsOf(person)).toBe(1)
  })

  test.each<[string, (person: Person) => Promise<unknown>]>([
    [
      'the password is changed',
      ({ first }) =>
        app.ownAccount.changePassword(first.acting, {
          ...{ currentPassword: PASSWORD, newPassword: 'nine red bicycles', endOthers: false },
        }),
    ],
    ['a link sets another password', choosePassword],
    [
      'the authenticator is removed',
      ({ first }) => app.ownFactors.removeAuthenticator(first.acting),
    ],
    ['an administrator takes the factors away', ({ userId }) => remove(userId)],
    [
      'the account is disabled',
      ({ userId }) => app.administration.disable(admin.first.acting, userId),
    ],
    ['the account is deleted', ({ userId }) => app.access.remove(admin.first.acting, userId)],
    [
      'an administrator ends the sessions',
      ({ userId }) => app.access.endSessions(admin.first.acting, userId),
    ],
  ])('nothing is left when %s', async (_, happens) => {
    const { person, code } = await somebody()
    const secret = await beginSignIn(app, person)
    expect(await happens(person)).toMatchObject({ ok: true })
    expect(await takeStep(app, secret, code())).toEqual(OVER)
    const id = secret.slice(0, 36)
    expect(await app.database.client.pendingSignIn.count({ where: { id } })).toBe(0)
  })

  const remove = (userId: string) => app.administerFactors.remove(admin.first.acting, userId)

  async function choosePassword({ userId }: Person) {
    const link = await app.administration.createPasswordLink(admin.first.acting, userId)
    if (!link.ok) return link
    const chosen = { password: 'ten red bicycles' }
    return app.choosePassword.choose(link.secret, chosen, fromAnywhere(), undefined)
  }

  test('a password link leads to the second step as well, not around it', async () => {
    const { person } = await somebody()
    const chosen = await choosePassword(person)
    expect(chosen).toMatchObject({ ok: true, pending: { id: expect.any(String) as string } })
    expect(await sessionsOf(person)).toBe(0)
  })
})

describe('the second step refuses', () => {
  test('a wrong code, and lets a right one follow', async () => {
    const { person, code } = await somebody()
    const secret = await beginSignIn(app, person)
    expect(await takeStep(app, secret, wrong(code()))).toEqual(WRONG)
    expect(await takeStep(app, secret, code())).toMatchObject({ ok: true })
  })

  test('a code that was used, also in another sign-in', async () => {
    const { person, code } = await somebody()
    const used = code()
    expect(await takeStep(app, await beginSignIn(app, person), used)).toMatchObject({ ok: true })
    expect(await takeStep(app, await beginSignIn(app, person), used)).toEqual(WRONG)
  })

  test('the code of a step before the one that was used', async () => {
    const { person, code } = await somebody()
    const before = code(-1)
    expect(await takeStep(app, await beginSignIn(app, person), code())).toMatchObject({ ok: true })
    expect(await takeStep(app, await beginSignIn(app, person), before)).toEqual(WRONG)
    app.clock.pass(seconds(30))
    expect(await takeStep(app, await beginSignIn(app, person), code())).toMatchObject({ ok: true })
  })

  test('a finished sign-in, whatever code comes with it', async () => {
    const { person, code } = await somebody()
    const secret = await beginSignIn(app, person)
    expect(await takeStep(app, secret, code())).toMatchObject({ ok: true })
    expect(await takeStep(app, secret, code(1))).toEqual(OVER)
  })

  test('somebody else’s code and recovery code', async () => {
    const [ada, eve] = [await somebody(), await somebody()]
    const secret = await beginSignIn(app, ada.person)
    expect(await takeStep(app, secret, eve.code())).toEqual(WRONG)
    const paper = { factor: 'recovery_code' } as const
    expect(await takeStep(app, secret, eve.recoveryCodes[0]!, paper)).toEqual(WRONG)
  })

  test('to be two sessions, when one code is sent twice at once', async () => {
    const { person, code } = await somebody()
    const secrets = [await beginSignIn(app, person), await beginSignIn(app, person)]
    const results = await Promise.all(secrets.map((secret) => takeStep(app, secret, code())))
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(await sessionsOf(person)).toBe(2)
  })

  test('a recovery code twice, also at once', async () => {
    const { person, recoveryCodes } = await somebody()
    const secrets = [await beginSignIn(app, person), await beginSignIn(app, person)]
    const paper = { factor: 'recovery_code' } as const
    const results = await Promise.all(
      secrets.map((secret) => takeStep(app, secret, recoveryCodes[3]!, paper)),
    )
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    const { userId } = person
    expect(await app.database.client.recoveryCode.count({ where: { userId } })).toBe(9)
  })
})

describe('the second step', () => {
  test('gives the session that was asked for, under the id of the pending sign-in', async () => {
    const { person, code } = await somebody()
    const secret = await beginSignIn(app, person, { keep: true })
    const result = await takeStep(app, secret, code())
    if (!result.ok) expect.fail(result.code)
    expect(result.session).toMatchObject({ id: secret.slice(0, 36), kept: true })
    const viewer = await app.sessions.verify(result.session.secret)
    expect(viewer).toMatchObject({
      user: { id: person.userId },
      session: { secondFactor: 'authenticator', authenticatedAt: app.clock.now() },
    })
  })

  test('by a recovery code proves nothing for what needs a fresh proof', async () => {
    const { person, recoveryCodes } = await somebody()
    const typed = recoveryCodes[0]!.toUpperCase().replaceAll('-', ' ')
    const paper = { factor: 'recovery_code', remember: true } as const
    const result = await takeStep(app, await beginSignIn(app, person), typed, paper)
    if (!result.ok) expect.fail(result.code)
    expect(result.remembered).toBeNull()
    const viewer = await app.sessions.verify(result.session.secret)
    expect(viewer?.session).toMatchObject({
      secondFactor: 'recovery_code',
      authenticatedAt: new Date(0),
    })
  })

  test('is skipped where it is remembered, for 30 days, and the password never', async () => {
    const { person, code } = await somebody()
    const secret = await beginSignIn(app, person)
    const result = await takeStep(app, secret, code(), { remember: true })
    if (!result.ok) expect.fail(result.code)
    const devices = { known: [], remembered: [result.remembered!] }
    const origin = { ...fromAnywhere(), devices }
    const signIn = (password = PASSWORD) =>
      app.signIn({ email: person.email, password, keep: false, origin })
    expect(await signIn('wrong')).toEqual({ ok: false, code: 'WRONG_CREDENTIALS' })
    const again = await signIn()
    if (!again.ok) expect.fail(again.code)
    const viewer = await app.sessions.verify(again.session?.secret)
    expect(viewer?.session.secondFactor).toBe('remembered_device')
    app.clock.pass(days(30))
    expect(await signIn()).toHaveProperty('pending')
  })

  test('is not skipped by a secret of somebody else, or an altered one', async () => {
    const [ada, eve] = [await somebody(), await somebody()]
    const result = await takeStep(app, await beginSignIn(app, eve.person), eve.code(), {
      remember: true,
    })
    if (!result.ok) expect.fail(result.code)
    const altered = result.remembered!.slice(0, -1) + (result.remembered!.endsWith('A') ? 'B' : 'A')
    for (const [{ person }, secret] of [
      [ada, result.remembered!],
      [eve, altered],
    ] as const) {
      const origin = { ...fromAnywhere(), devices: { known: [], remembered: [secret] } }
      const { email } = person
      expect(await app.signIn({ email, password: PASSWORD, keep: false, origin })).toHaveProperty(
        'pending',
      )
    }
  })
})
