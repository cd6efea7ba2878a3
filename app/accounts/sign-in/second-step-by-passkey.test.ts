import { beforeAll, describe, expect, test } from 'vitest'
import { beginSignIn, fromAnywhere, takeStep } from '../../../tests/support/factors'
import { addPasskey, BROWSER } from '../../../tests/support/passkeys'
import {
  addPerson,
  openServices,
  type Person,
  type TestServices,
} from '../../../tests/support/services'
import type { Said, SoftwareAuthenticator } from '../../../tests/support/software-authenticator'
import { ATTEMPT_LIMITS } from '../attempt-limits'
import { minutes } from '../time'
import type { Origin } from '../viewer'

const REFUSED = { ok: false, code: 'PASSKEY_REFUSED' }
const OVER = { ok: false, code: 'CHALLENGE_OVER' }
const PENDING_OVER = { ok: false, code: 'PENDING_OVER' }
const TOO_MANY = { ok: false, code: 'TOO_MANY_ATTEMPTS' }

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

type Somebody = { person: Person; authenticator: SoftwareAuthenticator }

async function somebody(): Promise<Somebody> {
  const person = await addPerson(app)
  return { person, authenticator: await addPasskey(app, person.first) }
}

/** What the browser of a pending sign-in is asked for. */
async function asked(secret: string, browser = BROWSER) {
  const pending = await app.secondStep.find(secret)
  if (!pending) throw new Error('There is no second step')
  return app.secondStep.optionsFor(pending, browser)
}

type Answer = ReturnType<SoftwareAuthenticator['use']>

const take = (
  secret: string,
  answer: Answer,
  { origin = fromAnywhere(), remember = false, browser = BROWSER } = {},
) =>
  app.secondStep.byFactor(
    { secret, origin, replacing: undefined },
    { factor: 'passkey', answer, browser, remember },
  )

/** Answers what is asked now, honestly unless told otherwise. */
async function step(
  secret: string,
  authenticator: SoftwareAuthenticator,
  said: Partial<Said> = {},
  from: { origin?: Origin; remember?: boolean } = {},
) {
  return take(secret, authenticator.use(await asked(secret), said), from)
}

const sessionsOf = ({ userId }: Person) => app.database.client.session.count({ where: { userId } })

