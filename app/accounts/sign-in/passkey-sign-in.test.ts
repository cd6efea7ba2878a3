import { describe, expect, it } from 'vitest'
import {
  addPasskey,
  BROWSER,
  HERE,
  idOfPasskey,
  SITE,
  signInWith,
} from '../../../tests/support/passkeys'
import { addPerson, addSession, openServices } from '../../../tests/support/services'
import {
  createSoftwareAuthenticator,
  type Said,
} from '../../../tests/support/software-authenticator'
import { ATTEMPT_LIMITS } from '../attempt-limits'
import { minutes } from '../time'
import { CHALLENGE_LIFETIME } from './challenges'

const services = await openServices()
const { passkeys, clock, database } = services

const REFUSED = { ok: false, code: 'PASSKEY_REFUSED' }
const OVER = { ok: false, code: 'CHALLENGE_OVER' }

async function personWithPasskey() {
  const person = await addPerson(services)
  return { ...person, authenticator: await addPasskey(services, person.first) }
}

const sessionsOf = (userId: string) => database.client.session.count({ where: { userId } })
const eventsOf = (subjectId: string, kind: string) =>
  database.client.auditEvent.findMany({ where: { subjectId, kind }, orderBy: { id: 'asc' } })

const inOrder = { keep: false, origin: HERE, browser: BROWSER }

describe('a sign-in by passkey alone is refused', () => {
  it.each<[string, Partial<Said>]>([
    ['for a page of another origin', { origin: 'http://localhost:3001' }],
    ['for a page over https, where ours is not', { origin: 'https://localhost:3000' }],
    ['for another host name', { rpId: 'example.com' }],
    ['without finger, face or PIN', { verified: false }],
    ['with a signature over something else', { data: 'something else' }],
    ['with the handle of another person', { userHandle: 'bm9ib2R5' }],
  ])('%s', async (_, said) => {
    const { userId, authenticator } = await personWithPasskey()
    expect(await signInWith(services, authenticator, said)).toEqual(REFUSED)
    expect(await sessionsOf(userId)).toBe(1)
    expect(await eventsOf(userId, 'session.refused')).toHaveLength(1)
  })

  it('with a passkey that nobody made here, in the same words', async () => {
    expect(await signInWith(services, createSoftwareAuthenticator(SITE))).toEqual(REFUSED)
  })

  it('the second time with one challenge, at once or later', async () => {
    const { userId, authenticator } = await personWithPasskey()
    const answer = authenticator.use(await passkeys.options(BROWSER))
    const once = () => passkeys.signIn({ ...inOrder, answer })
    const results = await Promise.all([once(), once(), once()])
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(results.filter(({ ok }) => !ok)).toEqual([OVER, OVER])
    expect(await once()).toEqual(OVER)
    clock.pass(minutes(1))
    await services.sessions.purge()
    expect(await once()).toEqual(OVER)
    expect(await sessionsOf(userId)).toBe(2)
  })

  it('when two people use one challenge at once: one of them', async () => {
    const people = [await personWithPasskey(), await personWithPasskey()]
    const options = await passkeys.options(BROWSER)
    const results = await Promise.all(
      people.map(({ authenticator }) =>
        passkeys.signIn({ ...inOrder, answer: authenticator.use(options) }),
      ),
    )
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(results).toContainEqual(OVER)
  })

  it('with a challenge of another browser', async () => {
    const { authenticator } = await personWithPasskey()
    const answer = authenticator.use(await passkeys.options('another-browser'))
    expect(await passkeys.signIn({ ...inOrder, answer })).toEqual(REFUSED)
  })

  it('with a challenge that is five minutes old', async () => {
    const { authenticator } = await personWithPasskey()
    const answer = authenticator.use(await passkeys.options(BROWSER))
    clock.pass(CHALLENGE_LIFETIME)
    expect(await passkeys.signIn({ ...inOrder, answer })).toEqual(OVER)
  })

  it.each(['second-step', 'step-up', 'register'] as const)(
    'with a challenge for another purpose: %s',
    async (purpose) => {
      const { authenticator } = await personWithPasskey()
      const ceremony = { purpose, browser: BROWSER, about: null }
      const answer = authenticator.use(await passkeys.optionsFor(ceremony))
      expect(await passkeys.signIn({ ...inOrder, answer })).toEqual(REFUSED)
    },
  )

  it('when the account was disabled', async () => {
    const { userId, authenticator } = await personWithPasskey()
    const where = { id: userId }
    await database.client.user.update({ where, data: { disabledAt: clock.now() } })
    expect(await signInWith(services, authenticator)).toEqual({ ok: false, code: 'DISABLED' })
    expect(await sessionsOf(userId)).toBe(1)
  })

  it('with a passkey that was removed', async () => {
    const person = await personWithPasskey()
    const answer = person.authenticator.use(await passkeys.options(BROWSER))
    await passkeys.remove(person.first.acting, await idOfPasskey(services, person))
    expect(await passkeys.signIn({ ...inOrder, answer })).toEqual(REFUSED)
  })

  it('after too many wrong ones from one address, and written down once', async () => {
    const { userId, authenticator } = await personWithPasskey()
    const origin = { ...HERE, ip: '198.51.100.7' }
    const tryOnce = async (said: Partial<Said>) =>
      passkeys.signIn({
        ...{ ...inOrder, origin },
        answer: authenticator.use(await passkeys.options(BROWSER), said),
      })
    for (let n = 0; n < ATTEMPT_LIMITS.address.attempts; n += 1) await tryOnce({ data: 'wrong' })
    for (const said of [{ data: 'wrong' }, {}]) {
      expect(await tryOnce(said)).toMatchObject({ code: 'TOO_MANY_ATTEMPTS' })
    }
    const refused = await database.client.auditEvent.findMany({ where: { ip: origin.ip } })
    const limited = refused.filter(({ details }) => details.includes('too-many-attempts'))
    expect(limited).toHaveLength(1)
    expect(await sessionsOf(userId)).toBe(1)
  })
})

