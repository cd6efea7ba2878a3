import { describe, expect, test } from 'vitest'
import { addFactors } from '../../../tests/support/factors'
import { addPasskey, idOfPasskey, signInWith } from '../../../tests/support/passkeys'
import { addLink, SOMEWHERE } from '../../../tests/support/reclaim'
import {
  addPerson,
  addSession,
  addToken,
  openServices,
  type Person,
} from '../../../tests/support/services'
import { minutes } from '../time'

const app = await openServices()
const { client } = app.database

/** Somebody with a token and a passkey, who said of a later sign-in that it was not theirs. */
async function somebody() {
  const owner = await addPerson(app)
  const { userId } = owner
  await addToken(app, owner.first, { name: 'older' })
  const late = await addSession(app, owner)
  const authenticator = await addPasskey(app, owner.first)
  await addFactors(app, owner)
  app.clock.pass(minutes(1))
  const notice = await client.signInNotice.findUniqueOrThrow({ where: { sessionId: late.id } })
  const signedInAt = app.clock.now()
  await client.signInNotice.update({ where: { id: notice.id }, data: { signedInAt } })
  const link = await addLink(app, { purpose: 'disown_sign_in', userId, about: notice.id })
  const done = await app.disownSignIn.byLink(link, SOMEWHERE)
  if (!done.ok) throw new Error(done.code)
  app.clock.pass(minutes(1))
  return { owner, authenticator, link, signedInAt }
}

describe('what is older than a disowned sign-in', () => {
  test('is listed, and nothing that was made since', async () => {
    const { owner, authenticator, signedInAt } = await somebody()
    const kinds = async () =>
      (await app.olderAccess.list({ userId: owner.userId, signedInAt })).map(({ kind }) => kind)
    const before = ['api-token', 'passkey', 'authenticator', 'recovery-codes']
    expect(await kinds()).toEqual(before)
    await tokenByPasskey(authenticator)
    expect(await kinds()).toEqual(before)
    await renewFactors(owner)
    expect(await kinds()).toEqual(['api-token', 'passkey'])
  })

  test('goes by the link, and nothing that was made since', async () => {
    const { owner, authenticator, link } = await somebody()
    const newer = await tokenByPasskey(authenticator)
    const tokens = await client.apiToken.findMany({ where: { userId: owner.userId } })
    for (const { id } of tokens) {
      const chosen = { kind: 'api-token', id } as const
      expect(await app.olderAccess.remove(link, chosen, SOMEWHERE)).toEqual({ ok: true })
    }
    const left = await client.apiToken.findMany({ where: { userId: owner.userId } })
    expect(left.map(({ name }) => name)).toEqual(['newer'])
    expect(await app.tokens.verify(newer, '192.0.2.1')).not.toBeNull()
  })

  test('and a passkey goes with the sessions that it began meanwhile', async () => {
    const { owner, authenticator, link } = await somebody()
    const again = await signInWith(app, authenticator)
    if (!again.ok) throw new Error(again.code)
    const chosen = { kind: 'passkey', id: await idOfPasskey(app, owner) } as const
    expect(await app.olderAccess.remove(link, chosen, SOMEWHERE)).toEqual({ ok: true })
    expect(await app.sessions.verify(again.session.secret)).toBeNull()
    const where = { subjectId: owner.userId, kind: 'sessions.ended' }
    expect(await client.auditEvent.findFirst({ where })).toMatchObject({
      details: JSON.stringify({ count: 1, sessions: [again.session.id] }),
    })
  })
})

