import type { EndReason } from '~/accounts/revocations'

/** Where the socket is. */
export const LIVE_PATH = '/live'
/** The same at the host of an application. */
export const APPLICATION_LIVE_PATH = '/.latchkey/live'

/**
 * How often every open tab hears something, in milliseconds. A socket whose network is gone looks
 * open to its page for minutes; its silence does not.
 */
export const BEAT_INTERVAL = 15_000

/** What the server says to an open tab. Tabs say nothing. */
export type LiveMessage =
  /** The session has ended: blank the page and leave it. */
  | { type: 'signed-out'; reason: EndReason }
  /** Something shown on the page may have changed. */
  | { type: 'changed' }
  /** The session goes on under a new secret: come again with that. */
  | { type: 'reconnect' }
  /** Nothing, but the socket works. The pings of the protocol never reach a page. */
  | { type: 'beat' }

/** Why a tab's socket is closed. 4000 to 4999 are free for applications (RFC 6455, 7.4.2). */
export const CLOSE = {
  signedOut: 4001,
  reconnect: 4002,
  goingAway: 1001,
  /** Come again: perhaps at another node. */
  comeAgain: 1012,
  notAllowed: 1008,
} as const
