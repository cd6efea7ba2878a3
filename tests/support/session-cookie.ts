import { CHECK_COOKIE } from '../../app/web/cookie-check'
import { ownCookieName } from '../../app/web/own-cookie'
import { SESSION_COOKIE } from '../../app/web/session-cookie'

/** What the session cookie of the server at this origin is called. */
export const sessionCookieName = (origin: string): string => ownCookieName(SESSION_COOKIE, origin)

/** What a browser with this session sends in its Cookie header. */
export const sessionCookie = (origin: string, secret: string): string =>
  `${sessionCookieName(origin)}=${secret}`

/** What a browser without a session sends, once it has seen a page with a sign-in form. */
export const checkCookie = (origin: string): { name: string; value: string } => ({
  name: ownCookieName(CHECK_COOKIE, origin),
  value: 'sent-back',
})
