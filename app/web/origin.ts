import type { IncomingMessage } from 'node:http'
import { isLoopbackHost } from '~/accounts/addresses'

/**
 * Where requests say that they are sent (Host) and come from (Origin), compared with ORIGIN as hosts
 * compare: in any case, with the scheme's default port or without, with the dot of a complete name
 * at the end or without.
 */

/** A name or IPv4 address, or an IPv6 address in brackets, and perhaps a port (RFC 9110, 7.2). */
const HOST = /^(?:\[[\da-f:.]+\]|[\w-]+(?:\.[\w-]+)*\.?)(?::\d{0,5})?$/i
const MAX_HOST_LENGTH = 260

/**
 * Whether a request names one host, as every request has to (RFC 9112, 3.2); HTTP/1.0, which some
 * load balancers still ask with, may leave it out. One that comes twice arrives as a list, which is
 * no host.
 */
export function namesOneHost({
  headers,
  httpVersion,
}: Pick<IncomingMessage, 'headers' | 'httpVersion'>): boolean {
  return headers.host === undefined ? httpVersion === '1.0' : isHost(headers.host)
}

export const isHost = (text: string): boolean => text.length <= MAX_HOST_LENGTH && HOST.test(text)

/** Whether a Host header names the host of this origin. */
export function isHostOf(origin: string, host: string): boolean {
  const { protocol } = new URL(origin)
  const canonical = canonicalOrigin(protocol, host)
  return canonical !== undefined && canonical === origin
}

/**
 * Whether an Origin header names this origin. `null` and lists never do, nor does a URL with a path.
 */
export function isSameOrigin(origin: string, header: string): boolean {
  const { protocol } = new URL(origin)
  const scheme = `${protocol}//`
  return header.startsWith(scheme) && isHostOf(origin, header.slice(scheme.length))
}

/**
 * The one spelling of an origin: small letters, punycode, no default port, no final dot.
 *
 * @param protocol with its colon, as URLs have it
 * @returns undefined when that is no host
 */
export function canonicalOrigin(protocol: string, host: string): string | undefined {
  if (!isHost(host)) return undefined
  const text = `${protocol}//${host.replace(/\.(?=:|$)/, '')}`
  return URL.canParse(text) ? new URL(text).origin : undefined
}

/** The name in a Host header, in its one spelling, without a port. Empty when there is none. */
export function hostNameOf(host: string | undefined): string {
  const origin = canonicalOrigin('http:', host ?? '')
  return origin === undefined ? '' : new URL(origin).hostname
}

/** Whether an origin leads nowhere but to the machine that it is opened on. */
export const isOfThisMachine = (origin: string): boolean => isLoopbackHost(new URL(origin).hostname)
