import type { IncomingHttpHeaders } from 'node:http'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a request may change something, judged by where the browser says that it comes from.
 * Browsers say so on every request other than GET and HEAD; one that says nothing is refused. API
 * tokens are sent by programs on purpose, never by a browser on its own, so they pass.
 */
export function isOwnRequest(
  { method, headers }: { method?: string | undefined; headers: IncomingHttpHeaders },
  origin: string,
): boolean {
  if (SAFE_METHODS.has(method ?? '')) return true
  if (headers.authorization?.toLowerCase().startsWith('bearer ')) return true
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  return headers.origin === origin
}
