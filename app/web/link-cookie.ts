import { hash } from 'node:crypto'
import type { LinkPage } from './link-pages'
import { createSecretsCookie } from './secrets-cookie'

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
const ID_LENGTH = 22

export type LinkCookies = Record<LinkPage, LinkCookie>

/** One for each page that links lead to. */
export const createLinkCookies = (origin: string): LinkCookies => ({
  '/setup': createLinkCookie('latchkey-setup', origin),
  '/password-link': createLinkCookie('latchkey-link', origin),
  '/confirm-email': createLinkCookie('latchkey-confirm', origin),
  '/take-back-email': createLinkCookie('latchkey-take-back', origin),
  '/not-me': createLinkCookie('latchkey-not-me', origin),
  '/add-factor': createLinkCookie('latchkey-factor-link', origin),
  '/signup-link': createLinkCookie('latchkey-signup', origin),
})

function createLinkCookie(name: string, origin: string): LinkCookie {
  const { read, add, remove } = createSecretsCookie(name, origin, TEN_MINUTES_IN_SECONDS)
  return {
    read: (header, id) =>
      read(header)
        .map((secret) => ({ id: idOf(secret), secret }))
        .find((link) => id === null || link.id === id),
    add,
    remove,
  }
}

const idOf = (secret: string): string =>
  hash('sha256', `latchkey link ${secret}`, 'base64url').slice(0, ID_LENGTH)
