import type { ListedSession } from '~/accounts/sessions/list'
import { describeUserAgent, type Device } from './describe-user-agent'
import { placeOf } from './places'

/** A session as a page shows it: its browser and system, its place and how it began in words. */
export type ShownSession = Device &
  Pick<ListedSession, 'id' | 'ip' | 'createdAt' | 'lastSeenAt' | 'expiresAt' | 'userAgent'> & {
    place: string
    signedInBy: string
    /** Whether it is the one that asks. */
    isCurrent: boolean
  }

export const shownSessions = (
  listed: readonly ListedSession[],
  currentId: string,
): ShownSession[] =>
  listed.map(({ endsAt: _, signedInBy, secondFactor, ...session }) => ({
    ...session,
    isCurrent: session.id === currentId,
    place: placeOf(session.ip),
    signedInBy: proofsInWords(signedInBy, secondFactor),
    ...describeUserAgent(session.userAgent),
  }))

/** "password and authenticator app"; empty where it is not known. */
function proofsInWords(
  first: ListedSession['signedInBy'],
  second: ListedSession['secondFactor'],
): string {
  const proofs = [first, second === first ? null : second]
  return proofs.flatMap((proof) => (proof ? [PROOFS[proof]] : [])).join(' and ')
}

const PROOFS: Record<NonNullable<ListedSession['signedInBy' | 'secondFactor']>, string> = {
  password: 'password',
  link: 'one-time link',
  passkey: 'passkey',
  authenticator: 'authenticator app',
  recovery_code: 'recovery code',
  remembered_device: 'remembered device',
}

/** "Firefox on macOS", or the browser alone where the system is unknown. */
export const sessionInWords = ({ browser, system }: Pick<Device, 'browser' | 'system'>): string =>
  system ? `${browser} on ${system}` : browser
