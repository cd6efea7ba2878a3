import { hash, randomBytes } from 'node:crypto'

/**
 * Random secrets for API tokens and one-time links, and the random part of a session's (see
 * row-secret.ts). The holder has the secret; we keep its SHA-256. A plain hash is enough
 * because there are 256 random bits to guess, and looking a hash up by index leaks nothing useful by
 * its timing (Rack's CVE-2019-16782 was a lookup by the secret itself).
 */

const SECRET_BYTES = 32
const SECRET_TEXT = /^[A-Za-z0-9_-]{43}$/

/** A new secret: 32 random bytes in base64url, 43 characters. */
export function createSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}

/** Whether text could be a secret of ours. Spares the database what cannot be in it. */
export function looksLikeSecret(text: unknown): text is string {
  return typeof text === 'string' && SECRET_TEXT.test(text)
}

/** SHA-256 of a secret as base64: the key under which caches know it. */
export function secretKey(secret: string): string {
  return hash('sha256', secret, 'base64')
}

/** The same SHA-256 as bytes: what a row stores. */
export function hashSecret(secret: string): Uint8Array<ArrayBuffer> {
  return bytesOfKey(secretKey(secret))
}

/** From cache key to stored bytes. */
export function bytesOfKey(key: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(key, 'base64'))
}
