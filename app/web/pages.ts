import type { IncomingMessage, ServerResponse } from 'node:http'
import { createHeaders, sendResponse } from '@remix-run/node-fetch-server'
import { createRequestHandler, type ServerBuild } from '@remix-run/node'
import type { Logger } from 'pino'
import { isApiPath } from './authorization'
import type { ClientAddress } from './client-address'
import { compressAnswer } from './compression'
import type { DeviceCookies } from './device-cookies'
import { deviceHintsIn } from './device-hints'
import type { LinkCookies } from './link-cookie'
import type { OwnCookie } from './own-cookie'
import { createNonce, type SecurityHeaders } from './security-headers'
import type { SessionCookie } from './session-cookie'
import { abortOnDisconnect } from './abort-on-disconnect'
import type { LoadContext } from './load-context'
import type { OpenResponses } from './open-responses'
import { createPathBound } from './route-paths'
import type { Services } from '~/server/services'

/** Hands a request to Remix and sends what it answers. The body is null where it is too long. */
export type Pages = (
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer | null | undefined,
  log: Logger,
) => Promise<void>

const MAX_USER_AGENT_LENGTH = 512

export function createPages({
  build,
  origin,
  services,
  sessionCookie,
  linkCookies,
  pendingCookie,
  deviceCookies,
  checkCookie,
  challengeCookie,
  clientAddress,
  securityHeaders,
  openTabs,
  openResponses,
  development,
}: {
  build: ServerBuild | (() => Promise<ServerBuild>)
  origin: string
  services: Services
  sessionCookie: SessionCookie
  linkCookies: LinkCookies
  pendingCookie: OwnCookie
  deviceCookies: DeviceCookies
  checkCookie: OwnCookie
  challengeCookie: OwnCookie
  clientAddress: ClientAddress
  securityHeaders: SecurityHeaders
  openTabs: (userId: string) => Promise<number>
  openResponses: OpenResponses
  development: boolean
}): Pages {
  const handle = createRequestHandler(build, development ? 'development' : 'production')
  const pathBound = createPathBoundOf(build)

  return async function answer(request, response, body, log) {
    const cspNonce = createNonce()
    let sessionId: string | undefined
    const context: LoadContext = {
      services,
      origin,
      openTabs,
      sessionCookie: withIssuedSecret(sessionCookie),
      linkCookies,
      pendingCookie,
      deviceCookies,
      checkCookie,
      challengeCookie,
      challengeSecret: challengeCookie.read(request.headers.cookie),
      client: {
        ip: clientAddress(request),
        userAgent: (request.headers['user-agent'] ?? '').slice(0, MAX_USER_AGENT_LENGTH),
        deviceHints: deviceHintsIn(request.headers),
        devices: deviceCookies.read(request.headers.cookie),
      },
      isBodyTooLong: body === null,
      setResponseOwner: (viewer) => (sessionId = viewer.session.id),
      cspNonce,
      setHeader: (name, value) => response.setHeader(name, value),
      allowFormsTo: (to) => setHeaders(response, securityHeaders.page(cspNonce, to)),
      log,
    }
    setHeaders(response, securityHeaders.page(cspNonce))
    const url = new URL(origin + request.url)
    const bounded = await pathBound()
    url.pathname = bounded(url.pathname)
    const asked = toFetchRequest({ request, response, url, body })
    const answered = await handle(asked, context)
    complete(answered, response)
    if (request.socket.destroyed) return void answered.body?.cancel().catch(() => undefined)
    if (sessionId !== undefined && answered.body) {
      openResponses.abortWhenSessionEnds(response, sessionId)
    }
    compressAnswer(response)
    await sendResponse(response, answered)
  }
}

/** While developing, the routes may be others at the next request. */
function createPathBoundOf(build: ServerBuild | (() => Promise<ServerBuild>)) {
  if (typeof build === 'function') return async () => createPathBound((await build()).routes)
  const bounded = createPathBound(build.routes)
  return () => bounded
}

/**
 * The cookie during one request. Without JavaScript, Remix runs the page's loaders right after its
 * action, with the headers that came; a secret that the action replaced would send the person to
 * the sign-in page. So what the answer gives to the browser counts from then on.
 */
function withIssuedSecret(sessionCookie: SessionCookie): SessionCookie {
  let issued: string | undefined
  return {
    ...sessionCookie,
    read: (header) => issued ?? sessionCookie.read(header),
    issue(session, now) {
      issued = session.secret
      return sessionCookie.issue(session, now)
    },
  }
}

export function setHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>) {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
}

/** Says what Remix leaves out: the charset of a page's data, and what is allowed instead. */
function complete({ status, headers }: Response, response: ServerResponse) {
  if (headers.get('Content-Type') === 'text/x-script') {
    headers.set('Content-Type', 'text/x-script; charset=utf-8')
  }
  if (status === 405 && !response.hasHeader('Allow')) headers.set('Allow', 'GET, HEAD')
}

/**
 * The request as Remix sees it. Its URL is made of ORIGIN, never of the Host header, which a visitor
 * can set. Not passed on are the headers of Remix's own
 * check of the origin, which answers 500 where ours refused or had reason to pass, and the query by
 * which Remix would take the request for one of its older protocol, and stumble.
 */
function toFetchRequest({
  request,
  response,
  url,
  body,
}: {
  request: IncomingMessage
  response: ServerResponse
  url: URL
  body: Buffer | null | undefined
}): Request {
  const headers = createHeaders(request)
  headers.set('Host', url.host)
  headers.delete('X-Forwarded-Host')
  headers.delete('Origin')
  // Who sends a token to the API means it: a cookie beside it is not looked at.
  if (isApiPath(url.pathname) && headers.has('Authorization')) headers.delete('Cookie')
  if (url.search !== '' && url.searchParams.has('_data')) url.searchParams.delete('_data')
  return new Request(url, {
    method: request.method ?? 'GET',
    headers,
    signal: abortOnDisconnect(response),
    body: body ? new Uint8Array(body) : null,
  })
}
