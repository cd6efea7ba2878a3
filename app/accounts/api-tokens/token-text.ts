import { crc32 } from 'node:zlib'
import { createSecret, looksLikeSecret } from '../secret-token'

/**
 * An API token as text: a prefix that says what it is for, a secret, and a checksum. Prefix and checksum
 * let secret scanners tell a leaked token from any other text without asking us, as GitHub's do.
 */

const PREFIXES = {
  /** For Latchkey's own API. */
  api: 'lk_',
  /** For one application, which sees it in every request: never for the API as well. */
  application: 'lka_',
} as const

export type TokenKind = keyof typeof PREFIXES

const CHECKSUM_LENGTH = 7

/** A new token's text, shown once. */
export function createTokenText(kind: TokenKind): string {
  const secret = createSecret()
  return `${PREFIXES[kind]}${secret}${checksumOf(secret)}`
}

/** Whether text is a token for our API, as far as text can tell. */
export const looksLikeToken = (text: unknown): text is string => looksLike(text, 'api')

/** Whether text is a token for an application, as far as text can tell. */
export const looksLikeApplicationToken = (text: unknown): text is string =>
  looksLike(text, 'application')

function looksLike(text: unknown, kind: TokenKind): text is string {
  const prefix = PREFIXES[kind]
  if (typeof text !== 'string' || !text.startsWith(prefix)) return false
  const secret = text.slice(prefix.length, -CHECKSUM_LENGTH)
  return looksLikeSecret(secret) && text.endsWith(checksumOf(secret))
}

/** CRC-32 in base 36, of fixed length. It guards against mistakes, not against forgers. */
function checksumOf(secret: string): string {
  return crc32(secret).toString(36).padStart(CHECKSUM_LENGTH, '0')
}
