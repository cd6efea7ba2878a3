import { beforeAll, describe, expect, test } from 'vitest'
import { newEmail } from '../../../tests/support/link-kinds'
import { addLink, changeEmail, createReclaiming, SOMEWHERE } from '../../../tests/support/reclaim'
import {
  addPerson,
  addSession,
  openServices,
  type Person,
  type SignedIn,
  type TestServices,
} from '../../../tests/support/services'
import { newId } from '../row-id'
import { days, minutes } from '../time'

let app: TestServices
let reclaiming: ReturnType<typeof createReclaiming>
beforeAll(async () => {
  app = await openServices()
  reclaiming = createReclaiming(app)
})

async function intrude(owner: Person): Promise<SignedIn> {
  app.clock.pass(minutes(5))
  const stranger = await addSession(app, owner, { ip: '203.0.113.66' })
  app.clock.pass(minutes(5))
  return stranger
}

async function disown({ userId }: Person, { id: sessionId }: SignedIn) {
  const { client } = app.database
  const { id: about } = await client.signInNotice.findUniqueOrThrow({ where: { sessionId } })
  const link = await addLink(app, { purpose: 'disown_sign_in', userId, about })
  return reclaiming.disownSignIn.byLink(link, SOMEWHERE)
}

const emailOf = async ({ userId }: Person) =>
  (await app.database.client.user.findUniqueOrThrow({ where: { id: userId } })).email
const mailsTo = ({ userId }: Person) =>
  app.database.client.outgoingMail.findMany({ where: { userId, kind: 'choose-new-password' } })

describe('an address that was changed', () => {
  test('since the disowned sign-in is taken back also when an earlier one had asked for it', async () => {
    const owner = await addPerson(app)
    const { userId, email } = owner
    const one = await intrude(owner)
    const id = newId()
    const change = { id, userId, fromEmail: email, toEmail: newEmail(), createdAt: app.clock.now() }
    await app.database.client.emailChange.create({ data: { ...change, createdBySession: one.id } })
    const confirm = await addLink(app, { purpose: 'confirm_email', userId, about: id })
    const other = await intrude(owner)
    expect(await reclaiming.emailChanges.confirm(confirm, SOMEWHERE)).toMatchObject({ ok: true })
    expect(await disown(owner, other)).toMatchObject({ ok: true, done: { restoredEmail: email } })
    expect(await emailOf(owner)).toBe(email)
    expect(await mailsTo(owner)).toMatchObject([{ address: email }])
  })

  test('before it stays', async () => {
    const owner = await addPerson(app)
    await changeEmail(app, { userId: owner.userId, to: newEmail() })
    const email = await emailOf(owner)
    const result = await disown(owner, await intrude(owner))
    expect(result).toMatchObject({ done: { restoredEmail: null } })
    expect(await emailOf(owner)).toBe(email)
    expect(await mailsTo(owner)).toMatchObject([{ address: email }])
  })

  test('is taken back for as long as a sign-in can be disowned', async () => {
    const owner = await addPerson(app)
    const stranger = await intrude(owner)
    await changeEmail(app, { userId: owner.userId, to: newEmail() })
    app.clock.pass(days(20))
    await app.sessions.purge()
    expect(await disown(owner, stranger)).toMatchObject({ done: { restoredEmail: owner.email } })
    expect(await mailsTo(owner)).toMatchObject([{ address: owner.email }])
    app.clock.pass(days(30))
    await app.sessions.purge()
    const { userId } = owner
    expect(await app.database.client.emailChange.count({ where: { userId } })).toBe(0)
  })

  test('and cannot be changed back is sent no way to choose a password', async () => {
    const owner = await addPerson(app)
    const stranger = await intrude(owner)
    await changeEmail(app, { userId: owner.userId, to: newEmail() })
    app.clock.pass(days(8))
    const heir = await addPerson(app)
    await app.database.client.user.update({
      where: { id: heir.userId },
      data: { email: owner.email },
    })
    const result = await disown(owner, stranger)
    expect(result).toMatchObject({ done: { restoredEmail: null, isAddressLost: true } })
    expect(await mailsTo(owner)).toEqual([])
  })
})

test('a sign-in that was told about too long ago can still be disowned from the list of sessions', async () => {
  const owner = await addPerson(app)
  const stranger = await intrude(owner)
  await app.database.client.signInNotice.update({
    where: { sessionId: stranger.id },
    data: { expiresAt: app.clock.now() },
  })
  const { bySession } = reclaiming.disownSignIn
  expect(await bySession(owner.first.acting, stranger.id)).toMatchObject({ ok: true })
  expect(await app.sessions.verify(stranger.secret)).toBeNull()
})
