import type { EndReason } from '~/accounts/revocations'

/** Where the socket is. */
export const LIVE_PATH = '/live'

/** What the server says to an open tab. Tabs say nothing. */
export type LiveMessage =
  /** The session has ended: blank the page and leave it. */
  | { type: 'signed-out'; reason: EndReason }
  /** Something shown on the page may have changed. */
  | { type: 'changed' }
  /** The session goes on under a new secret: come again with that. */
  | { type: 'reconnect' }
