import { createOwnCookie } from './own-cookie'

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

export function createLinkCookie(origin: string): LinkCookie {
  const cookie = createOwnCookie('latchkey-link', origin)
  return {
    read: cookie.read,
    issue: (secret) => cookie.set(secret, TEN_MINUTES_IN_SECONDS),
    clear: cookie.clear,
  }
}
