import type { IncomingMessage } from 'node:http'
import { isSameOrigin } from './origin'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a request may act with the cookies that came along. One that could change something has to
 * come from a page of ours, as browsers tell on every request other than GET and HEAD. One that says
 * nothing about it is refused, and so is one that contradicts itself.
 */
export function isOwnRequest(
  { method = '', headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  origin: string,
): boolean {
  if (SAFE_METHODS.has(method)) return true
  const { origin: from, 'sec-fetch-site': site } = headers
  if (from === undefined && site === undefined) return false
  const isFromUs = from === undefined || isSameOrigin(origin, from)
  return isFromUs && (site === undefined || site === 'same-origin' || site === 'none')
}
