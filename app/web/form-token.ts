import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * The token in every form of a signed-in person: proof that the page came from us to this session.
 * A salted HMAC keyed by the session's own secret, so there is nothing to store and no server-wide
 * key to keep, and it dies with the session. The salt makes it another text on every page, which
 * takes the ground from compression attacks (BREACH).
 */

const SALT_BYTES = 16
const LABEL = 'latchkey form token v1'

export const FORM_TOKEN_FIELD = 'formToken'

/** A token for the session with this secret. */
export function createFormToken(secret: string): string {
  const salt = randomBytes(SALT_BYTES).toString('base64url')
  return `${salt}.${signatureOf(secret, salt)}`
}

/** Whether a token was made for the session with this secret. */
export function isFormToken(secret: string, token: string): boolean {
  const [salt = '', signature = ''] = token.split('.', 2)
  const expected = Buffer.from(signatureOf(secret, salt))
  const given = Buffer.from(signature)
  return expected.length === given.length && timingSafeEqual(expected, given)
}

function signatureOf(secret: string, salt: string): string {
  return createHmac('sha256', secret).update(`${LABEL} ${salt}`).digest('base64url')
}
