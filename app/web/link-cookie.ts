import { hash } from 'node:crypto'
import { createOwnCookie } from './own-cookie'

/** A one-time link that this browser has opened. */
export type OpenedLink = {
  /** Names it in pages and addresses, where its secret must not be, and tells nothing of that. */
  id: string
  secret: string
}

/**
 * Carries the secrets of one-time links from the address bar, where they would stay in the history
 * and in screenshots, to the forms that use them. Two links can be open in two tabs.
 */
export type LinkCookie = {
  /** The link of this id; the one that was opened last when no id is given. */
  read(header: string | null | undefined, id: string | null): OpenedLink | undefined
  /** A Set-Cookie value that adds a link to those in this header. */
  add(header: string | null | undefined, secret: string): string
  /** A Set-Cookie value that takes one out of them. */
  remove(header: string | null | undefined, secret: string): string
}

const TEN_MINUTES_IN_SECONDS = 600
/** More than anybody opens at once, and few enough for a header. */
const MOST_LINKS = 8
/** No secret has it in it. */
const BETWEEN = '~'
const ID_LENGTH = 22

export type LinkCookies = ReturnType<typeof createLinkCookies>

/** One for each page that links lead to. */
export const createLinkCookies = (origin: string) => ({
  '/setup': createLinkCookie('latchkey-setup', origin),
  '/password-link': createLinkCookie('latchkey-link', origin),
  '/signup-link': createLinkCookie('latchkey-signup', origin),
})

function createLinkCookie(name: string, origin: string): LinkCookie {
  const cookie = createOwnCookie(name, origin)

  /** The last one first. */
  const opened = (header: string | null | undefined): OpenedLink[] =>
    (cookie.read(header)?.split(BETWEEN, MOST_LINKS) ?? []).map((secret) => ({
      id: idOf(secret),
      secret,
    }))

  const othersThan = (secret: string, header: string | null | undefined) =>
    opened(header)
      .map((link) => link.secret)
      .filter((other) => other !== secret)

  const toCookie = (secrets: string[]) =>
    cookie.set(secrets.slice(0, MOST_LINKS).join(BETWEEN), TEN_MINUTES_IN_SECONDS)

  return {
    read: (header, id) => opened(header).find((link) => id === null || link.id === id),
    add: (header, secret) => toCookie([secret, ...othersThan(secret, header)]),
    remove(header, secret) {
      const others = othersThan(secret, header)
      return others.length > 0 ? toCookie(others) : cookie.clear()
    },
  }
}

const idOf = (secret: string): string =>
  hash('sha256', `latchkey link ${secret}`, 'base64url').slice(0, ID_LENGTH)
