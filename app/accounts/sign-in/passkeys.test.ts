import { describe, expect, it, test } from 'vitest'
import {
  addPasskey,
  BROWSER,
  idOfPasskey,
  proofBy,
  SITE,
  signInWith,
} from '../../../tests/support/passkeys'
import { addPerson, addSession, openServices, provenAgain } from '../../../tests/support/services'
import {
  createSoftwareAuthenticator,
  type Said,
} from '../../../tests/support/software-authenticator'
import { minutes } from '../time'
import { CHALLENGE_LIFETIME } from './challenges'
import { MAX_PASSKEYS_PER_USER } from './make-passkey'
import { passkeysOffered } from './passkey-site'

const services = await openServices()
const { passkeys, clock, database } = services

const REFUSED = { ok: false, code: 'PASSKEY_REFUSED' }
const OVER = { ok: false, code: 'CHALLENGE_OVER' }

const made = { browser: BROWSER, madeWith: 'Test on Linux' }

const kindsOf = async (subjectId: string) =>
  (await database.client.auditEvent.findMany({ where: { subjectId }, orderBy: { id: 'asc' } }))
    .map(({ kind }) => kind)
    .filter((kind) => kind.startsWith('passkey.'))

describe('a passkey is not kept', () => {
  it.each<[string, Partial<Said>]>([
    ['that was made for a page of another origin', { origin: 'http://localhost:3001' }],
    ['that was made for another host name', { rpId: 'example.com' }],
    ['that was made without finger, face or PIN', { verified: false }],
  ])('%s', async (_, said) => {
    const { userId, first } = await addPerson(services)
    const options = await passkeys.optionsToAdd(first.acting, BROWSER)
    const answer = createSoftwareAuthenticator(SITE).make(options, said)
    expect(await passkeys.add(first.acting, { ...made, answer })).toEqual(REFUSED)
    expect(await passkeys.list({ userId })).toEqual([])
  })

  it('for which its key has no room', async () => {
    const { first } = await addPerson(services)
    const options = await passkeys.optionsToAdd(first.acting, BROWSER)
    const answer = createSoftwareAuthenticator(SITE).make(options, { kept: false })
    const result = await passkeys.add(first.acting, { ...made, answer })
    expect(result).toEqual({ ok: false, code: 'NOT_KEPT' })
  })

  it('that answers a challenge of another session, of another browser, or for another purpose', async () => {
    const person = await addPerson(services)
    const { acting } = person.first
    const other = await addSession(services, person)
    const { user } = await passkeys.optionsToAdd(acting, BROWSER)
    const about = acting.viewer.session.id
    const challenges = [
      await passkeys.optionsToAdd(other.acting, BROWSER),
      await passkeys.optionsToAdd(acting, 'another-browser'),
      await passkeys.optionsFor({ purpose: 'step-up', browser: BROWSER, about }),
    ]
    for (const { challenge } of challenges) {
      const answer = createSoftwareAuthenticator(SITE).make({ challenge, user })
      expect(await passkeys.add(acting, { ...made, answer })).toEqual(REFUSED)
    }
  })

  it('after five minutes, or the second time with one challenge', async () => {
    const { first } = await addPerson(services)
    const options = await passkeys.optionsToAdd(first.acting, BROWSER)
    const [one, other] = [1, 2].map(() => createSoftwareAuthenticator(SITE).make(options))
    expect(await passkeys.add(first.acting, { ...made, answer: one! })).toMatchObject({ ok: true })
    expect(await passkeys.add(first.acting, { ...made, answer: other! })).toEqual(OVER)
    const late = createSoftwareAuthenticator(SITE)
    const answer = late.make(await passkeys.optionsToAdd(first.acting, BROWSER))
    clock.pass(CHALLENGE_LIFETIME)
    expect(await passkeys.add(first.acting, { ...made, answer })).toEqual(OVER)
  })

  it('of a session that has ended meanwhile', async () => {
    const { userId, first } = await addPerson(services)
    const options = await passkeys.optionsToAdd(first.acting, BROWSER)
    await services.sessions.endOwn(first.acting)
    const answer = createSoftwareAuthenticator(SITE).make(options)
    expect(await passkeys.add(first.acting, { ...made, answer })).toEqual({
      ...{ ok: false, code: 'SESSION_ENDED' },
    })
    expect(await passkeys.list({ userId })).toEqual([])
  })

  it('that another person has', async () => {
    const [ada, grace] = [await addPerson(services), await addPerson(services)]
    const authenticator = await addPasskey(services, ada.first)
    const { acting } = grace.first
    const answer = authenticator.make(await passkeys.optionsToAdd(acting, BROWSER))
    const result = await passkeys.add(acting, { ...made, answer })
    expect(result).toEqual({ ok: false, code: 'ALREADY_KNOWN' })
  })

  it('while an administrator wants a link for the next factor', async () => {
    const { userId, first } = await addPerson(services)
    const where = { id: userId }
    await database.client.user.update({ where, data: { linkToAddFactor: true } })
    const options = await passkeys.optionsToAdd(first.acting, BROWSER)
    const answer = createSoftwareAuthenticator(SITE).make(options)
    const result = await passkeys.add(first.acting, { ...made, answer })
    expect(result).toEqual({ ok: false, code: 'LINK_NEEDED' })
  })

  it('beyond as many as anybody needs', async () => {
    const { userId, ...person } = await addPerson(services)
    let { first } = person
    for (let n = 0; n < MAX_PASSKEYS_PER_USER; n += 1) {
      const authenticator = await addPasskey(services, first)
      first = await provenAgain(services, first, await proofBy(services, first, authenticator))
      clock.pass(minutes(4))
    }
    const options = await passkeys.optionsToAdd(first.acting, BROWSER)
    const answer = createSoftwareAuthenticator(SITE).make(options)
    const result = await passkeys.add(first.acting, { ...made, answer })
    expect(result).toEqual({ ok: false, code: 'TOO_MANY_PASSKEYS' })
    expect(await passkeys.list({ userId })).toHaveLength(MAX_PASSKEYS_PER_USER)
  })
})

