import { beforeAll, describe, expect, test } from 'vitest'
import { addLink, changeEmail, createReclaiming, SOMEWHERE } from '../../../tests/support/reclaim'
import {
  addAdministrator,
  addPerson,
  addToken,
  openServices,
  PASSWORD,
  type TestServices,
} from '../../../tests/support/services'
import { newId } from '../row-id'
import { TAKE_BACK } from '../users/email-changes'

let app: TestServices
let reclaiming: ReturnType<typeof createReclaiming>
beforeAll(async () => {
  app = await openServices()
  reclaiming = createReclaiming(app)
})

const address = () => `${newId()}@example.com`
const emailOf = async (userId: string) =>
  (await app.database.client.user.findUniqueOrThrow({ where: { id: userId } })).email

describe('an address is not changed', () => {
  test('before somebody has pressed the link in its mailbox', async () => {
    const { userId, email } = await addPerson(app)
    const id = newId()
    const [now, to] = [app.clock.now(), address()]
    const change = { id, userId, fromEmail: email, toEmail: to, createdAt: now }
    await app.database.client.emailChange.create({ data: { ...change, createdBySession: newId() } })
    expect(await emailOf(userId)).toBe(email)
    expect(await reclaiming.emailChanges.pending({ userId })).toMatchObject({ toEmail: to })
  })

  test('by a link for a change that was cancelled, or replaced by another', async () => {
    const { userId, email, first } = await addPerson(app)
    const id = newId()
    const change = { id, userId, fromEmail: email, toEmail: address(), createdAt: app.clock.now() }
    await app.database.client.emailChange.create({
      data: { ...change, createdBySession: first.id },
    })
    const secret = await addLink(app, { purpose: 'confirm_email', userId, about: id })
    expect(await reclaiming.emailChanges.find(secret)).not.toBeNull()
    await reclaiming.emailChanges.cancel(first.acting)
    expect((await reclaiming.emailChanges.confirm(secret, SOMEWHERE)).ok).toBe(false)
    expect(await emailOf(userId)).toBe(email)
  })

  test('to one that another person has', async () => {
    const [one, other] = [await addPerson(app), await addPerson(app, 'Grace')]
    await expect(changeEmail(app, { userId: one.userId, to: other.email })).rejects.toThrow(
      'EMAIL_TAKEN',
    )
    expect(await emailOf(one.userId)).toBe(one.email)
  })

  test('to one that another person can still take back', async () => {
    const [one, other] = [await addPerson(app), await addPerson(app, 'Grace')]
    await changeEmail(app, { userId: other.userId, to: address() })
    await expect(changeEmail(app, { userId: one.userId, to: other.email })).rejects.toThrow(
      'EMAIL_TAKEN',
    )
  })
})

describe('an address that can still be taken back', () => {
  test('is nobody’s by sign-up, nor by what administrators enter, until a week is over', async () => {
    const { userId, email } = await addPerson(app)
    const { first } = await addAdministrator(app)
    await changeEmail(app, { userId, to: address() })
    const person = { name: 'Mallory', email, password: 'nine purple harbours' }
    expect(await app.signUp(person, SOMEWHERE)).toMatchObject({ code: 'EMAIL_TAKEN' })
    const entered = { name: 'Mallory', email, role: 'user' } as const
    expect(await app.administration.create(first.acting, entered)).toMatchObject({
      code: 'EMAIL_TAKEN',
    })
    app.clock.pass(TAKE_BACK)
    expect(await app.signUp(person, SOMEWHERE)).toMatchObject({ ok: true })
  })

  test('is the person’s own again when they change back', async () => {
    const { userId, email } = await addPerson(app)
    await changeEmail(app, { userId, to: address() })
    await changeEmail(app, { userId, to: email })
    expect(await emailOf(userId)).toBe(email)
  })
})

describe('a change cannot be taken back', () => {
  test('when a week is over', async () => {
    const { userId } = await addPerson(app)
    const link = await changeEmail(app, { userId, to: address() })
    app.clock.pass(TAKE_BACK)
    expect(await reclaiming.takeBackEmail.find(link)).toBeNull()
    expect((await reclaiming.takeBackEmail.takeBack(link, SOMEWHERE)).ok).toBe(false)
  })

  test('when an administrator has entered another address since', async () => {
    const { userId, name } = await addPerson(app)
    const { first } = await addAdministrator(app)
    const link = await changeEmail(app, { userId, to: address() })
    const entered = { userId, name, email: address(), role: 'user' } as const
    expect(await app.administration.edit(first.acting, entered)).toEqual({ ok: true })
    expect((await reclaiming.takeBackEmail.takeBack(link, SOMEWHERE)).ok).toBe(false)
    expect(await emailOf(userId)).toBe(entered.email)
  })

  test('twice', async () => {
    const { userId } = await addPerson(app)
    const link = await changeEmail(app, { userId, to: address() })
    const twice = await Promise.all(
      [1, 2].map(() => reclaiming.takeBackEmail.takeBack(link, SOMEWHERE)),
    )
    expect(twice.filter(({ ok }) => ok)).toHaveLength(1)
  })
})

describe('an address that was taken back', () => {
  test('is the one from before the first change that can still be taken back', async () => {
    const { userId, email } = await addPerson(app)
    await changeEmail(app, { userId, to: address() })
    const lastLink = await changeEmail(app, { userId, to: address() })
    const result = await reclaiming.takeBackEmail.takeBack(lastLink, SOMEWHERE)
    expect(result).toMatchObject({ ok: true, email })
    expect(await emailOf(userId)).toBe(email)
  })

  test('ends every session, link and change, what was added since, and the password', async () => {
    const { userId, email, first } = await addPerson(app)
    const link = await changeEmail(app, { userId, to: address() })
    const token = await addToken(app, first)
    await addLink(app, { purpose: 'forgotten_password', userId })
    const result = await reclaiming.takeBackEmail.takeBack(link, SOMEWHERE)
    if (!result.ok) throw new Error(result.code)
    expect(await app.sessions.verify(first.secret)).toBeNull()
    expect(await app.tokens.verify(token, '192.0.2.1')).toBeNull()
    const again = { email, password: PASSWORD, keep: false, origin: SOMEWHERE }
    expect(await app.signIn(again)).toMatchObject({ code: 'WRONG_CREDENTIALS' })
    const { client } = app.database
    expect(await client.emailChange.count({ where: { userId } })).toBe(0)
    expect(await client.oneTimeLink.findMany({ where: { userId } })).toMatchObject([
      { purpose: 'password' },
    ])
  })

  test('leads on to a new password', async () => {
    const { userId } = await addPerson(app)
    const link = await changeEmail(app, { userId, to: address() })
    const result = await reclaiming.takeBackEmail.takeBack(link, SOMEWHERE)
    if (!result.ok) throw new Error(result.code)
    const password = 'eleven silver bridges'
    const chosen = await app.choosePassword.choose(
      result.passwordSecret,
      { password },
      SOMEWHERE,
      undefined,
    )
    expect(chosen.ok).toBe(true)
  })
})
