import { parseCookie, stringifySetCookie } from 'cookie'
import type { StartedSession } from '~/accounts/sessions/insert'

export type SessionCookie = {
  name: string
  /** The secret in a request's Cookie header, if any. */
  read(header: string | null | undefined): string | undefined
  /** A Set-Cookie value that hands the secret to the browser. */
  issue(session: StartedSession, now: Date): string
  /** A Set-Cookie value that takes it away. */
  clear(): string
}

/**
 * The one cookie of a signed-in browser. On https its name starts with `__Host-`, by which browsers
 * promise that no other host and no plain-http page can have set it.
 */
export function createSessionCookie({ secure }: { secure: boolean }): SessionCookie {
  const name = cookieName('latchkey', { secure })
  const attributes = cookieAttributes({ secure })
  return {
    name,
    read: (header) => (header ? parseCookie(header)[name] : undefined),
    issue: ({ secret, endsAt, kept }, now) =>
      stringifySetCookie(name, secret, {
        ...attributes,
        // Without "keep me signed in" there is no Max-Age, and the cookie ends with the browser.
        ...(kept && { maxAge: Math.floor((endsAt.getTime() - now.getTime()) / 1000) }),
      }),
    clear: () => stringifySetCookie(name, '', { ...attributes, maxAge: 0 }),
  }
}

export const cookieName = (name: string, { secure }: { secure: boolean }): string =>
  secure ? `__Host-${name}` : name

export const cookieAttributes = ({ secure }: { secure: boolean }) =>
  ({ httpOnly: true, sameSite: 'lax', path: '/', secure }) as const
