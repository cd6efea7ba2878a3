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