describe('a new passkey', () => {
  it('has to be found and unlocked by its device, and is none that the person has', async () => {
    const { userId, first } = await addPerson(services)
    const authenticator = await addPasskey(services, first)
    const options = await passkeys.optionsToAdd(first.acting, BROWSER)
    expect(options).toMatchObject({
      rp: { id: 'localhost' },
      user: { id: Buffer.from(userId).toString('base64url') },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    })
    expect(options.excludeCredentials?.map(({ id }) => id)).toEqual([authenticator.id])
  })

  it('is called as its keeper is, or else as the browser that made it', async () => {
    const { userId, first } = await addPerson(services)
    await addPasskey(services, first)
    await addPasskey(services, first, Buffer.from('ea9b8d664d011d213ce4b6b48cb575d4', 'hex'))
    const names = (await passkeys.list({ userId })).map(({ name }) => name)
    expect(names).toEqual(['Google Password Manager', 'Test on Linux'])
  })

  it('is in the log and in the export, without what only browsers understand', async () => {
    const { userId, first } = await addPerson(services)
    await addPasskey(services, first)
    expect(await kindsOf(userId)).toEqual(['passkey.added'])
    const exported = await services.exportAccount(first.acting)
    if (!exported.ok) throw new Error(exported.code)
    expect(Object.keys(exported.everything.passkeys[0]!).sort()).toEqual(
      ['id', 'name', 'transports', 'createdAt', 'createdBySession', 'lastUsedAt'].sort(),
    )
  })
})

describe('a passkey of another person', () => {
  it('is neither renamed nor removed', async () => {
    const [ada, grace] = [await addPerson(services), await addPerson(services)]
    await addPasskey(services, ada.first)
    const passkeyId = await idOfPasskey(services, ada)
    const { acting } = grace.first
    const nothing = { ok: false, code: 'NO_SUCH_PASSKEY' }
    expect(await passkeys.rename(acting, { passkeyId, name: 'Mine' })).toEqual(nothing)
    expect(await passkeys.remove(acting, passkeyId)).toEqual(nothing)
    expect(await passkeys.list(ada)).toMatchObject([{ name: 'Test on Linux' }])
  })
})

test('a passkey goes with its person', async () => {
  const { userId, first } = await addPerson(services)
  const authenticator = await addPasskey(services, first)
  await database.client.user.delete({ where: { id: userId } })
  expect(await signInWith(services, authenticator)).toEqual(REFUSED)
})

test('a used challenge is forgotten once it could not be sent again', async () => {
  const { first } = await addPerson(services)
  await addPasskey(services, first)
  clock.pass(CHALLENGE_LIFETIME)
  await services.sessions.purge()
  expect(await database.client.usedChallenge.count()).toBe(0)
})

test.each([
  ['http://192.168.1.20:3000', false],
  ['https://192.0.2.1', false],
  ['https://[2001:db8::1]:8443', false],
  ['http://accounts.example.com', false],
  ['http://127.0.0.1:3000', false],
  ['http://localhost:3000', true],
  ['http://latchkey.localhost', true],
  ['https://accounts.example.com', true],
  ['https://accounts', true],
])('at %s browsers know passkeys: %s', (origin, offered) => {
  expect(passkeysOffered(origin)).toBe(offered)
})
