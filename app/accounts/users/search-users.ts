import { empty, join, sqltag as sql, type Sql } from '@prisma/client/runtime/client'
import type { Database, Role } from '~/database/types'
import type { Clock } from '../time'
import { cursorFromText, cutPage, timeOf, type PageCursor } from '../page-cursor'
import { lastActive } from './add-user'
import { usersNamed, type Named } from './named'

export type UserSort = 'name' | 'email' | 'created' | 'active'
export type UserState = 'enabled' | 'disabled'

export type UserQuery = {
  /** What was typed of a name, an e-mail address or a username; empty for everybody. */
  text: string
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

export type FoundUsers = {
  users: FoundUser[]
  newer: string | null
  older: string | null
  /** Whether any part of a name was looked for, or only its beginning. */
  byPart: boolean
  /** How many there are on all pages, as far as they are counted. */
  total: number
  /** Whether there are more than that. */
  isMore: boolean
}

export const USERS_PER_PAGE = 50

/** More are not counted: it would take the longer, the more there are. */
export const MOST_COUNTED = 1_000

/**
 * Up to so many matches are found by the index of a filter, and sorted. When there are more, the
 * index of the sort is walked until the page is full; it holds all that is filtered by.
 */
const FEW = 2_000

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

  return async function searchUsers(asked: UserQuery): Promise<FoundUsers> {
    const cursor = cursorFromText(asked.at)
    const query: PlacedQuery = { ...asked, cursor, named: usersNamed(database, asked.text) }
    const matches = await matchesOf(query)
    const [read, counted] = await Promise.all([readPage(query, matches), count(matches)])
    const { rows, newer, older } = cutPage(read, {
      size: USERS_PER_PAGE,
      cursor,
      valueOf: (row) => textOf(row[COLUMNS[query.sort].field]),
    })
    const sessions = await countSessions(rows.map(({ id }) => id))
    const users = rows.map(({ nameKey: _, lastActiveAt, ...row }) => ({
      ...row,
      lastActiveAt: lastActive(lastActiveAt),
      activeSessions: sessions.get(row.id) ?? 0,
    }))
    return { users, newer, older, ...counted, byPart: query.named?.byPart ?? false }
  }

  /**
   * What is asked of the rows: with the ids of those whom a narrow filter lets through, when there is
   * one. Each question for them is put in the order of the filter's own index, and so ends at the last
   * row that it needs. Without statistics a planner cannot know which way is the short one: we look.
   */
  async function matchesOf({ named, role, state }: PlacedQuery): Promise<Matches> {
    const rest = [...roleIs(role), ...stateIs(state)]
    const all = [...(named ? [named.condition] : []), ...rest]
    const called = named && (await lookAt(named.ids(few + 1)))
    if (called && called.total <= few) {
      const total = rest.length === 0 ? called.total : null
      return { areFew: true, conditions: [called.condition, ...rest], total }
    }
    const narrow = narrowFilter({ role, state })
    if (narrow) {
      const filtered = await lookAt(sql`
        SELECT "id" FROM "User" WHERE ${join([narrow.condition, ...all], ' AND ')}
        ORDER BY ${narrow.order} LIMIT ${few + 1}`)
      if (filtered.total <= few)
        return { ...filtered, areFew: true, conditions: [filtered.condition] }
    }
    // More than are counted, then, or not all of them.
    const isEnough = called && rest.length === 0 && called.total > MOST_COUNTED
    return { areFew: false, conditions: all, total: isEnough ? called.total : null }
  }

  async function lookAt(ids: Sql): Promise<{ total: number; condition: Sql }> {
    const condition = sql`"id" IN (SELECT "id" FROM (${ids}) AS "some")`
    return { total: await countRows(ids), condition }
  }

  function readPage(query: PlacedQuery, { areFew, conditions }: Matches): Promise<StoredUser[]> {
    const { column } = COLUMNS[query.sort]
    const place = beyond(query).map((one) => (areFew ? sql`(${one}) IS TRUE` : one))
    const downwards = (query.cursor?.direction === 'before') !== query.descending
    // Ids settle ties, so that every row has one place.
    const order = downwards ? sql`${column} DESC, "id" DESC` : sql`${column}, "id"`
    return client.$queryRaw<StoredUser[]>`
      SELECT "id", "username", "name", "nameKey", "email", "role", "disabledAt", "createdAt", "lastActiveAt"
      FROM "User" ${where([...conditions, ...place])}
      ORDER BY ${order} LIMIT ${USERS_PER_PAGE + 1}`
  }

  async function count({ conditions, total }: Matches) {
    const some = sql`SELECT 1 AS "one" FROM "User" ${where(conditions)} LIMIT ${MOST_COUNTED + 1}`
    const found = total ?? (await countRows(some))
    return { total: Math.min(found, MOST_COUNTED), isMore: found > MOST_COUNTED }
  }

  async function countRows(question: Sql): Promise<number> {
    const rows = await client.$queryRaw<{ total: bigint }[]>`
      SELECT count(*) AS "total" FROM (${question}) AS "some"`
    return Number(rows[0]!.total)
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
  name: { field: 'nameKey', column: sql`"nameKey"` },
  email: { field: 'email', column: sql`"email"` },
  created: { field: 'createdAt', column: sql`"createdAt"` },
  active: { field: 'lastActiveAt', column: sql`"lastActiveAt"` },
} as const
type PlacedQuery = UserQuery & { cursor: PageCursor | null; named: Named | null }

/**
 * What is asked of rows; of few, that are found by their ids, the index of the sort is not to be used.
 * How many they are, where the look for them told that.
 */
type Matches = { areFew: boolean; conditions: Sql[]; total: number | null }

type StoredUser = Omit<FoundUser, 'lastActiveAt' | 'activeSessions'> & {
  nameKey: string
  lastActiveAt: Date
}

const textOf = (value: Date | string) => (value instanceof Date ? value.toISOString() : value)

const where = (conditions: Sql[]) =>
  conditions.length > 0 ? sql`WHERE ${join(conditions, ' AND ')}` : empty

/** What few users are has an index of its own. */
function narrowFilter({ role, state }: Pick<UserQuery, 'role' | 'state'>) {
  if (role === 'admin') return { condition: sql`"role" = 'admin'`, order: sql`"id"` }
  if (state !== 'disabled') return null
  return { condition: sql`"disabledAt" IS NOT NULL`, order: sql`"disabledAt"` }
}

// "Is it true that": for which no index is used, so that the sort's is walked.

function roleIs(role: Role | null): Sql[] {
  if (role === null) return []
  return [role === 'admin' ? sql`("role" = 'admin') IS TRUE` : sql`("role" = 'admin') IS NOT TRUE`]
}

function stateIs(state: UserState | null): Sql[] {
  if (state === null) return []
  return [
    state === 'disabled'
      ? sql`("disabledAt" IS NULL) IS NOT TRUE`
      : sql`("disabledAt" IS NULL) IS TRUE`,
  ]
}

function beyond({ cursor, descending, sort }: PlacedQuery): Sql[] {
  const value = sort === 'created' || sort === 'active' ? timeOf(cursor?.value) : cursor?.value
  if (!cursor || value === undefined) return []
  const place = sql`(${COLUMNS[sort].column}, "id")`
  return (cursor.direction === 'before') !== descending
    ? [sql`${place} < (${value}, ${cursor.id})`]
    : [sql`${place} > (${value}, ${cursor.id})`]
}
