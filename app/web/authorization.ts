/** What an Authorization header says. Whatever is no well-formed bearer token is malformed to us. */
export type Authorization =
  { kind: 'none' } | { kind: 'bearer'; token: string } | { kind: 'malformed' }

const NONE: Authorization = { kind: 'none' }
const MALFORMED: Authorization = { kind: 'malformed' }

/** `Bearer`, in any case (RFC 9110, 11.1), and one token of these characters (RFC 6750, 2.1). */
const BEARER = /^Bearer +([\w.~+/-]+=*)$/i

/**
 * The one reader of Authorization headers. A malformed one is to be refused: to go on with the
 * cookie would let a request act for somebody whom its sender did not mean.
 */
export function readAuthorization(header: string | null | undefined): Authorization {
  if (header === null || header === undefined) return NONE
  const token = BEARER.exec(header)?.[1]
  return token === undefined ? MALFORMED : { kind: 'bearer', token }
}

/** Whether an Authorization header means anything here. For pages, cookies alone count. */
export const isApiPath = (pathname: string): boolean => pathname.startsWith('/api/')

/**
 * The token in a header that may as well be another program's: a bearer's, or the password of Basic, as
 * git and WebDAV send it.
 */
export function readToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const authorization = readAuthorization(header)
  if (authorization.kind === 'bearer') return authorization.token
  const [, encoded] = /^Basic +([\w+/=-]+)$/i.exec(header) ?? []
  if (encoded === undefined) return undefined
  const [, password] = /^[^:]*:(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  return password
}
