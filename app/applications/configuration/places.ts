/**
 * The addresses of a configuration, taken apart. Whatever is not plainly a host and a port is refused
 * here, whoever examined it before: a URL's host may hold `;`, `{`, `$` and quotes, which mean
 * something to each proxy.
 */

/** Where browsers go: the account site or an application. */
export type Site = {
  scheme: 'http' | 'https'
  /** With its port unless that is the scheme's own: what a Host header says. */
  host: string
  hostname: string
  port: number
  /** The whole origin. */
  origin: string
}

/** Where a program listens for the proxy. */
export type Listener = {
  scheme: 'http' | 'https'
  hostname: string
  /** Always with its port. */
  address: string
}

const HOSTNAME = /^(?:[\w-]+(?:\.[\w-]+)*|\[[\da-f:.]+\])$/i
const ID = /^[a-z0-9-]+$/

/** @throws Error when that is more, or less, than an http(s) origin */
export function siteOf(origin: string): Site {
  const { scheme, hostname, port, host } = parse(origin)
  return { scheme, host, hostname, port, origin: `${scheme}://${host}` }
}

/** @param where `host:port`, or a URL of http or https without a path */
export function listenerOf(where: string): Listener {
  const { scheme, hostname, port } = parse(where.includes('://') ? where : `http://${where}`)
  return { scheme, hostname, address: `${hostname}:${port}` }
}

/** @throws Error for an id that a proxy could read as something else */
export function safeId(id: string): string {
  if (!ID.test(id)) throw new Error(`No id of an application: ${JSON.stringify(id)}`)
  return id
}

/**
 * A name as a comment may hold it: on one line, and without the braces that Caddy and Traefik fill in
 * even there.
 */
export const inComment = (name: string): string =>
  name.replaceAll(/[^\p{L}\p{M}\p{N} .,'&()+_-]+/gu, ' ').trim()

function parse(text: string) {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const { protocol, hostname } = url ?? { protocol: '', hostname: '' }
  const scheme = protocol === 'https:' ? 'https' : 'http'
  const hasMore = url && url.href !== `${url.protocol}//${url.host}/`
  if (!url || hasMore || !/^https?:$/.test(protocol) || !HOSTNAME.test(hostname)) {
    throw new Error(`No address for a proxy: ${JSON.stringify(text)}`)
  }
  const port = url.port === '' ? { http: 80, https: 443 }[scheme] : Number(url.port)
  return { scheme, hostname, port, host: url.host } as const
}
