import type { Database } from '~/database/database'
import { cursorFromText, cutPage } from '../page-cursor'
import { nameKeyOf } from '../users/add-user'
import { AUDIT_KINDS, type AuditKind } from './kinds'

export type AuditQuery = {
  /** Events that this person did or that were done to them. */
  userId?: string | undefined
  /** The beginning of the name of either, in any case; for administrators who search. */
  person?: string | undefined
  /** What this session did. */
  sessionId?: string | undefined
  kind?: AuditKind | undefined
  from?: Date | undefined
  until?: Date | undefined
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

/** The audit log, newest first, a page at a time. */
export function createSearchAudit({ database }: { database: Database }) {
  return async function searchAudit(query: AuditQuery): Promise<{
    events: AuditRow[]
    newer: string | null
    older: string | null
  }> {
    const cursor = cursorFromText(query.at)
    const backwards = cursor?.direction === 'before'
    const read = await database.client.auditEvent.findMany({
      where: {
        AND: [
          query.userId ? { OR: [{ actorId: query.userId }, { subjectId: query.userId }] } : {},
          query.person ? await byName(query.person) : {},
          query.sessionId ? { sessionId: query.sessionId } : {},
          query.kind ? { kind: query.kind } : {},
          {
            at: { ...(query.from && { gte: query.from }), ...(query.until && { lt: query.until }) },
          },
          // Ids are made in the order of time, so they alone say where a page begins.
          cursor ? { id: { [backwards ? 'gt' : 'lt']: cursor.id } } : {},
        ],
      },
      orderBy: { id: backwards ? 'asc' : 'desc' },
      take: EVENTS_PER_PAGE + 1,
    })
    const { rows, newer, older } = cutPage(read, {
      size: EVENTS_PER_PAGE,
      cursor,
      valueOf: () => '',
    })
    return { events: rows.map(toAuditRow), newer, older }
  }

  /** By the name a person had then, or has now: ids of people who are there, names of those who are gone. */
  async function byName(person: string) {
    const range = beginningWith(nameKeyOf(person.trim()))
    const users = await database.client.user.findMany({
      where: { OR: [{ nameKey: range }, { email: range }] },
      select: { id: true },
      take: 200,
    })
    const ids = users.map(({ id }) => id)
    const spelled = spellingsOf(person.trim()).map(beginningWith)
    return {
      OR: [
        { actorId: { in: ids } },
        { subjectId: { in: ids } },
        ...spelled.flatMap((name) => [{ actorName: name }, { subjectName: name }]),
      ],
    }
  }
}

/** As a range: to LIKE, which startsWith becomes, "_" and "%" are wildcards. */
const beginningWith = (text: string) => ({ gte: text, lt: `${text}\u{10ffff}` })

/** The log has names as they were written, so it is asked for the usual ways to write this one. */
function spellingsOf(name: string): string[] {
  const small = name.toLowerCase()
  const capitalised = small.replace(/(?<=^|[\s-])\p{L}/gu, (letter) => letter.toUpperCase())
  return [...new Set([name, small, capitalised, name.toUpperCase()])]
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
  const { id, at, kind, sessionId, ip } = event
  return {
    id,
    at,
    kind,
    words: AUDIT_KINDS[kind as AuditKind] ?? kind,
    actor: partyOf(event.actorId, event.actorName),
    subject: partyOf(event.subjectId, event.subjectName),
    sessionId,
    ip,
    details: JSON.parse(event.details) as Record<string, unknown>,
  }
}

const partyOf = (id: string | null, name: string | null) =>
  id === null ? null : { id, name: name ?? '' }
