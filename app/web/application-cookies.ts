import { hash, randomBytes } from 'node:crypto'
import { parseCookie } from 'cookie'
import type { KnownApplication } from '~/applications/known'
import { minutes } from '~/accounts/time'
import { createOwnCookie, ownCookieName, type OwnCookie } from './own-cookie'

/** The cookies of ours at an application's host. */
export type ApplicationCookies = {
  /** Holds who is signed in there. */
  signIn: OwnCookie
  /** Makes a nonce, which ties a sign-in to this browser. Returns its hash and the Set-Cookie values. */
  startNonce(header: string | undefined): { nonceHash: string; setCookies: string[] }
  /** The nonces that the browser holds, oldest first. */
  nonces(header: string | undefined): string[]
  /** A Set-Cookie value that takes a nonce away. */
  clearNonce(nonce: string): string
}

const NONCE_LIFE = minutes(10)
/** Sign-ins that may be under way in one browser. */
const MOST_NONCES = 5

const made = new WeakMap<KnownApplication, ApplicationCookies>()

/** They are made once for each application. */
export function cookiesOf(application: KnownApplication): ApplicationCookies {
  let cookies = made.get(application)
  if (!cookies) made.set(application, (cookies = create(application)))
  return cookies
}

/**
 * A nonce has a cookie of its own, named by its hash: in a shared one, tabs that start together would
 * lose each other's. Over plain http cookies are shared between ports, so that names contain the id of
 * the application.
 */
function create({ id, address }: KnownApplication): ApplicationCookies {
  const own = address.startsWith('https:') ? '' : `-${id}`
  const purposeOf = (nonce: string) => `latchkey-start${own}-${nonceHashOf(nonce).slice(0, 8)}`
  const nonceCookie = (nonce: string) => createOwnCookie(purposeOf(nonce), address)

  const nonces = (header: string | undefined) =>
    Object.entries(parseCookie(header ?? '')).flatMap(([name, value = '']) =>
      name === ownCookieName(purposeOf(value), address) ? [value] : [],
    )

  return {
    signIn: createOwnCookie(`latchkey-app${own}`, address),
    nonces,
    clearNonce: (nonce) => nonceCookie(nonce).clear(),
    startNonce(header) {
      const nonce = randomBytes(32).toString('base64url')
      // Browsers send the oldest first.
      const beyond = nonces(header).slice(0, 1 - MOST_NONCES)
      return {
        nonceHash: nonceHashOf(nonce),
        setCookies: [
          ...beyond.map((old) => nonceCookie(old).clear()),
          nonceCookie(nonce).set(nonce, NONCE_LIFE / 1000),
        ],
      }
    },
  }
}

/** SHA-256 of a nonce: what of it leaves this browser. */
export const nonceHashOf = (nonce: string): string => hash('sha256', nonce, 'base64url')
