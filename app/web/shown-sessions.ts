import type { ListedSession } from '~/accounts/sessions/list'
import { describeUserAgent, type Device } from './describe-user-agent'
import { placeOf } from './places'

/** A session as a page shows it: its browser and system, and its place, in words. */
export type ShownSession = Device &
  Omit<ListedSession, 'endsAt' | 'deviceHints'> & {
    place: string
    /** Whether it goes on for longer when it is used. */
    isProlonged: boolean
    /** Whether it is the one that asks. */
    isCurrent: boolean
    /** Whether it began since its owner last looked, where that was asked. */
    isNew?: boolean
  }

export const shownSessions = (
  listed: readonly (ListedSession & { isNew?: boolean })[],
  currentId: string,
): ShownSession[] =>
  listed.map(({ endsAt, deviceHints, ...session }) => ({
    ...session,
    isProlonged: session.expiresAt < endsAt,
    isCurrent: session.id === currentId,
    place: placeOf(session.ip),
    ...describeUserAgent(session.userAgent, deviceHints),
  }))

type InWords = Pick<Device, 'browser' | 'system'> & Partial<Pick<ListedSession, 'label'>>

/**
 * "Firefox on macOS", or the browser alone where the system is unknown; after the name that its owner gave
 * it: "Mum’s tablet (Safari on iPad)".
 */
export function sessionInWords({ browser, system, label }: InWords): string {
  const device = system ? `${browser} on ${system}` : browser
  return label ? `${label} (${device})` : device
}

/** Sessions with what each of them is signed in to. */
export function withApplications<S extends { id: string }, A extends { sessionId: string }>(
  sessions: readonly S[],
  reached: readonly A[],
): (S & { applications: A[] })[] {
  const bySession = Map.groupBy(reached, ({ sessionId }) => sessionId)
  return sessions.map((session) => ({
    ...session,
    applications: bySession.get(session.id) ?? [],
  }))
}

/** What a browser calls itself, in words. */
export const browserInWords = (userAgent: string): string =>
  sessionInWords(describeUserAgent(userAgent))
