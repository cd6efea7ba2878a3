import type { IncomingMessage } from 'node:http'
import { canonicalOrigin } from './origin'
import { readToken } from './authorization'

/*
 * A request as a proxy describes it that asks about it.
 */

/** Where proxies ask; the id of the application follows. */
export const QUESTION_PATHS = {
  forwardAuth: '/api/v1/forward-auth/',
  authRequest: '/api/v1/auth-request/',
} as const

/** Whether a request is such a question, whatever else it claims to be. */
export const isQuestionPath = (url: string): boolean =>
  url.startsWith(QUESTION_PATHS.forwardAuth) || url.startsWith(QUESTION_PATHS.authRequest)

export type Described = {
  method: string
  /** Where the application was asked for, as it was written; undefined when that is not said. */
  origin: string | undefined
  /** Path and query, as they were sent. */
  target: string
  isNavigation: boolean
  token: string | undefined
}

/** The headers that are believed, of each kind of question; no other of their family is read. */
const FORWARDED = new Set([
  'x-forwarded-method',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-uri',
])
const ORIGINAL = new Set(['x-original-method', 'x-original-url'])

/**
 * Reads the description. The proxy writes these headers anew, so one that comes twice, or holds a list,
 * is somebody's attempt to be let in at one address and served at another.
 */
export function describedRequest(
  request: IncomingMessage,
  isNginx: boolean,
): Described | 'malformed' {
  const { headers, rawHeaders } = request
  if (hasTwice(rawHeaders, isNginx ? ORIGINAL : FORWARDED)) return 'malformed'
  const method = textOf(headers[isNginx ? 'x-original-method' : 'x-forwarded-method'])
  const at = isNginx ? fromUrl(textOf(headers['x-original-url'])) : fromParts(request)
  if (at === null || (method !== undefined && !METHOD.test(method))) return 'malformed'
  // Without a method it is not known to be harmless.
  const asked = method ?? 'UNKNOWN'
  return {
    method: asked,
    ...at,
    isNavigation: isNavigation(asked, headers),
    token: readToken(headers.authorization),
  }
}

const METHOD = /^[A-Za-z-]+$/

function hasTwice(rawHeaders: readonly string[], names: ReadonlySet<string>): boolean {
  let seen = ''
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!
    if (name.charCodeAt(0) !== 88 && name.charCodeAt(0) !== 120) continue
    const lower = name.toLowerCase()
    if (!names.has(lower)) continue
    if (seen.includes(` ${lower} `)) return true
    seen += ` ${lower} `
  }
  return false
}

/** Node types an unknown header as one text or several. */
const textOf = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined

type Place = { origin: string | undefined; target: string }
const NOWHERE: Place = { origin: undefined, target: '/' }

/** Null for what no proxy of ours writes. */
function fromUrl(url: string | undefined): Place | null {
  if (url === undefined) return NOWHERE
  const [, protocol, host, target] = /^(https?):\/\/([^/,]+)(\/.*)$/s.exec(url) ?? []
  if (!protocol || !host || !target) return null
  return { origin: `${protocol}://${host}`, target }
}

function fromParts({ headers }: IncomingMessage): Place | null {
  const protocol = textOf(headers['x-forwarded-proto'])
  const host = textOf(headers['x-forwarded-host'])
  const target = textOf(headers['x-forwarded-uri']) ?? '/'
  if (protocol === undefined || host === undefined) return NOWHERE
  if (host.includes(',') || !/^(?:https?|wss?)$/.test(protocol)) return null
  return { origin: `${protocol.replace('ws', 'http')}://${host}`, target }
}

/** Whether that is this origin, whose one spelling is known. */
export function isDescribedAt(address: string, { origin }: Described): boolean {
  if (origin === undefined || origin === address) return origin !== undefined
  const [protocol, host] = origin.split('//', 2)
  return canonicalOrigin(protocol!, host!) === address
}

/** Somebody opens a page: no frame, no script's request, no form, all of which a redirect would harm. */
function isNavigation(method: string, headers: IncomingMessage['headers']): boolean {
  return (method === 'GET' || method === 'HEAD') && asksForPage(headers)
}

/** Whether a page is asked for that is to be seen by itself. */
export function asksForPage(headers: IncomingMessage['headers']): boolean {
  const destination = headers['sec-fetch-dest']
  if (destination !== undefined && destination !== 'document') return false
  return headers.accept?.includes('text/html') ?? false
}
