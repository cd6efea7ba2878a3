import { KNOWN_FOR } from '~/accounts/devices/known-devices'
import { REMEMBERED_FOR } from '~/accounts/devices/remembered-devices'
import { CHALLENGE_COOKIE } from '~/web/challenge-cookie'
import { CHECK_COOKIE } from '~/web/cookie-check'
import { createDeviceCookies } from '~/web/device-cookies'
import { createLinkCookies } from '~/web/link-cookie'
import { createOwnCookie } from '~/web/own-cookie'
import { PENDING_COOKIE } from '~/web/second-step'

/** What browsers keep for us besides the session, each for one purpose. */
export const createCookies = (origin: string) => ({
  linkCookies: createLinkCookies(origin),
  pendingCookie: createOwnCookie(PENDING_COOKIE, origin),
  deviceCookies: createDeviceCookies(origin, { known: KNOWN_FOR, remembered: REMEMBERED_FOR }),
  checkCookie: createOwnCookie(CHECK_COOKIE, origin),
  challengeCookie: createOwnCookie(CHALLENGE_COOKIE, origin),
})
