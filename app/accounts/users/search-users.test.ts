import { beforeAll, describe, expect, test } from 'vitest'
import {
  addPerson,
  addSession,
  openServices,
  type TestServices,
} from '../../../tests/support/services'
import {
  ANYBODY,
  calledSo,
  isMatch,
  USERS,
  walk,
  type ListedUser,
  type Search,
} from '../../../tests/support/listed-users'
import { days } from '../time'
import { cursorToText } from '../page-cursor'
import { createSearchUsers, USERS_PER_PAGE, type UserQuery } from './search-users'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
  await app.database.client.user.createMany({ data: USERS })
})

const search: Search = (query) => app.searchUsers({ ...ANYBODY, ...query })
/** As on an installation where every filter lets through more than can be sorted. */
const searchAmongMany: Search = (query) =>
  createSearchUsers({ ...app, few: 0 })({ ...ANYBODY, ...query })

describe('a cursor that is no place in the list,', () => {
  const wild = {
    'no text at all': 'nonsense',
    'a day that is none': cursorToText({ direction: 'after', value: 'never', id: 'x' }),
    'a day before all time': cursorToText({
      direction: 'after',
      value: '-271821-04-20T00:00:00.000Z',
      id: 'x',
    }),
    'a day after all time': cursorToText({
      direction: 'after',
      value: '+275760-09-13T00:00:00.000Z',
      id: 'x',
    }),
    'a number': cursorToText({ direction: 'before', value: '8.64e15', id: '' }),
    'a NUL': cursorToText({ direction: 'after', value: '\0', id: '\0' }),
  }

  test.each(Object.entries(wild))('like %s, still gives a page, in every sort', async (_, at) => {
    for (const sort of ['name', 'email', 'created', 'active'] as const) {
      const { users } = await search({ at, sort })
      expect(users.length).toBeLessThanOrEqual(USERS_PER_PAGE)
    }
  })
})

const QUESTIONS = (['name', 'email', 'created', 'active'] as const).flatMap((sort) =>
  [false, true].flatMap((descending) =>
    [
      { text: '' },
      { text: 'a' },
      { role: 'admin' as const },
      { role: 'user' as const, state: 'enabled' as const },
      { text: 'm', state: 'disabled' as const },
    ].map((filter) => ({ ...filter, sort, descending })),
  ),
)

test.each(QUESTIONS)(
  'pages of %o hold everybody once, in order, and lead back the same way',
  async (query) => {
    for (const searching of [search, searchAmongMany]) {
      const there = await walk(searching, query)
      expect(there.map(({ id }) => id)).toEqual(expected(query))
    }
  },
)

test('somebody who is added or deleted meanwhile moves nobody else into another page', async () => {
  const { user } = app.database.client
  const first = await search({ sort: 'email' })
  const early = { ...USERS[0]!, id: 'early', email: 'aaa@example.com', username: 'early' }
  await user.create({ data: early })
  const removed = first.users.at(-1)!
  const row = USERS.find(({ id }) => id === removed.id)!
  await user.delete({ where: { id: removed.id } })

  const second = await search({ sort: 'email', at: first.older })
  const back = await search({ sort: 'email', at: second.newer })
  await user.delete({ where: { id: early.id } })
  await user.create({ data: row })

  const wanted = expected({ sort: 'email' })
  expect(second.users.map(({ id }) => id)).toEqual(wanted.slice(USERS_PER_PAGE, 2 * USERS_PER_PAGE))
  expect(back.users.map(({ id }) => id)).toEqual(['early', ...wanted.slice(0, USERS_PER_PAGE - 1)])
})

test('everybody is shown with their active sessions, and when they were last active if ever', async () => {
  const person = await addPerson(app, 'Walter')
  await addSession(app, person, { kept: true })
  const [walter] = (await search({ text: 'walter' })).users
  expect(walter).toMatchObject({ activeSessions: 2, lastActiveAt: app.clock.now() })
  app.clock.pass(days(1))
  expect((await search({ text: 'walter' })).users).toMatchObject([{ activeSessions: 1 }])
  expect(walter).not.toHaveProperty('nameKey')
  const never = (await search({ sort: 'active' })).users[0]
  expect(never).toMatchObject({ lastActiveAt: null, activeSessions: 0 })
  await app.database.client.user.delete({ where: { id: person.userId } })
})

/** The ids in the order in which a database that compares bytes has them. */
function expected({ text = '', role, state, sort, descending }: Partial<UserQuery>): string[] {
  const columns = {
    name: 'nameKey',
    email: 'email',
    created: 'createdAt',
    active: 'lastActiveAt',
  } as const
  const value = (user: ListedUser) => {
    const found = user[columns[sort ?? 'name']]
    return Buffer.from(found instanceof Date ? found.toISOString() : found)
  }
  const order = descending ? -1 : 1
  return USERS.filter((user) => calledSo(user, isMatch(text)))
    .filter((user) => !role || user.role === role)
    .filter(({ disabledAt }) => !state || (disabledAt === null) === (state === 'enabled'))
    .sort((a, b) => order * (Buffer.compare(value(a), value(b)) || (a.id < b.id ? -1 : 1)))
    .map(({ id }) => id)
}
