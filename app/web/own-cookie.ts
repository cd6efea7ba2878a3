import { stringifySetCookie } from 'cookie'

/** A cookie of ours: for our host alone, out of reach for scripts. */
export type OwnCookie = {
  /**
   * What a request's Cookie header holds; undefined when it is missing. One that comes twice counts as
   * none: another host of the same domain, or a page on another path, can add a cookie of the same name,
   * and which of the two comes first is up to whoever did.
   */
  read: (header: string | null | undefined) => string | undefined
  /** All that come under its name. */
  readAll: (header: string | null | undefined) => string[]
  /**
   * A Set-Cookie value.
   *
   * @param value of characters that cookies can hold as they are (RFC 6265, 4.1.1)
   * @param maxAge in seconds; without it the cookie ends with the browser
   */
  set: (value: string, maxAge?: number) => string
  /** A Set-Cookie value that takes the cookie away. */
  clear: () => string
}

export function createOwnCookie(purpose: string, origin: string): OwnCookie {
  const name = ownCookieName(purpose, origin)
  const secure = origin.startsWith('https:')
  const attributes = { httpOnly: true, sameSite: 'lax', path: '/', secure } as const
  return {
    read(header) {
      const [value, ...more] = valuesOf(header, name)
      return more.length === 0 ? value : undefined
    },
    readAll: (header) => valuesOf(header, name),
    set: (value, maxAge) =>
      stringifySetCookie(name, value, { ...attributes, ...(maxAge !== undefined && { maxAge }) }),
    clear: () => stringifySetCookie(name, '', { ...attributes, maxAge: 0 }),
  }
}

/**
 * On https it begins with `__Host-`, by which browsers promise that no other host and no plain-http
 * page can have set it. Browsers share cookies between the ports of a host, so that the port is part
 * of the name unless it is that of https: two installations on one host would sign each other out.
 */
export function ownCookieName(purpose: string, origin: string): string {
  const { protocol, port } = new URL(origin)
  if (protocol === 'https:') return `__Host-${purpose}${port && `-${port}`}`
  return `${purpose}-${port || '80'}`
}

function valuesOf(header: string | null | undefined, name: string): string[] {
  const values: string[] = []
  for (const pair of header ? header.split(';') : []) {
    const equals = pair.indexOf('=')
    if (equals < 0 || pair.slice(0, equals).trim() !== name) continue
    values.push(pair.slice(equals + 1).trim())
  }
  return values
}
