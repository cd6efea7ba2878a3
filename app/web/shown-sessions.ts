import type { ListedSession } from '~/accounts/sessions/list'
import { describeUserAgent, type Device } from './describe-user-agent'

/** A session as a page shows it: its browser and system in words. */
export type ShownSession = Device &
  Pick<ListedSession, 'id' | 'ip' | 'createdAt' | 'lastSeenAt'> & {
    /** Whether it is the one that asks. */
    isCurrent: boolean
  }

export const shownSessions = (
  listed: readonly ListedSession[],
  currentId: string,
): ShownSession[] =>
  listed.map(({ id, ip, createdAt, lastSeenAt, userAgent }) => ({
    id,
    ip,
    createdAt,
    lastSeenAt,
    isCurrent: id === currentId,
    ...describeUserAgent(userAgent),
  }))

/** "Firefox on macOS", or the browser alone where the system is unknown. */
export const sessionInWords = ({ browser, system }: Pick<Device, 'browser' | 'system'>): string =>
  system ? `${browser} on ${system}` : browser