describe('a second step by passkey is refused', () => {
  test.each<[string, Partial<Said>]>([
    ['without finger, face or PIN', { verified: false }],
    ['for a page of another origin', { origin: 'http://localhost:3001' }],
    ['with a signature over something else', { data: 'something else' }],
  ])('%s', async (_, said) => {
    const { person, authenticator } = await somebody()
    const secret = await beginSignIn(app, person)
    expect(await step(secret, authenticator, said)).toEqual(REFUSED)
    expect(await sessionsOf(person)).toBe(1)
  })

  test('with another person’s passkey', async () => {
    const [ada, eve] = [await somebody(), await somebody()]
    const secret = await beginSignIn(app, ada.person)
    expect(await step(secret, eve.authenticator)).toEqual(REFUSED)
    expect(await sessionsOf(ada.person)).toBe(1)
    expect(await sessionsOf(eve.person)).toBe(1)
  })

  test('with a challenge of another browser, of another sign-in, or for a sign-in by it alone', async () => {
    const { person, authenticator } = await somebody()
    const [secret, other] = [await beginSignIn(app, person), await beginSignIn(app, person)]
    const challenges = [
      await asked(secret, 'another-browser'),
      await asked(other),
      await app.passkeys.options(BROWSER),
      await app.stepUp.optionsFor(person.first.acting.viewer, BROWSER),
    ]
    for (const options of challenges) {
      expect(await take(secret, authenticator.use(options))).toEqual(REFUSED)
    }
  })

  test('with a challenge that is five minutes old', async () => {
    const { person, authenticator } = await somebody()
    const secret = await beginSignIn(app, person)
    const answer = authenticator.use(await asked(secret))
    app.clock.pass(minutes(5))
    expect(await take(secret, answer)).toEqual(PENDING_OVER)
    const id = secret.slice(0, 36)
    const expiresAt = new Date(app.clock.time() + minutes(5))
    await app.database.client.pendingSignIn.update({ where: { id }, data: { expiresAt } })
    expect(await take(secret, answer)).toEqual(OVER)
  })

  test('the second time with one challenge, at once or later', async () => {
    const { person, authenticator } = await somebody()
    const secret = await beginSignIn(app, person)
    const answer = authenticator.use(await asked(secret))
    const results = await Promise.all([take(secret, answer), take(secret, answer)])
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(await take(secret, answer)).toEqual(PENDING_OVER)
    expect(await sessionsOf(person)).toBe(2)
  })

  test('when the passkey was removed after the password was right', async () => {
    const { person, authenticator } = await somebody()
    const secret = await beginSignIn(app, person)
    const answer = authenticator.use(await asked(secret))
    const [passkey] = await app.passkeys.list(person)
    expect(await app.passkeys.remove(person.first.acting, passkey!.id)).toMatchObject({ ok: true })
    expect(await take(secret, answer)).toEqual(PENDING_OVER)
  })

  test('after five wrong ones, which count like codes and together with them', async () => {
    const { person, authenticator } = await somebody()
    for (let tries = 0; tries < ATTEMPT_LIMITS.secondStep.attempts; tries += 1) {
      const secret = await beginSignIn(app, person)
      const isOdd = tries % 2 === 1
      const wrong = isOdd
        ? takeStep(app, secret, 'aaaa-aaaa', { factor: 'recovery_code' })
        : step(secret, authenticator, { verified: false })
      expect(await wrong).toMatchObject({ ok: false })
    }
    const secret = await beginSignIn(app, person)
    expect(await step(secret, authenticator)).toMatchObject(TOO_MANY)
    const devices = { known: [person.first.knownDevice!], remembered: [] }
    const known = { origin: { ...fromAnywhere(), devices } }
    expect(await step(secret, authenticator, {}, known)).toMatchObject({ ok: true })
  })
})

describe('a second step by passkey', () => {
  test('is asked of that person’s passkeys', async () => {
    const { person, authenticator } = await somebody()
    const { allowCredentials, userVerification } = await asked(await beginSignIn(app, person))
    expect(allowCredentials?.map(({ id }) => id)).toEqual([authenticator.id])
    expect(userVerification).toBe('required')
  })

  test('gives the session, and says by what it was begun', async () => {
    const { person, authenticator } = await somebody()
    const secret = await beginSignIn(app, person, { keep: true })
    const result = await step(secret, authenticator)
    if (!result.ok) expect.fail(result.code)
    expect(result.session).toMatchObject({ id: secret.slice(0, 36), kept: true })
    const viewer = await app.sessions.verify(result.session.secret)
    expect(viewer?.session).toMatchObject({
      secondFactor: 'passkey',
      authenticatedAt: app.clock.now(),
    })
    const [passkey] = await app.passkeys.list(person)
    expect(passkey?.lastUsedAt).toEqual(app.clock.now())
  })

  test('is spared where it was remembered, until the passkey is removed', async () => {
    const { person, authenticator } = await somebody()
    const secret = await beginSignIn(app, person)
    const result = await step(secret, authenticator, {}, { remember: true })
    if (!result.ok) expect.fail(result.code)
    const devices = { known: [], remembered: [result.remembered!] }
    const where = { userId: person.userId }
    expect(await app.database.client.rememberedDevice.count({ where })).toBe(1)
    await expect(
      beginSignIn(app, person, { origin: { ...fromAnywhere(), devices } }),
    ).rejects.toThrow('There was no second step')
    const [passkey] = await app.passkeys.list(person)
    await app.passkeys.remove(person.first.acting, passkey!.id)
    expect(await app.database.client.rememberedDevice.count({ where })).toBe(0)
  })
})
