import { beforeAll, describe, expect, test } from 'vitest'
import { openServices, type TestServices } from '../../../tests/support/services'
import { ANYBODY, calledSo, USERS, walk, type Search } from '../../../tests/support/listed-users'
import { nameKeyOf } from '../name-key'
import { createSearchUsers, MOST_COUNTED } from './search-users'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
  await app.database.client.user.createMany({ data: USERS })
})

const search: Search = (query) => app.searchUsers({ ...ANYBODY, ...query })
/** As on an installation where every filter lets through more than can be sorted. */
const searchAmongMany: Search = (query) =>
  createSearchUsers({ ...app, few: 0 })({ ...ANYBODY, ...query })

describe('a search', () => {
  test('for a name that nobody has finds nobody, and leads to no other page', async () => {
    expect(await search({ text: 'nobody' })).toEqual({
      ...{ users: [], newer: null, older: null, total: 0, isMore: false, byPart: true },
    })
  })

  test.each([
    '%',
    '_',
    '%%',
    "'",
    '"',
    '\\',
    '*',
    '?',
    '\u{10ffff}',
    'İ',
    'ﬁ',
    '李',
    '李雷',
    ' x',
    'ÄD',
    'AD',
  ])(
    'of less than three characters takes “%s” as the beginning of a name, an address or a username',
    async (text) => {
      await expectFound(text, (value) => value.startsWith(keyOf(text)))
      expect(await found(keyOf(text).slice(1) + 'xyz')).toEqual([])
    },
  )

  test.each([
    ...[
      'ada',
      ' ADA ',
      'ädam',
      'ÄDA',
      'dam',
      'zoë',
      '100',
      '00%',
      '%%%',
      'a_b',
      '___',
      "da'",
      '"da',
      'da"',
    ],
    ...[
      '\\\\\\',
      'da*',
      '***',
      'a b',
      'a OR b',
      'NEAR(ada',
      'name:ada',
      '李雷李',
      'fin',
      'ﬁn',
      'x1@',
      '@example',
    ],
    ...[
      'ple.com',
      'ad-1',
      'D-1',
      'ad\nx',
      'ada\nmail',
      'b\nmail',
      '\u{10ffff}\u{10ffff}\u{10ffff}',
      'x'.repeat(254),
    ],
  ])(
    'takes “%s” as a part of a name, an address or a username, literally and in any case',
    async (text) => {
      await expectFound(text, (value) => value.includes(keyOf(text)))
    },
  )

  test('for a whole address finds whom it belongs to', async () => {
    const { users } = await search({ text: ' X1@Example.com ' })
    expect(users.map(({ email }) => email)).toEqual(['x1@example.com'])
  })

  test('finds beginnings only where the database can find no parts', async () => {
    const database = { ...app.database, usersWithPart: null }
    const searching = createSearchUsers({ ...app, database })
    const idsOf = async (text: string) =>
      (await searching({ ...ANYBODY, text })).users.map(({ id }) => id).sort()
    expect(await idsOf('example')).toEqual([])
    expect(await idsOf('x1@')).toEqual(idsWhere((value) => value.startsWith('x1@')))
  })

  test('finds people by what they are called now, and nobody who is gone', async () => {
    const { user } = app.database.client
    const viola = { ...USERS[0]!, id: 'viola', email: 'viola@example.com', username: 'viola' }
    await user.create({ data: { ...viola, nameKey: 'viola nightingale' } })
    expect(await found('nightin')).toEqual(['viola'])
    await user.update({ where: { id: 'viola' }, data: { nameKey: 'viola nightjar' } })
    expect(await found('nightin')).toEqual([])
    expect(await found('NIGHTJ')).toEqual(['viola'])
    await user.update({
      where: { id: 'viola' },
      data: { username: 'nightcap', email: 'v@x.example' },
    })
    expect(await found('viola@')).toEqual([])
    expect(await found('nightcap')).toEqual(['viola'])
    await user.delete({ where: { id: 'viola' } })
    // Whoever comes next may be given the same place in the index.
    await user.create({ data: { ...viola, nameKey: 'somebody else' } })
    expect(await found('night')).toEqual([])
    await user.delete({ where: { id: 'viola' } })
  })
})

describe('the number of matches', () => {
  test('is that of all pages, whatever page is shown', async () => {
    for (const searching of [search, searchAmongMany]) {
      const first = await searching({ state: 'disabled' })
      const wanted = USERS.filter(({ disabledAt }) => disabledAt).length
      expect(first.total).toBe(wanted)
      expect((await searching({ state: 'disabled', at: first.older })).total).toBe(wanted)
      const role = 'admin' as const
      const admins = USERS.filter(
        (user) => user.role === role && calledSo(user, (value) => value.includes('ada')),
      )
      expect((await searching({ text: 'ada', role })).total).toBe(admins.length)
    }
  })

  test('is not counted beyond a thousand', async () => {
    const { user } = app.database.client
    const many = Array.from({ length: MOST_COUNTED + 5 }, (_, index) => ({
      ...USERS[0]!,
      id: `crowd-${index}`,
      email: `crowd-${index}@example.com`,
      username: `crowd-${index}`,
    }))
    await user.createMany({ data: many })
    for (const searching of [search, searchAmongMany]) {
      const everybody = await searching({ text: 'rowd-' })
      expect(everybody).toMatchObject({ total: MOST_COUNTED, isMore: true })
      expect(await searching({ text: 'rowd-10' })).toMatchObject({
        total: 1 + 10 + 5,
        isMore: false,
      })
    }
    await user.deleteMany({ where: { id: { startsWith: 'crowd-' } } })
  })
})

const keyOf = (text: string) => nameKeyOf(text.trim())

/** The ids of all whom a search finds, sorted. */
const found = async (text: string, searching: Search = search) =>
  (await walk(searching, { text })).map(({ id }) => id).sort()

async function expectFound(text: string, isFound: (value: string) => boolean) {
  for (const searching of [search, searchAmongMany]) {
    expect(await found(text, searching)).toEqual(idsWhere(isFound))
  }
}

const idsWhere = (isFound: (value: string) => boolean) =>
  USERS.filter((user) => calledSo(user, isFound))
    .map(({ id }) => id)
    .sort()
