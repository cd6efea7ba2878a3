import type { AuditRow } from '~/accounts/audit/search'
import type { SessionStarts } from '~/accounts/audit/session-starts'
import { describeUserAgent } from './describe-user-agent'
import { placeOf } from './places'
import { sessionInWords } from './shown-sessions'

/** An event as a page shows it: with the browser and the place of who acted, in words. */
export type ShownEvent = AuditRow & {
  /** The country of the address; empty when it is not known. */
  place: string
  /** Null when it is not known. */
  browser: string | null
  /** The browsers of the sessions that it ended, as far as they are known. */
  ended: string[]
}

/** Somebody may have ended a hundred: more names than these tell nobody anything. */
const MOST_NAMED = 10

/** @param ofUser whose sessions may be named, if not everybody's */
export async function shownEvents(
  events: readonly AuditRow[],
  sessionStarts: SessionStarts,
  ofUser?: string,
): Promise<ShownEvent[]> {
  const ids = events.flatMap(({ sessionId, details }) => [
    ...(sessionId === null ? [] : [sessionId]),
    ...endedIn(details),
  ])
  const starts = await sessionStarts(ids, ofUser)
  const ofSession = (id: string) => browserIn(starts.get(id) ?? {})
  return events.map((event) => {
    const { ip, sessionId, details } = event
    // Where an address is kept from the reader, the browser that came from it is as well.
    const own = ip === null ? null : browserIn(details)
    return {
      ...event,
      place: ip === null ? '' : placeOf(ip),
      browser: own ?? (sessionId === null ? null : ofSession(sessionId)),
      ended: [...new Set(endedIn(details).flatMap((id) => ofSession(id) ?? []))],
    }
  })
}

const endedIn = ({ sessions }: Record<string, unknown>): string[] =>
  Array.isArray(sessions)
    ? sessions.filter((id): id is string => typeof id === 'string').slice(0, MOST_NAMED)
    : []

/** The browser that the details of an event speak of, in words; null when they speak of none. */
function browserIn({ userAgent, deviceHints }: Record<string, unknown>): string | null {
  if (typeof userAgent !== 'string') return null
  const hints = typeof deviceHints === 'string' ? deviceHints : null
  return sessionInWords(describeUserAgent(userAgent, hints))
}
