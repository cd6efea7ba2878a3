import { randomBytes, timingSafeEqual } from 'node:crypto'
import { looksLikeId } from './row-id'
import { bytesOfKey, createSecret, looksLikeSecret } from './secret-token'

/**
 * The secret of a row as text, which is what a cookie holds: of a session, a pending sign-in or a device.
 * It is the id of the row, a dot, and 32 random bytes. The id finds the row, the stored SHA-256 of the
 * whole text decides.
 *
 * The hash could find the row by itself, but hashes lie anywhere: in an index of them, ending a
 * thousand sessions of a person rewrites a thousand pages. Ids follow time, and need no index of
 * their own. The id is no secret, and says nothing to whoever holds the rest.
 */

const SEPARATOR = '.'
const ID_LENGTH = 36

/** A new secret for the row with this id. */
export function createRowSecret(id: string): string {
  return `${id}${SEPARATOR}${createSecret()}`
}

const FORM_KEY_BYTES = 32

/** A new key for the form tokens of a session or a pending sign-in. The browser never has it. */
export const createFormKey = (): Uint8Array<ArrayBuffer> =>
  new Uint8Array(randomBytes(FORM_KEY_BYTES))

/** Whether text could be the secret of a row. Spares the database what cannot be in it. */
export function looksLikeRowSecret(text: unknown): text is string {
  return (
    typeof text === 'string' &&
    text[ID_LENGTH] === SEPARATOR &&
    looksLikeSecret(text.slice(ID_LENGTH + 1)) &&
    looksLikeId(text.slice(0, ID_LENGTH))
  )
}

/** The id of the row whose secret this would be. */
export const rowIdOf = (secret: string): string => secret.slice(0, ID_LENGTH)

/** Whether the row that the id led to is that of the secret with this key; see secretKey. */
export function isRowOf(key: string, row: { tokenHash: Uint8Array }): boolean {
  const hash = bytesOfKey(key)
  return row.tokenHash.length === hash.length && timingSafeEqual(row.tokenHash, hash)
}
