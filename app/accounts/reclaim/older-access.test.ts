import { describe, expect, test } from 'vitest'
import { addFactors } from '../../../tests/support/factors'
import { addPasskey, idOfPasskey, signInWith } from '../../../tests/support/passkeys'
import { addLink, SOMEWHERE } from '../../../tests/support/reclaim'
import { addPerson, addSession, addToken, openServices } from '../../../tests/support/services'
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
    const names = async () =>
      (await app.olderAccess.list({ userId: owner.userId, signedInAt })).map(({ name }) => name)
    const before = await names()
    expect(before).toHaveLength(2)
    await tokenByPasskey(authenticator)
    expect(await names()).toEqual(before)
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
