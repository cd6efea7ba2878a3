import { describe, expect, it } from 'vitest'
import { addFactors } from '../../../tests/support/factors'
import { createFakeClock } from '../../../tests/support/fake-clock'
import { addPasskey, BROWSER, idOfPasskey, SITE } from '../../../tests/support/passkeys'
import { addAdministrator, addPerson, openServices } from '../../../tests/support/services'
import { createSoftwareAuthenticator } from '../../../tests/support/software-authenticator'
import { createOneTimeLinks } from '../one-time-links'
import { newId } from '../row-id'
import { minutes } from '../time'
import type { Acting } from '../viewer'

const services = await openServices()
const { passkeys, clock, database } = services

const kindsOf = async (subjectId: string) =>
  (await database.client.auditEvent.findMany({ where: { subjectId }, orderBy: { id: 'asc' } }))
    .map(({ kind }) => kind)
    .filter((kind) => kind.startsWith('passkey.'))

const codesOf = ({ userId }: { userId: string }) =>
  database.client.recoveryCode.count({ where: { userId } })

/** Makes a passkey as the page does. */
async function add(acting: Acting, linkSecret?: string) {
  const answer = createSoftwareAuthenticator(SITE).make(
    await passkeys.optionsToAdd(acting, BROWSER),
  )
  const made = { browser: BROWSER, madeWith: 'Test on Linux', linkSecret }
  return passkeys.add(acting, { ...made, answer })
}

/** The viewer of a session that was begun with a recovery code a moment ago. */
const afterRecovery = (acting: Acting): Acting => {
  const { viewer } = acting
  return {
    ...acting,
    viewer: { ...viewer, session: { ...viewer.session, secondFactor: 'recovery_code' } },
  }
}

describe('a passkey that is made', () => {
  it('comes with recovery codes when it is the first factor, and with none after that', async () => {
    const person = await addPerson(services)
    const first = await add(person.first.acting)
    if (!first.ok) expect.fail(first.code)
    expect(first.recoveryCodes).toHaveLength(10)
    expect(await add(person.first.acting)).toMatchObject({ ok: true, recoveryCodes: null })
    expect(await codesOf(person)).toBe(10)
  })

  it('leaves the codes alone that came with an authenticator', async () => {
    const person = await addPerson(services)
    await addFactors(services, person)
    expect(await add(person.first.acting)).toMatchObject({ ok: true, recoveryCodes: null })
  })

  it('comes with new ones in place of a lost factor, whose codes may be in other hands', async () => {
    const person = await addPerson(services)
    const { recoveryCodes } = await addFactors(services, person)
    const made = await add(afterRecovery(person.first.acting))
    if (!made.ok) expect.fail(made.code)
    expect(made.recoveryCodes).toHaveLength(10)
    expect(made.recoveryCodes).not.toContain(recoveryCodes[0])
    expect(await codesOf(person)).toBe(10)
  })

  it('takes the link that an administrator handed over, once', async () => {
    const [ada, eve] = [await addPerson(services), await addPerson(services)]
    const links = createOneTimeLinks(services)
    const [own, others] = await database.transaction(async (tx) => {
      for (const { userId } of [ada, eve]) {
        await tx.user.update({ where: { id: userId }, data: { linkToAddFactor: true } })
      }
      const purpose = 'add_factor'
      return [
        await links.create(tx, { purpose, userId: ada.userId }),
        await links.create(tx, { purpose, userId: eve.userId }),
      ]
    })
    const needed = { ok: false, code: 'LINK_NEEDED' }
    expect(await add(ada.first.acting)).toEqual(needed)
    expect(await add(ada.first.acting, others)).toEqual(needed)
    expect(await add(ada.first.acting, own)).toMatchObject({ ok: true })
    const where = { userId: ada.userId }
    expect(await database.client.oneTimeLink.count({ where })).toBe(0)
  })
})

describe('to remove a passkey', () => {
  it('is refused when it is the last way in', async () => {
    const person = await addPerson(services)
    const { userId, first } = person
    await addPasskey(services, first)
    await addPasskey(services, first)
    await database.client.password.delete({ where: { userId } })
    const [one, other] = await passkeys.list({ userId })
    expect(await passkeys.remove(first.acting, one!.id)).toMatchObject({ ok: true })
    const refused = await passkeys.remove(first.acting, other!.id)
    expect(refused).toEqual({ ok: false, code: 'LAST_WAY_IN' })
  })

  it('ends the sign-ins under way and what spared them a step, and is in the log', async () => {
    const person = await addPerson(services)
    const { userId, first } = person
    await addPasskey(services, first)
    const expiresAt = new Date(clock.time() + minutes(5))
    const secret = { tokenHash: new Uint8Array(32), userId, createdAt: clock.now(), expiresAt }
    await database.client.pendingSignIn.create({
      data: {
        ...{ ...secret, id: newId(), formKey: new Uint8Array(32), startedBy: 'password' },
        ...{ kept: false, mayEnrol: false },
      },
    })
    await database.client.rememberedDevice.create({
      data: { ...secret, id: newId(), createdBySession: 'x', ip: '', userAgent: '' },
    })
    const id = await idOfPasskey(services, person)
    await passkeys.rename(first.acting, { passkeyId: id, name: 'Blue key' })
    const removed = await passkeys.remove(first.acting, id)
    expect(removed).toEqual({ ok: true, name: 'Blue key' })
    expect(await database.client.pendingSignIn.count({ where: { userId } })).toBe(0)
    expect(await database.client.rememberedDevice.count({ where: { userId } })).toBe(0)
    expect(await kindsOf(userId)).toEqual(['passkey.added', 'passkey.renamed', 'passkey.removed'])
  })

  it('takes the recovery codes along that stood in for it, unless there is another factor', async () => {
    const [ada, eve] = [await addPerson(services), await addPerson(services)]
    for (const { first } of [ada, eve]) await addPasskey(services, first)
    await addFactors(services, eve)
    for (const person of [ada, eve]) {
      const id = await idOfPasskey(services, person)
      expect(await passkeys.remove(person.first.acting, id)).toMatchObject({ ok: true })
    }
    expect(await codesOf(ada)).toBe(0)
    expect(await codesOf(eve)).toBe(10)
  })

  it('is refused where a second factor is demanded and it is the only one', async () => {
    const strict = await openServices(createFakeClock(), { SECOND_FACTOR: 'administrators' })
    const admin = await addAdministrator(strict)
    const { acting } = admin.first
    await addPasskey(strict, admin.first)
    const one = await idOfPasskey(strict, admin)
    await addPasskey(strict, admin.first)
    const other = await idOfPasskey(strict, admin)
    expect(await strict.passkeys.remove(acting, other)).toMatchObject({ ok: true })
    const refused = await strict.passkeys.remove(acting, one)
    expect(refused).toEqual({ ok: false, code: 'FACTOR_DEMANDED' })
    await addFactors(strict, admin)
    expect(await strict.passkeys.remove(acting, one)).toMatchObject({ ok: true })
  })
})
