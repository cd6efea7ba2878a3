import { beforeAll, describe, expect, test } from 'vitest'
import { addLink, changeEmail, createReclaiming, SOMEWHERE } from '../../../tests/support/reclaim'
import {
  addPerson,
  addSession,
  addToken,
  openServices,
  PASSWORD,
  type Person,
  type SignedIn,
  type TestServices,
} from '../../../tests/support/services'
import { days, minutes } from '../time'
import { createSecret } from '../secret-token'
import { newId } from '../row-id'
import { DISOWN, writeNotice } from './sign-in-notice'

let app: TestServices
let reclaiming: ReturnType<typeof createReclaiming>
beforeAll(async () => {
  app = await openServices()
  reclaiming = createReclaiming(app)
})

/** Somebody whose account a stranger signs in to a while later, and the link that tells them so. */
async function intrusion(): Promise<{ owner: Person; stranger: SignedIn; link: string }> {
  const owner = await addPerson(app)
  app.clock.pass(minutes(5))
  const stranger = await addSession(app, owner, { ip: '203.0.113.66' })
  const link = await linkAbout(owner, stranger)
  app.clock.pass(minutes(5))
  return { owner, stranger, link }
}

async function linkAbout({ userId }: Person, { id: sessionId }: SignedIn) {
  // The sign-in from a new browser has written one already.
  const signIn = { userId, sessionId, signedInAt: app.clock.now(), ...SOMEWHERE }
  const told = await app.database.client.signInNotice.findUnique({ where: { sessionId } })
  const about =
    told?.id ?? (await app.database.transaction((tx) => writeNotice(tx, signIn, app.clock)))
  return addLink(app, { purpose: 'disown_sign_in', userId, about })
}

describe('nothing is disowned', () => {
  test('by a link that nobody made', async () => {
    const { stranger } = await intrusion()
    const result = await reclaiming.disownSignIn.byLink(createSecret(), SOMEWHERE)
    expect(result).toEqual({ ok: false, code: 'LINK_INVALID' })
    expect(await app.sessions.verify(stranger.secret)).not.toBeNull()
  })

  test('by a link for something else', async () => {
    const { owner, stranger } = await intrusion()
    const link = await addLink(app, { purpose: 'take_back_email', userId: owner.userId })
    expect((await reclaiming.disownSignIn.byLink(link, SOMEWHERE)).ok).toBe(false)
    expect(await app.sessions.verify(stranger.secret)).not.toBeNull()
  })

  test('of somebody else, from the list of one’s own sessions', async () => {
    const { stranger } = await intrusion()
    const other = await addPerson(app, 'Mallory')
    const result = await reclaiming.disownSignIn.bySession(other.first.acting, stranger.id)
    expect(result).toEqual({ ok: false, code: 'NO_SUCH_SESSION' })
    expect(await app.sessions.verify(stranger.secret)).not.toBeNull()
  })

  test('by the session itself, nor by one that has ended', async () => {
    const { owner, stranger } = await intrusion()
    const { bySession } = reclaiming.disownSignIn
    expect(await bySession(stranger.acting, stranger.id)).toMatchObject({ code: 'OWN_SESSION' })
    await app.sessions.endOthers(owner.first.acting)
    expect(await bySession(stranger.acting, owner.first.id)).toMatchObject({
      code: 'SESSION_ENDED',
    })
    expect(await app.sessions.verify(owner.first.secret)).not.toBeNull()
  })

  test('when thirty days are over', async () => {
    const { link } = await intrusion()
    app.clock.pass(DISOWN)
    expect(await reclaiming.disownSignIn.find(link)).toBeNull()
    expect((await reclaiming.disownSignIn.byLink(link, SOMEWHERE)).ok).toBe(false)
  })
})