describe.each(['authenticator', 'recovery-codes'] as const)('an older %s', (kind) => {
  const press = async ({ owner: { userId }, link }: Awaited<ReturnType<typeof somebody>>) =>
    app.olderAccess.remove(link, { kind, id: userId }, SOMEWHERE)

  test('goes by the link, with the sessions that it helped to begin, and its person is told', async () => {
    const person = await somebody()
    const { userId } = person.owner
    const [mine, others] = [
      await beganWith(person.owner, kind),
      await beganWith(person.owner, null),
    ]
    expect(await press(person)).toEqual({ ok: true })
    expect(await countOf(kind, userId)).toBe(0)
    const other = kind === 'authenticator' ? 'recovery-codes' : 'authenticator'
    expect(await countOf(other, userId)).toBeGreaterThan(0)
    expect(await app.sessions.verify(mine.secret)).toBeNull()
    expect(await app.sessions.verify(others.secret)).not.toBeNull()
    const where = { subjectId: userId, kind: 'factor.removed' }
    expect(await client.auditEvent.findMany({ where })).toMatchObject([
      { details: JSON.stringify({ factor: kind }) },
    ])
    // Pressed again, as in a page that is out of date.
    expect(await press(person)).toEqual({ ok: true })
    expect(await client.auditEvent.count({ where })).toBe(1)
  })

  test('stays where it was made since, or is somebody else’s', async () => {
    const [person, other] = [await somebody(), await somebody()]
    await renewFactors(person.owner)
    expect(await press(person)).toEqual({ ok: true })
    expect(await press({ ...person, owner: other.owner })).toEqual({ ok: true })
    expect(await countOf(kind, person.owner.userId)).toBeGreaterThan(0)
    expect(await countOf(kind, other.owner.userId)).toBeGreaterThan(0)
  })
})

describe('an older authenticator', () => {
  test('stays where it is the only second factor: a new password alone must not open the account', async () => {
    const { owner, link } = await somebody()
    const { userId } = owner
    const passkey = { kind: 'passkey', id: await idOfPasskey(app, owner) } as const
    expect(await app.olderAccess.remove(link, passkey, SOMEWHERE)).toEqual({ ok: true })
    const chosen = { kind: 'authenticator', id: userId } as const
    const refused = { ok: false, code: 'LAST_FACTOR' }
    expect(await app.olderAccess.remove(link, chosen, SOMEWHERE)).toEqual(refused)
    expect(await countOf('authenticator', userId)).toBe(1)
  })
})

test('whoever was spared the second step goes with each factor: it is not known by which', async () => {
  const { owner, link } = await somebody()
  const spared = await beganWith(owner, 'remembered_device')
  const chosen = { kind: 'passkey', id: await idOfPasskey(app, owner) } as const
  expect(await app.olderAccess.remove(link, chosen, SOMEWHERE)).toEqual({ ok: true })
  expect(await app.sessions.verify(spared.secret)).toBeNull()
})

const countOf = (kind: 'authenticator' | 'recovery-codes', userId: string) =>
  kind === 'authenticator'
    ? client.authenticator.count({ where: { userId } })
    : client.recoveryCode.count({ where: { userId } })

/** A new authenticator and new codes in place of those that there were. */
async function renewFactors(owner: Person) {
  await client.authenticator.deleteMany({ where: { userId: owner.userId } })
  await addFactors(app, owner)
}

/** A session of somebody who has chosen a new password, and then took this second step, or another one. */
async function beganWith(
  owner: Person,
  kind: 'authenticator' | 'recovery-codes' | 'remembered_device' | null,
) {
  const secondFactor = kind === 'recovery-codes' ? 'recovery_code' : (kind ?? 'passkey')
  const { userId } = owner
  const password = { userId, hash: 'chosen anew', changedAt: app.clock.now() }
  await client.password.upsert({ where: { userId }, create: password, update: {} })
  const result = await app.sessions.start({
    ...{ userId, verifiedHash: password.hash, kept: true, origin: SOMEWHERE },
    proof: { signedInBy: 'password', secondFactor },
  })
  if (!result.ok || !result.session) throw new Error('There is no session')
  return result.session
}

async function tokenByPasskey(authenticator: Parameters<typeof signInWith>[1]): Promise<string> {
  const result = await signInWith(app, authenticator)
  if (!result.ok) throw new Error(result.code)
  const viewer = (await app.sessions.verify(result.session.secret))!
  const made = await app.apiTokens.create(
    { viewer, ip: '192.0.2.1' },
    { name: 'newer', scopes: ['profile:read'], lifetimeDays: null },
  )
  if (!made.ok) throw new Error(made.code)
  return made.text
}
