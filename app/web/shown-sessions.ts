import type { ListedSession } from '~/accounts/sessions/list'
import { describeUserAgent, type Device } from './describe-user-agent'
import { placeOf } from './places'

/** A session as a page shows it: its browser and system, and its place, in words. */
export type ShownSession = Device &
  Omit<ListedSession, 'endsAt'> & {
    place: string
    /** Whether it is the one that asks. */
    isCurrent: boolean
  }

export const shownSessions = (
  listed: readonly ListedSession[],
  currentId: string,
): ShownSession[] =>
  listed.map(({ endsAt: _, ...session }) => ({
    ...session,
    isCurrent: session.id === currentId,
    place: placeOf(session.ip),
    ...describeUserAgent(session.userAgent),
  }))

/** "Firefox on macOS", or the browser alone where the system is unknown. */
export const sessionInWords = ({ browser, system }: Pick<Device, 'browser' | 'system'>): string =>
  system ? `${browser} on ${system}` : browser
