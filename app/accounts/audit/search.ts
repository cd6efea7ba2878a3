import { empty, join, sqltag as sql, type Sql } from '@prisma/client/runtime/client'
import type { Database } from '~/database/types'
import { cursorFromText, cutPage, storableTime, timeOf, type PageCursor } from '../page-cursor'
import { looksLikeId } from '../row-id'
import { wordsOf, type AuditKind } from './kinds'
import { eventsNaming } from './named-events'

/** Which events are asked for. */
export type AuditFilter = {
  /** Events that this person did or that were done to them. */
  userId?: string | undefined
  /** Events that this person did. */
  actorId?: string | undefined
  /** Events that were done to this person. */
  subjectId?: string | undefined
  /** What somebody typed of the name of either; for administrators who search. */
  person?: string | undefined
  /** What this session did. */
  sessionId?: string | undefined
  kind?: AuditKind | undefined
  from?: Date | undefined
  until?: Date | undefined
}

export type AuditQuery = AuditFilter & {
  /** Where the page begins, as a neighbouring page said it; null for the first. */
  at: string | null
}

export type AuditRow = {
  id: string
  at: Date
  kind: string
  words: string
  actor: { id: string; name: string } | null
  subject: { id: string; name: string } | null
  sessionId: string | null
  ip: string | null
  details: Record<string, unknown>
}

export const EVENTS_PER_PAGE = 50

/** Up to so many events of the people who are looked for are sorted; beyond, the log is walked. */
const MANY = 5_000

/** The audit log, newest first, a page at a time: as quick with a million events as with ten. */
export function createSearchAudit(options: { database: Database; many?: number }) {
  const readAudit = createReadAudit(options)

  return async function searchAudit(query: AuditQuery): Promise<{
    events: AuditRow[]
    newer: string | null
    older: string | null
  }> {
    const cursor = cursorFromText(query.at)
    const read = await readAudit(query, { cursor, take: EVENTS_PER_PAGE + 1 })
    const { rows, newer, older } = cutPage(read, {
      size: EVENTS_PER_PAGE,
      cursor,
      valueOf: ({ at }) => at.toISOString(),
    })
    return { events: rows, newer, older }
  }
}

/** Where to begin, and how many events to read. */
type Place = { cursor: PageCursor | null; take: number }

/**
 * Reads events from a place in the log on, those before it backwards. In SQL, since the typed client
 * cannot put one question inside another.
 */
export function createReadAudit({ database, many = MANY }: { database: Database; many?: number }) {
  const { client } = database

  return async function readAudit(
    { userId, person = '', ...filter }: AuditFilter,
    { cursor, take }: Place,
  ): Promise<AuditRow[]> {
    const events = await eventsNaming(database, person, many)
    const conditions = [...conditionsOf(filter), ...beyond(cursor)]
    const wanted = { events, conditions, take, backwards: cursor?.direction === 'before' }
    const read = await (userId ? readEither(wanted, userId) : readSome(wanted))
    return read.map(toAuditRow)
  }

  /**
   * What somebody did and what was done to them. Either has an index in the order of time, both
   * together have none: so two pages become one.
   */
  async function readEither(wanted: Wanted, userId: string): Promise<StoredEvent[]> {
    const and = (condition: Sql) => ({ ...wanted, conditions: [...wanted.conditions, condition] })
    const [did, undergone] = await Promise.all([
      readSome(and(sql`"actorId" = ${userId}`)),
      readSome(and(sql`"subjectId" = ${userId}`)),
    ])
    const either = new Map([...did, ...undergone].map((event) => [event.id, event]))
    const sign = wanted.backwards ? 1 : -1
    return [...either.values()]
      .sort((a, b) => sign * (a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1)))
      .slice(0, wanted.take)
  }

  function readSome({ events, conditions, take, backwards }: Wanted): Promise<StoredEvent[]> {
    const where = conditions.length > 0 ? sql`WHERE ${join(conditions, ' AND ')}` : empty
    // Ids settle ties.
    const order = backwards ? sql`"at", "id"` : sql`"at" DESC, "id" DESC`
    return client.$queryRaw<StoredEvent[]>`
      SELECT * FROM ${events} ${where} ORDER BY ${order} LIMIT ${take}`
  }
}

/** A question for events, in SQL. */
type Wanted = { events: Sql; conditions: Sql[]; take: number; backwards: boolean }

function conditionsOf({
  actorId,
  subjectId,
  sessionId,
  kind,
  from,
  until,
}: Omit<AuditFilter, 'userId' | 'person'>): Sql[] {
  return [
    ...idIs(sql`"actorId"`, actorId),
    ...idIs(sql`"subjectId"`, subjectId),
    ...idIs(sql`"sessionId"`, sessionId),
    ...(kind ? [sql`"kind" = ${kind}`] : []),
    ...(from ? [sql`"at" >= ${storableTime(from)}`] : []),
    ...(until ? [sql`"at" < ${storableTime(until)}`] : []),
  ]
}

function idIs(column: Sql, id: string | undefined): Sql[] {
  if (!id) return []
  return [looksLikeId(id) ? sql`${column} = ${id}` : sql`FALSE`]
}

function beyond(cursor: PageCursor | null): Sql[] {
  const at = timeOf(cursor?.value)
  if (!cursor || !at) return []
  const place = sql`(${at}, ${cursor.id})`
  return [
    cursor.direction === 'before' ? sql`("at", "id") > ${place}` : sql`("at", "id") < ${place}`,
  ]
}

type StoredEvent = {
  id: string
  at: Date
  kind: string
  actorId: string | null
  actorName: string | null
  subjectId: string | null
  subjectName: string | null
  sessionId: string | null
  ip: string | null
  details: string
}

function toAuditRow(event: StoredEvent): AuditRow {
  const { id, at, kind, actorId, sessionId, ip } = event
  const details = JSON.parse(event.details) as Record<string, unknown>
  return {
    id,
    at,
    kind,
    words: wordsOf(kind, { actorId, details }),
    actor: partyOf(actorId, event.actorName),
    subject: partyOf(event.subjectId, event.subjectName),
    sessionId,
    ip,
    details,
  }
}

const partyOf = (id: string | null, name: string | null) =>
  id === null ? null : { id, name: name ?? '' }
