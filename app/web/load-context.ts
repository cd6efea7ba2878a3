import type { Logger } from 'pino'
import type { Origin, Viewer } from '~/accounts/viewer'
import type { DeviceCookies } from './device-cookies'
import type { LinkCookies } from './link-cookie'
import type { OwnCookie } from './own-cookie'
import type { SessionCookie } from './session-cookie'
import type { Services } from '~/server/services'

/** What every loader and action is given beside the request. */
export type LoadContext = {
  services: Services
  sessionCookie: SessionCookie
  linkCookies: LinkCookies
  /** Of a sign-in whose second step is to come. */
  pendingCookie: OwnCookie
  deviceCookies: DeviceCookies
  /** Shows that the browser takes cookies at all. */
  checkCookie: OwnCookie
  /** Ties a challenge for passkeys to this browser. */
  challengeCookie: OwnCookie
  /** What it holds in this request. Secret. */
  challengeSecret: string | undefined
  /** How many tabs a user has open, on every node. */
  openTabs(userId: string): Promise<number>
  /** The origin under which people reach this installation, for links that they pass on. */
  origin: string
  /** Where the request came from. */
  client: Origin
  /** Whether what was sent is longer than any form of ours, and was not read. */
  isBodyTooLong: boolean
  /** Says whose answer this is: it is not sent on when their session ends meanwhile. */
  setResponseOwner(viewer: Viewer): void
  /** For scripts in the page; another one in every answer. */
  cspNonce: string
  /** Sets a header of the answer, for pages and their data alike; Remix passes on only some. */
  setHeader(name: string, value: string | string[]): void
  /**
   * Lets the answer to a form of this page lead to this origin: browsers hold redirects, too, to what
   * a page says of its forms.
   */
  allowFormsTo(origin: string): void
  /**
   * Set by an action that takes a proof of who is there: of whom, and whether it is missing. Here, since
   * the server and Remix's bundle hold different copies of any module.
   */
  proof?: { of: Viewer; isMissing: boolean }
  log: Logger
}

declare module '@remix-run/node' {
  // Loaders and actions are typed by what they return.
  interface Future {
    v3_singleFetch: true
  }

  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- Remix's way to type its context
  interface AppLoadContext extends LoadContext {}
}
