import type { Client, Database, Role } from '~/database/types'
import type { Clock } from '../time'
import { keysBeginningWith } from '../name-key'
import { cursorFromText, cutPage, timeOf, type PageCursor } from '../page-cursor'
import { lastActive } from './add-user'
import { usersBeginningWith } from './beginning-with'

export type UserSort = 'name' | 'email' | 'created' | 'active'
export type UserState = 'enabled' | 'disabled'

export type UserQuery = {
  /** The beginning of a name, an e-mail address or a username; empty for everybody. */
  beginning: string
  role: Role | null
  state: UserState | null
  sort: UserSort
  descending: boolean
  /** Where the page begins, as a neighbouring page said it; null for the first. */
  at: string | null
}

export type FoundUser = {
  id: string
  username: string
  name: string
  email: string
  role: Role
  disabledAt: Date | null
  createdAt: Date
  /** Null for somebody who never was. */
  lastActiveAt: Date | null
  activeSessions: number
}

export const USERS_PER_PAGE = 50

/**
 * Up to so many matches are found by the index of a filter, and sorted. When there are more, the
 * index of the sort is walked until the page is full; it holds all that is filtered by.
 */
const FEW = 500

/** Users a page at a time, as quick with a hundred thousand as with ten. */
export function createSearchUsers({
  database,
  clock,
  few = FEW,
}: {
  database: Database
  clock: Clock
  few?: number
}) {
  const { client } = database

  return async function searchUsers(asked: UserQuery): Promise<{
    users: FoundUser[]
    newer: string | null
    older: string | null
  }> {
    const query = { ...asked, cursor: cursorFromText(asked.at) }
    const column = COLUMNS[query.sort]
    const matches = await fewMatches(client, query, few)
    const read = await client.user.findMany({
      where: {
        AND: [
          matches ? { id: { in: matches } } : anyOf(beginnings(query)),
          roleIs(query.role),
          stateIs(query.state),
          beyond(query, column),
        ],
      },
      orderBy: inOrder(query, column),
      take: USERS_PER_PAGE + 1,
      omit: { updatedAt: true, emailConfirmedAt: true },
    })
    const valueOf = (row: (typeof read)[number]) => {
      const value = row[column]
      return value instanceof Date ? value.toISOString() : value
    }
    const { rows, newer, older } = cutPage(read, {
      size: USERS_PER_PAGE,
      cursor: query.cursor,
      valueOf,
    })
    const sessions = await countSessions(rows.map(({ id }) => id))
    const users = rows.map(({ nameKey: _, lastActiveAt, ...row }) => ({
      ...row,
      lastActiveAt: lastActive(lastActiveAt),
      activeSessions: sessions.get(row.id) ?? 0,
    }))
    return { users, newer, older }
  }

  async function countSessions(userIds: string[]): Promise<Map<string, number>> {
    const groups = await client.session.groupBy({
      by: ['userId'],
      where: { userId: { in: userIds }, expiresAt: { gt: clock.now() } },
      _count: true,
    })
    return new Map(groups.map(({ userId, _count }) => [userId, _count]))
  }
}

const COLUMNS = {
  name: 'nameKey',
  email: 'email',
  created: 'createdAt',
  active: 'lastActiveAt',
} as const
type Column = (typeof COLUMNS)[UserSort]
type PlacedQuery = UserQuery & { cursor: PageCursor | null }

/**
 * The ids of those whom the narrowest filter lets through, when they are few; null when they are
 * more. Each question is put in the order of the filter's own index, and so ends at the last row
 * that it needs. Without statistics a planner cannot know which way is the short one: we look.
 */
async function fewMatches(client: Client, query: UserQuery, few: number): Promise<string[] | null> {
  const ids = await someMatches(client, query, few + 1)
  return ids && ids.length <= few ? ids : null
}

/** The first so many; null when no filter is narrow. */
async function someMatches(
  client: Client,
  { beginning, role, state }: UserQuery,
  take: number,
): Promise<string[] | null> {
  const and = [roleIs(role), stateIs(state)]
  const range = keysBeginningWith(beginning)
  if (range) return usersBeginningWith(client, range, { take, and })
  if (role !== 'admin' && state !== 'disabled') return null
  const orderBy = role === 'admin' ? { id: 'asc' as const } : { disabledAt: 'asc' as const }
  const rows = await client.user.findMany({
    where: { AND: and },
    orderBy,
    select: { id: true },
    take,
  })
  return rows.map(({ id }) => id)
}

/** Said as "not none of them", for which no index is used: the sort's is to be walked. */
const anyOf = (conditions: object[]) =>
  conditions.length > 0 ? { NOT: { AND: conditions.map((one) => ({ NOT: one })) } } : {}

/** None when nothing was typed. */
function beginnings({ beginning }: UserQuery) {
  const range = keysBeginningWith(beginning)
  return range ? [{ nameKey: range }, { email: range }, { username: range }] : []
}

/** What most users are is put as a negation, for which no index is used: the sort's is the better one. */
function roleIs(role: Role | null) {
  if (role === null) return {}
  return role === 'admin' ? { role } : { NOT: { role: 'admin' as const } }
}

function stateIs(state: UserState | null) {
  if (state === null) return {}
  return state === 'disabled'
    ? { disabledAt: { not: null } }
    : { NOT: [{ disabledAt: { not: null } }] }
}

/** Ties are broken by id, so that every row has one place. */
function inOrder({ cursor, descending }: PlacedQuery, column: Column) {
  const direction = (cursor?.direction === 'before') !== descending ? 'desc' : 'asc'
  return [{ [column]: direction }, { id: direction }] as const satisfies object[] as [
    { nameKey: 'asc' | 'desc' },
    { id: 'asc' | 'desc' },
  ]
}

function beyond({ cursor, descending, sort }: PlacedQuery, column: Column) {
  const value = sort === 'created' || sort === 'active' ? timeOf(cursor?.value) : cursor?.value
  if (!cursor || value === undefined) return {}
  const side = (cursor.direction === 'before') !== descending ? 'lt' : 'gt'
  return {
    // The first condition is what an index can use; the second settles ties.
    [column]: { [`${side}e`]: value },
    OR: [{ [column]: { [side]: value } }, { [column]: value, id: { [side]: cursor.id } }],
  }
}
