import type { Client, Database } from '~/database/database'
import type { Role } from '~/database/generated/sqlite/enums'
import type { Clock } from '../clock'
import { cursorFromText, cutPage, type PageCursor } from '../page-cursor'
import { lastActive, nameKeyOf } from './add-user'

export type UserSort = 'name' | 'email' | 'created' | 'active'
export type UserState = 'enabled' | 'disabled'

export type UserQuery = {
  /** The beginning of a name or an e-mail address; empty for everybody. */
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

/** Up to so many matches are sorted; beyond, the index of the sort is walked, which then is quicker. */
const FEW = 500

/** Users a page at a time, as quick with a hundred thousand as with ten. */
export function createSearchUsers({ database, clock }: { database: Database; clock: Clock }) {
  const { client } = database

  return async function searchUsers(asked: UserQuery): Promise<{
    users: FoundUser[]
    newer: string | null
    older: string | null
  }> {
    const query = { ...asked, cursor: cursorFromText(asked.at) }
    const column = COLUMNS[query.sort]
    const few = await fewMatches(client, query)
    const read = await client.user.findMany({
      where: {
        AND: [...(few ? [{ id: { in: few } }] : matching(query)), beyond(query, column)],
      },
      orderBy: inOrder(query, column),
      take: USERS_PER_PAGE + 1,
      omit: { updatedAt: true },
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
 * The ids of all matches when a filter leaves few, found by that filter's own index; null when there
 * are more. Without statistics a planner cannot know which way is the short one, so we look.
 */
async function fewMatches(client: Client, query: UserQuery): Promise<string[] | null> {
  const isSelective = query.beginning !== '' || query.role === 'admin' || query.state === 'disabled'
  if (!isSelective) return null
  const rows = await client.user.findMany({
    where: { AND: matching(query) },
    select: { id: true },
    take: FEW + 1,
  })
  return rows.length > FEW ? null : rows.map(({ id }) => id)
}

/** Each its own condition: merged into one object, two negations would leave one. */
const matching = ({ beginning, role, state }: UserQuery) => [
  beginningWith(beginning),
  roleIs(role),
  stateIs(state),
]

/** As a range and not as LIKE, so that an index can answer it. */
function beginningWith(text: string) {
  const beginning = nameKeyOf(text.trim())
  if (beginning === '') return {}
  const range = { gte: beginning, lt: beginning + LAST_CHARACTER }
  return { OR: [{ nameKey: range }, { email: range }] }
}

const LAST_CHARACTER = '\u{10ffff}'

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
  if (!cursor) return {}
  const value = sort === 'created' || sort === 'active' ? dateOf(cursor.value) : cursor.value
  if (value === null) return {}
  const side = (cursor.direction === 'before') !== descending ? 'lt' : 'gt'
  return {
    // The first condition is what an index can use; the second settles ties.
    [column]: { [`${side}e`]: value },
    OR: [{ [column]: { [side]: value } }, { [column]: value, id: { [side]: cursor.id } }],
  }
}

function dateOf(text: string): Date | null {
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? null : date
}
