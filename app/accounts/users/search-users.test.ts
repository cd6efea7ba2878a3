import { beforeAll, describe, expect, test } from 'vitest'
import {
  addPerson,
  addSession,
  openServices,
  type TestServices,
} from '../../../tests/support/services'
import { days } from '../time'
import { cursorToText } from '../page-cursor'
import { nameKeyOf } from '../name-key'
import { NEVER } from './add-user'
import { createSearchUsers, USERS_PER_PAGE, type FoundUser, type UserQuery } from './search-users'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
  await app.database.client.user.createMany({ data: USERS })
})

/** Enough for several pages, with names, days and activity that many share. */
const COUNT = 3 * USERS_PER_PAGE + 17
const FIRST_DAY = Date.parse('2030-01-01T00:00:00Z')
const NAMES = ['Ada', 'ada b', 'ADA C', 'Ädam', 'Zoë', '李雷', '100%', 'a_b', '\u{10ffff}', 'ﬁn']
const USERS = Array.from({ length: COUNT }, (_, index) => {
  const name = NAMES[index % NAMES.length]!
  const createdAt = new Date(FIRST_DAY + days(index % 5))
  return {
    // Not in the order in which they were added.
    id: `id-${((index * 7919) % COUNT).toString().padStart(4, '0')}`,
    name,
    nameKey: nameKeyOf(name),
    email: `${index % 2 ? 'x' : 'mail'}${index}@example.com`,
    username: `${index % 3 ? 'ad' : 'm'}-${index}`,
    role: index % 10 === 3 ? ('admin' as const) : ('user' as const),
    disabledAt: index % 4 === 0 ? createdAt : null,
    createdAt,
    updatedAt: createdAt,
    lastActiveAt: index % 3 === 0 ? NEVER : createdAt,
  }
})

type Search = (query?: Partial<UserQuery>) => ReturnType<TestServices['searchUsers']>

const ANYBODY = {
  ...{ beginning: '', role: null, state: null, descending: false, at: null },
  sort: 'name' as const,
}
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

describe('a search', () => {
  test('for a name that nobody has finds nobody, and leads to no other page', async () => {
    expect(await search({ beginning: 'nobody' })).toEqual({ users: [], newer: null, older: null })
  })

  test.each([
    '%',
    '_',
    'a_',
    '100%',
    "'",
    '\\',
    '*',
    '?',
    '\u{10ffff}',
    'İ',
    'ﬁ',
    '李',
    ' ada',
    'ÄD',
    'ad-1',
    'AD-',
  ])(
    'takes “%s” as the beginning of a name, an address or a username, literally and in any case',
    async (beginning) => {
      const key = nameKeyOf(beginning.trim())
      const wanted = USERS.filter((user) => beginsWith(user, key))
      for (const searching of [search, searchAmongMany]) {
        const found = await walk(searching, { beginning })
        expect(found.map(({ id }) => id).sort()).toEqual(wanted.map(({ id }) => id).sort())
      }
    },
  )

  test('finds people by the beginning of a name only', async () => {
    expect((await search({ beginning: 'example' })).users).toEqual([])
    expect((await search({ beginning: 'X1@' })).users.map(({ email }) => email)).toEqual([
      'x1@example.com',
    ])
  })
})

const QUESTIONS = (['name', 'email', 'created', 'active'] as const).flatMap((sort) =>
  [false, true].flatMap((descending) =>
    [
      { beginning: '' },
      { beginning: 'a' },
      { role: 'admin' as const },
      { role: 'user' as const, state: 'enabled' as const },
      { beginning: 'm', state: 'disabled' as const },
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
  const [walter] = (await search({ beginning: 'walter' })).users
  expect(walter).toMatchObject({ activeSessions: 2, lastActiveAt: app.clock.now() })
  app.clock.pass(days(1))
  expect((await search({ beginning: 'walter' })).users).toMatchObject([{ activeSessions: 1 }])
  expect(walter).not.toHaveProperty('nameKey')
  const never = (await search({ sort: 'active' })).users[0]
  expect(never).toMatchObject({ lastActiveAt: null, activeSessions: 0 })
  await app.database.client.user.delete({ where: { id: person.userId } })
})

const beginsWith = ({ nameKey, email, username }: (typeof USERS)[number], beginning: string) =>
  [nameKey, email, username].some((text) => text.startsWith(beginning))

/** All pages from the first to the last, after having come back from the last to the first. */
async function walk(searching: Search, query: Partial<UserQuery>): Promise<FoundUser[]> {
  const there: FoundUser[][] = []
  let page = await searching(query)
  expect(page.newer).toBeNull()
  for (;;) {
    there.push(page.users)
    if (!page.older) break
    page = await searching({ ...query, at: page.older })
  }
  for (let index = there.length - 2; index >= 0; index -= 1) {
    page = await searching({ ...query, at: page.newer })
    expect(page.users).toEqual(there[index])
  }
  expect(page.newer).toBeNull()
  return there.flat()
}

/** The ids in the order in which a database that compares bytes has them. */
function expected({ beginning = '', role, state, sort, descending }: Partial<UserQuery>): string[] {
  const columns = {
    name: 'nameKey',
    email: 'email',
    created: 'createdAt',
    active: 'lastActiveAt',
  } as const
  const value = (user: (typeof USERS)[number]) => {
    const found = user[columns[sort ?? 'name']]
    return Buffer.from(found instanceof Date ? found.toISOString() : found)
  }
  const order = descending ? -1 : 1
  return USERS.filter((user) => beginsWith(user, beginning))
    .filter((user) => !role || user.role === role)
    .filter(({ disabledAt }) => !state || (disabledAt === null) === (state === 'enabled'))
    .sort((a, b) => order * (Buffer.compare(value(a), value(b)) || (a.id < b.id ? -1 : 1)))
    .map(({ id }) => id)
}
