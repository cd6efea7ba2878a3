import { beforeAll, describe, expect, test } from 'vitest'
import {
  addAdministrator,
  addPerson,
  openServices,
  PASSWORD,
  type Person,
  type TestServices,
} from '../../../tests/support/services'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

const ROUNDS = 45

type Removal = (by: Person, whom: Person) => Promise<{ ok: boolean; code?: string }>

/** Every way in which an administrator can cease to be one. */
const removals: Record<string, Removal> = {
  demoted: ({ first }, whom) => app.administration.edit(first.acting, { ...whom, role: 'user' }),
  disabled: ({ first }, { userId }) => app.administration.disable(first.acting, userId),
  deleted: ({ first }, { userId }) => app.access.remove(first.acting, userId),
}

const deletedByThemselves: Removal = ({ first }) =>
  app.ownAccount.deleteAccount(first.acting, { currentPassword: PASSWORD })

describe('the last administrator', () => {
  test.each(Object.entries(removals))('cannot be %s by themselves', async (_, remove) => {
    const [admin] = await administrators(1)
    // Whoever cannot administer is no replacement.
    await addPerson(app)
    const disabled = await addAdministrator(app)
    await app.administration.disable(admin!.first.acting, disabled.userId)

    expect(await remove(admin!, admin!)).toEqual({ ok: false, code: 'LAST_ADMIN' })
    expect(await remaining()).toEqual([admin!.userId])
    expect(await app.sessions.verify(admin!.first.secret)).not.toBeNull()
  })

  test('cannot delete their own account either, with the right password', async () => {
    const [admin] = await administrators(1)
    const result = await app.ownAccount.deleteAccount(admin!.first.acting, {
      currentPassword: PASSWORD,
    })
    expect(result).toEqual({ ok: false, code: 'LAST_ADMIN' })
    expect(await remaining()).toEqual([admin!.userId])
  })

  test('cannot be deleted with a token of their own', async () => {
    const [admin] = await administrators(1)
    const made = await app.apiTokens.create(admin!.first.acting, {
      name: 'x',
      scopes: ['users:write'],
      lifetimeDays: null,
    })
    const bearer = await app.tokens.verify((made as { text: string }).text, '')
    const result = await app.access.remove({ bearer: bearer!, ip: '' }, admin!.userId)
    expect(result).toEqual({ ok: false, code: 'LAST_ADMIN' })
  })

  test('keeps the role when only the name changes', async () => {
    const [admin] = await administrators(1)
    const wanted = { ...admin!, name: 'Other', role: 'admin' as const }
    expect(await app.administration.edit(admin!.first.acting, wanted)).toEqual({ ok: true })
  })
})

describe('an administrator among others', () => {
  test('cannot delete themselves, get a password link or another address without their password', async () => {
    const [admin] = await administrators(2)
    const { first, userId } = admin!
    const OWN_ACCOUNT = { ok: false, code: 'OWN_ACCOUNT' }
    expect(await removals.deleted!(admin!, admin!)).toEqual(OWN_ACCOUNT)
    expect(await app.administration.createPasswordLink(first.acting, userId)).toEqual(OWN_ACCOUNT)
    const moved = { ...admin!, email: 'elsewhere@example.com', role: 'admin' as const }
    expect(await app.administration.edit(first.acting, moved)).toEqual(OWN_ACCOUNT)
    expect(await app.sessions.verify(first.secret)).not.toBeNull()
  })
})

describe('two administrators who act on each other in the same instant', () => {
  const pairs = Object.keys(removals).flatMap((one) =>
    Object.keys(removals).map((other) => ({ one, other })),
  )

  test(`never leave nobody to administer, ${ROUNDS} times in every combination`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [ada, grace] = await administrators(2)
      const { one, other } = pairs[round % pairs.length]!
      const both = [
        () => removals[one]!(ada!, grace!),
        () => removals[other]!(grace!, ada!),
        () => deletedByThemselves(ada!, ada!),
      ].slice(0, round % 3 === 0 ? 3 : 2)
      if (round % 2) both.reverse()
      const results = await Promise.all(both.map((run) => run()))

      const left = await remaining()
      expect(left, `${one} and ${other}, round ${round}`).toHaveLength(1)
      // Who was demoted before may go; who administers may not.
      if (both.length === 2) expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    }
  })

  test('never leave nobody to administer when they are many who all leave at once', async () => {
    const many = await administrators(8)
    const ways: Removal[] = [removals.demoted!, removals.disabled!, deletedByThemselves]
    await Promise.all(many.map((one, index) => ways[index % ways.length]!(one, one)))
    expect(await remaining()).toHaveLength(1)
  })
})

/** So many administrators, and no other. */
async function administrators(count: number): Promise<Person[]> {
  await app.database.client.user.updateMany({ data: { role: 'user' } })
  const people: Person[] = []
  for (let index = 0; index < count; index += 1) people.push(await addAdministrator(app))
  return people
}

async function remaining() {
  const users = await app.database.client.user.findMany({
    where: { role: 'admin', disabledAt: null },
  })
  return users.map(({ id }) => id)
}
