import { crc32 } from 'node:zlib'
import { createSecret, looksLikeSecret } from '../secret-token'

/**
 * An API token as text: `lk_`, a secret, and a checksum. Prefix and checksum let secret scanners
 * tell a leaked token from any other text without asking us, as GitHub's do.
 */

const PREFIX = 'lk_'
const CHECKSUM_LENGTH = 7

/** A new token's text, shown once. */
export function createTokenText(): string {
  const secret = createSecret()
  return `${PREFIX}${secret}${checksumOf(secret)}`
}

/** Whether text is a token of ours as far as text can tell. */
export function looksLikeToken(text: unknown): text is string {
  if (typeof text !== 'string' || !text.startsWith(PREFIX)) return false
  const secret = text.slice(PREFIX.length, -CHECKSUM_LENGTH)
  return looksLikeSecret(secret) && text.endsWith(checksumOf(secret))
}

/** CRC-32 in base 36, of fixed length. It guards against mistakes, not against forgers. */
function checksumOf(secret: string): string {
  return crc32(secret).toString(36).padStart(CHECKSUM_LENGTH, '0')
}
