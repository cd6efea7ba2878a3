import { randomBytes, timingSafeEqual } from 'node:crypto'
import { looksLikeId } from '../row-id'
import { bytesOfKey, createSecret, looksLikeSecret } from '../secret-token'

/**
 * The secret of a session as text, which is what its cookie holds: the id of its row, a dot, and 32
 * random bytes. The id finds the row, the stored SHA-256 of the whole text decides.
 *
 * The hash could find the row by itself, but hashes lie anywhere: in an index of them, ending a
 * thousand sessions of a person rewrites a thousand pages. Ids follow time, and need no index of
 * their own. The id is no secret, and says nothing to whoever holds the rest.
 */

const SEPARATOR = '.'
const ID_LENGTH = 36

/** A new secret for the session with this id. */
export function createSessionSecret(sessionId: string): string {
  return `${sessionId}${SEPARATOR}${createSecret()}`
}

const FORM_KEY_BYTES = 32

/** A new key for a session's form tokens. The browser never has it. */
export const createFormKey = (): Uint8Array<ArrayBuffer> =>
  new Uint8Array(randomBytes(FORM_KEY_BYTES))

/** Whether text could be the secret of a session. Spares the database what cannot be in it. */
export function looksLikeSessionSecret(text: unknown): text is string {
  return (
    typeof text === 'string' &&
    text[ID_LENGTH] === SEPARATOR &&
    looksLikeSecret(text.slice(ID_LENGTH + 1)) &&
    looksLikeId(text.slice(0, ID_LENGTH))
  )
}

/** The id of the session whose secret this would be. */
export const sessionIdOf = (secret: string): string => secret.slice(0, ID_LENGTH)

/** Whether the row that the id led to is that of the secret with this key; see secretKey. */
export function isRowOf(key: string, row: { tokenHash: Uint8Array }): boolean {
  const hash = bytesOfKey(key)
  return row.tokenHash.length === hash.length && timingSafeEqual(row.tokenHash, hash)
}