describe('after a sign-in was disowned', () => {
  test('nobody is signed in, and the password opens nothing', async () => {
    const { owner, stranger, link } = await intrusion()
    const result = await reclaiming.disownSignIn.byLink(link, SOMEWHERE)
    expect(result).toMatchObject({ ok: true, done: { sessions: 2 }, receipt: { sessions: 2 } })
    expect(await app.sessions.verify(stranger.secret)).toBeNull()
    expect(await app.sessions.verify(owner.first.secret)).toBeNull()
    const again = { email: owner.email, password: PASSWORD, keep: false, origin: SOMEWHERE }
    expect(await app.signIn(again)).toEqual({ ok: false, code: 'WRONG_CREDENTIALS' })
  })

  test('the owner is sent a way to choose a new password', async () => {
    const { owner, link } = await intrusion()
    await reclaiming.disownSignIn.byLink(link, SOMEWHERE)
    const mails = await app.database.client.outgoingMail.findMany({
      where: { userId: owner.userId, kind: 'choose-new-password' },
    })
    expect(mails).toMatchObject([{ address: owner.email, state: 'waiting' }])
  })

  test('a token that was made since opens nothing', async () => {
    const { stranger, link } = await intrusion()
    const token = await addToken(app, stranger)
    await reclaiming.disownSignIn.byLink(link, SOMEWHERE)
    expect(await app.tokens.verify(token, '192.0.2.1')).toBeNull()
  })

  test('a token from before still works, until a new password is chosen', async () => {
    const owner = await addPerson(app)
    const token = await addToken(app, owner.first)
    app.clock.pass(minutes(1))
    const link = await linkAbout(owner, await addSession(app, owner))
    await reclaiming.disownSignIn.byLink(link, SOMEWHERE)
    expect(await app.tokens.verify(token, '192.0.2.1')).not.toBeNull()
  })

  test('an address that was changed since is the old one again, and the mail goes there', async () => {
    const { owner, link } = await intrusion()
    await changeEmail(app, { userId: owner.userId, to: `${newId()}@evil.example` })
    await changeEmail(app, { userId: owner.userId, to: `${newId()}@evil.example` })
    const result = await reclaiming.disownSignIn.byLink(link, SOMEWHERE)
    expect(result).toMatchObject({ done: { restoredEmail: owner.email } })
    const { client } = app.database
    const user = await client.user.findUniqueOrThrow({ where: { id: owner.userId } })
    expect(user.email).toBe(owner.email)
    const mail = { userId: owner.userId, kind: 'choose-new-password' }
    expect(await client.outgoingMail.findFirst({ where: mail })).toMatchObject({
      address: owner.email,
    })
  })

  test('an address that somebody else has by now stays theirs', async () => {
    const { owner, link } = await intrusion()
    const { client } = app.database
    await changeEmail(app, { userId: owner.userId, to: `${newId()}@example.com` })
    app.clock.pass(days(8))
    const heir = await addPerson(app)
    await client.user.update({ where: { id: heir.userId }, data: { email: owner.email } })
    const result = await reclaiming.disownSignIn.byLink(link, SOMEWHERE)
    expect(result).toMatchObject({ ok: true, done: { restoredEmail: null } })
    expect(await client.user.findUnique({ where: { id: heir.userId } })).toMatchObject({
      email: owner.email,
    })
  })

  test('links by which somebody could choose a password are dead, those that take away are not', async () => {
    const { owner, link } = await intrusion()
    await addLink(app, { purpose: 'forgotten_password', userId: owner.userId })
    await reclaiming.disownSignIn.byLink(link, SOMEWHERE)
    const left = await app.database.client.oneTimeLink.findMany({
      where: { userId: owner.userId },
    })
    expect(left.map(({ purpose }) => purpose)).toEqual(['disown_sign_in'])
  })

  test('the same link says what was done, and does nothing more', async () => {
    const { owner, stranger, link } = await intrusion()
    await addToken(app, stranger, { name: 'left behind' })
    const first = await reclaiming.disownSignIn.byLink(link, SOMEWHERE)
    const back = await addPasswordAgain(owner)
    const second = await reclaiming.disownSignIn.byLink(link, SOMEWHERE)
    if (!first.ok || !second.ok) throw new Error('refused')
    expect(second.done).toEqual(first.done)
    expect(second.done.apiTokens).toEqual(['left behind'])
    expect(await app.sessions.verify(back.secret)).not.toBeNull()
  })

  test('from the list of sessions, the one that asks goes on under a new secret', async () => {
    const { owner, stranger } = await intrusion()
    const result = await reclaiming.disownSignIn.bySession(owner.first.acting, stranger.id)
    if (!result.ok) throw new Error(result.code)
    expect(await app.sessions.verify(stranger.secret)).toBeNull()
    expect(await app.sessions.verify(owner.first.secret)).toBeNull()
    expect(await app.sessions.verify(result.session.secret)).not.toBeNull()
  })

  test('the log says so, once', async () => {
    const { owner, link } = await intrusion()
    await Promise.all([1, 2, 3].map(() => reclaiming.disownSignIn.byLink(link, SOMEWHERE)))
    const where = { subjectId: owner.userId, kind: 'session.disowned' }
    expect(await app.database.client.auditEvent.count({ where })).toBe(1)
  })
})

async function addPasswordAgain(owner: Person): Promise<SignedIn> {
  const changedAt = app.clock.now()
  const data = { userId: owner.userId, hash: 'chosen anew', changedAt }
  await app.database.client.password.create({ data })
  return addSession(app, owner)
}
