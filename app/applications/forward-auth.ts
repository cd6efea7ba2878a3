import { looksLikeApplicationToken, looksLikeToken } from '~/accounts/api-tokens/token-text'
import type { createAssertions } from './assertions'
import type { Found, KnownApplication, KnownApplications } from './known'
import { isPublicPath, RESERVED_PREFIX } from './public-paths'
import type { VerifiedVisitor, Visitors } from './visitors'

/*
 * The question that a proxy asks about every request to an application: may it go on, and whose is it?
 * What was asked is described by the proxy, what is said about people comes from memory.
 */

/** A request to an application, as its proxy describes it. */
export type Question = {
  method: string
  /** Path and query, as they were sent. */
  target: string
  /** What a browser sends when somebody opens a page, as opposed to what pages ask for. */
  isNavigation: boolean
  isWebSocket: boolean
  /** The Origin header. */
  origin: string | undefined
  /** The Sec-Fetch-Site header. */
  fetchSite: string | undefined
  /** What the application's cookie holds. */
  cookie: string | undefined
  /** The token of an Authorization header, whoever's. */
  token: string | undefined
}

export type Decision =
  /** Goes on, as this person, or as nobody on a public path. */
  | { kind: 'allowed'; visitor: VerifiedVisitor | null }
  /** Is sent here to sign in: only somebody who opens a page. */
  | { kind: 'sign-in'; location: string }
  | { kind: 'unauthorized' }
  /** This person may not use this application. */
  | { kind: 'not-theirs'; visitor: VerifiedVisitor }
  /** Another site's page sent it, with the cookie of this one. */
  | { kind: 'cross-site' }

/** What is asked about applications before Remix: at once where memory knows. */
export function createForwardAuth({
  known,
  visitors,
  assertions,
}: {
  known: KnownApplications
  visitors: Visitors
  assertions: Pick<ReturnType<typeof createAssertions>, 'assert' | 'publicKeys'>
}) {
  function decide(question: Question, application: KnownApplication): Decision | Promise<Decision> {
    const visitor = whoComes(question, visitors)
    if (visitor instanceof Promise) {
      return visitor.then((found) => decideFor(found, question, application))
    }
    return decideFor(visitor, question, application)
  }

  /** Who comes to this application with a cookie, whether they may use it or not. */
  async function visitorAt(application: KnownApplication, cookie: string | undefined) {
    const found = await visitors.byCookie(cookie)
    return found?.value.applicationId === application.id ? found : null
  }

  const { assert, publicKeys } = assertions
  return { ...known, assert, publicKeys, decide, visitorAt, returnTarget }
}

/** A token of ours counts alone: with the cookie it might act for somebody whom its sender did not mean. */
function whoComes({ token, cookie }: Question, visitors: Visitors): Found<VerifiedVisitor> {
  return isOurToken(token) ? visitors.byToken(token) : visitors.byCookie(cookie)
}

function decideFor(
  found: VerifiedVisitor | null,
  question: Question,
  application: KnownApplication,
): Decision {
  // What opens another application opens nothing here.
  const visitor = found?.value.applicationId === application.id ? found : null
  const isForged = visitor?.value.session !== undefined && !isFromOwnPage(question, application)
  if (isOurToken(question.token) && !visitor) return UNAUTHORIZED
  if (isPublicPath(application.publicPaths, question.target)) {
    const isKnown = visitor !== null && visitor.value.mayUse && !isForged
    return { kind: 'allowed', visitor: isKnown ? visitor : null }
  }
  if (!visitor) {
    if (!question.isNavigation) return UNAUTHORIZED
    return { kind: 'sign-in', location: startPage(application, question.target) }
  }
  if (!visitor.value.mayUse) return { kind: 'not-theirs', visitor }
  return isForged ? CROSS_SITE : { kind: 'allowed', visitor }
}

const UNAUTHORIZED: Decision = { kind: 'unauthorized' }
const CROSS_SITE: Decision = { kind: 'cross-site' }

const isOurToken = (token: string | undefined): token is string =>
  token !== undefined && (looksLikeApplicationToken(token) || looksLikeToken(token))

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a request may act with the cookie that came along. SameSite lets a neighbour under the same
 * domain send it, and an application that trusts our headers has often no other defence.
 */
function isFromOwnPage(
  { method, isWebSocket, origin, fetchSite }: Question,
  { address, moreOrigins }: KnownApplication,
): boolean {
  if (SAFE_METHODS.has(method) && !isWebSocket) return true
  if (fetchSite === 'same-origin') return true
  return origin !== undefined && (origin === address || moreOrigins.includes(origin))
}

/** Longer ones break proxies, which keep a Location in a buffer of a page. */
const MAX_RETURN_LENGTH = 2048

/**
 * A page of the application to come back to, or its first page: never one of ours there, nor anything
 * that a browser could read as another host.
 *
 * @param target path and query
 */
export function returnTarget(target: string | null | undefined): string {
  if (!target || encodeURIComponent(target).length > MAX_RETURN_LENGTH) return '/'
  // Nothing but what addresses are made of: other letters cannot stand in a Location either.
  if (!/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(target)) return '/'
  return target.startsWith(RESERVED_PREFIX) ? '/' : target
}

/** Where signing in to an application begins: at its own host, whose browser will be remembered. */
export const startPage = ({ address }: Pick<KnownApplication, 'address'>, target: string): string =>
  `${address}${RESERVED_PREFIX}start?to=${encodeURIComponent(returnTarget(target))}`
