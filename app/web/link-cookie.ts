import { parseCookie, stringifySetCookie } from 'cookie'
import { cookieAttributes, cookieName } from './session-cookie'

/**
 * Carries a one-time link's secret from the address bar, where it would stay in the history and in
 * screenshots, to the form that uses it.
 */
export type LinkCookie = {
  read(header: string | null | undefined): string | undefined
  issue(secret: string): string
  clear(): string
}

const TEN_MINUTES_IN_SECONDS = 600

export function createLinkCookie({ secure }: { secure: boolean }): LinkCookie {
  const name = cookieName('latchkey-link', { secure })
  const attributes = cookieAttributes({ secure })
  return {
    read: (header) => (header ? parseCookie(header)[name] : undefined),
    issue: (secret) =>
      stringifySetCookie(name, secret, { ...attributes, maxAge: TEN_MINUTES_IN_SECONDS }),
    clear: () => stringifySetCookie(name, '', { ...attributes, maxAge: 0 }),
  }
}