describe('a sign-in by passkey alone', () => {
  it('starts a session that proved both factors, and says so in the log', async () => {
    const { userId, authenticator } = await personWithPasskey()
    const result = await signInWith(services, authenticator)
    if (!result.ok) throw new Error(result.code)
    const { id } = result.session
    expect(await database.client.session.findUnique({ where: { id } })).toMatchObject({
      ...{ userId, signedInBy: 'passkey', secondFactor: 'passkey', authenticatedAt: clock.now() },
    })
    const started = (await eventsOf(userId, 'session.started')).at(-1)!
    expect(started.sessionId).toBe(id)
    expect(JSON.parse(started.details)).toMatchObject({ signedInBy: 'passkey' })
  })

  it('counts as no wrong one, however often', async () => {
    const { authenticator } = await personWithPasskey()
    const origin = { ...HERE, ip: '198.51.100.8' }
    for (let n = 0; n <= ATTEMPT_LIMITS.address.attempts; n += 1) {
      const answer = authenticator.use(await passkeys.options(BROWSER))
      expect(await passkeys.signIn({ ...inOrder, origin, answer })).toMatchObject({ ok: true })
    }
  })

  it('ends the session that the browser had before, whosever it was', async () => {
    const { authenticator } = await personWithPasskey()
    const other = await addPerson(services, 'Grace')
    const before = await addSession(services, other)
    const answer = authenticator.use(await passkeys.options(BROWSER))
    await passkeys.signIn({ ...inOrder, answer, replacing: before.secret })
    expect(await services.sessions.verify(before.secret)).toBeNull()
  })

  it('outlives the browser if, and only if, the person wants that', async () => {
    const { authenticator } = await personWithPasskey()
    for (const keep of [true, false]) {
      const answer = authenticator.use(await passkeys.options(BROWSER))
      const result = await passkeys.signIn({ ...inOrder, answer, keep })
      expect(result).toMatchObject({ session: { kept: keep } })
    }
  })

  it('is written on the passkey as its last use', async () => {
    const { userId, authenticator } = await personWithPasskey()
    clock.pass(minutes(3))
    await signInWith(services, authenticator)
    const [passkey] = await passkeys.list({ userId })
    expect(passkey!.lastUsedAt).toEqual(clock.now())
  })

  it('works with a counter that goes back, of which the log says that there may be a copy', async () => {
    const { userId, authenticator } = await personWithPasskey()
    for (const counter of [7, 9]) {
      expect(await signInWith(services, authenticator, { counter })).toMatchObject({ ok: true })
    }
    expect(await eventsOf(userId, 'passkey.counted-back')).toEqual([])
    for (const counter of [8, 9]) {
      expect(await signInWith(services, authenticator, { counter })).toMatchObject({ ok: true })
    }
    const events = await eventsOf(userId, 'passkey.counted-back')
    expect(events.map(({ details }) => JSON.parse(details) as unknown)).toMatchObject([
      { counted: 8, before: 9 },
      { counted: 9, before: 9 },
    ])
  })

  it('is not suspected where the key counts nothing', async () => {
    const { userId, authenticator } = await personWithPasskey()
    for (let n = 0; n < 3; n += 1) await signInWith(services, authenticator)
    expect(await eventsOf(userId, 'passkey.counted-back')).toEqual([])
  })
})
