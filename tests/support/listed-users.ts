import { expect } from 'vitest'
import { days } from '../../app/accounts/time'
import { nameKeyOf } from '../../app/accounts/name-key'
import { NEVER } from '../../app/accounts/users/add-user'
import {
  USERS_PER_PAGE,
  type FoundUser,
  type FoundUsers,
  type UserQuery,
} from '../../app/accounts/users/search-users'

/* People for tests of the list of people, and how to go through it. */

/** Enough for several pages, with names, days and activity that many share. */
const COUNT = 3 * USERS_PER_PAGE + 17
const FIRST_DAY = Date.parse('2030-01-01T00:00:00Z')
const NAMES = ['Ada', 'ada b', 'ADA C', 'Ädam', 'Zoë', '李雷', '100%', 'a_b', '\u{10ffff}', 'ﬁn']
export const USERS = Array.from({ length: COUNT }, (_, index) => {
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

export type ListedUser = (typeof USERS)[number]
export type Search = (query?: Partial<UserQuery>) => Promise<FoundUsers>

export const ANYBODY = {
  ...{ text: '', role: null, state: null, descending: false, at: null },
  sort: 'name' as const,
}

export const calledSo = (
  { nameKey, email, username }: ListedUser,
  isIt: (value: string) => boolean,
) => [nameKey, email, username].some(isIt)

/** As a search takes it: from three characters on any part, beginnings of less. */
export const isMatch = (text: string) => (value: string) =>
  text.length < 3 ? value.startsWith(text) : value.includes(text)

/** All pages from the first to the last, after having come back from the last to the first. */
export async function walk(searching: Search, query: Partial<UserQuery>): Promise<FoundUser[]> {
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
