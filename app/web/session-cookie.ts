import type { StartedSession } from '~/accounts/sessions/insert'
import { createOwnCookie } from './own-cookie'

/** The one cookie of a signed-in browser. */
export type SessionCookie = {
  /** The secret in a request's Cookie header, if any. */
  read(header: string | null | undefined): string | undefined
  /** Every one that comes under its name, for who wants to be out whatever the browser sends. */
  readAll(header: string | null | undefined): string[]
  /** A Set-Cookie value that hands the secret to the browser. */
  issue(session: StartedSession, now: Date): string
  /** A Set-Cookie value that takes it away. */
  clear(): string
}

export const SESSION_COOKIE = 'latchkey'

export function createSessionCookie(origin: string): SessionCookie {
  const cookie = createOwnCookie(SESSION_COOKIE, origin)
  return {
    read: cookie.read,
    readAll: cookie.readAll,
    issue({ secret, endsAt, kept }, now) {
      const secondsLeft = Math.floor((endsAt.getTime() - now.getTime()) / 1000)
      // Without "keep me signed in" it ends with the browser.
      return cookie.set(secret, kept ? secondsLeft : undefined)
    },
    clear: cookie.clear,
  }
}
