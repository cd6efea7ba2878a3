import { createOwnCookie } from './own-cookie'

/** One cookie that holds several secrets: of links in several tabs, or of people who share a browser. */
export type SecretsCookie = {
  /** The last one first. */
  read: (header: string | null | undefined) => string[]
  /** A Set-Cookie value that adds one to those in this header, in place of those that it replaces. */
  add: (header: string | null | undefined, secret: string) => string
  /** A Set-Cookie value that takes one out of them. */
  remove: (header: string | null | undefined, secret: string) => string
}

/** More than anybody needs at once, and few enough for a header. */
const MOST = 8
/** No secret has it in it. */
const BETWEEN = '~'

/**
 * @param maxAge in seconds
 */
export function createSecretsCookie(name: string, origin: string, maxAge: number): SecretsCookie {
  const cookie = createOwnCookie(name, origin)

  const read = (header: string | null | undefined) =>
    cookie.read(header)?.split(BETWEEN, MOST).filter(Boolean) ?? []

  const othersThan = (secret: string, header: string | null | undefined) =>
    read(header).filter((other) => other !== secret)

  const toCookie = (secrets: string[]) => cookie.set(secrets.slice(0, MOST).join(BETWEEN), maxAge)

  return {
    read,
    add: (header, secret) => toCookie([secret, ...othersThan(secret, header)]),
    remove(header, secret) {
      const others = othersThan(secret, header)
      return others.length > 0 ? toCookie(others) : cookie.clear()
    },
  }
}
