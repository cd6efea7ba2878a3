import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * The token in every form of a signed-in person: proof that the page came from us to this session.
 * A salted HMAC keyed by a random key of the session's row, so there is no server-wide key to keep; it
 * dies with the session, and outlives a change of the session's secret. The salt makes it another text
 * on every page, which takes the ground from compression attacks (BREACH).
 */

const SALT_BYTES = 16
const LABEL = 'latchkey form token v1'

export const FORM_TOKEN_FIELD = 'formToken'

/** A token for the session with this form key. */
export function createFormToken(formKey: string): string {
  const salt = randomBytes(SALT_BYTES).toString('base64url')
  return `${salt}.${signatureOf(formKey, salt)}`
}

/** Whether a token was made for the session with this form key. */
export function isFormToken(formKey: string, token: string): boolean {
  const [salt = '', signature = ''] = token.split('.', 2)
  const expected = Buffer.from(signatureOf(formKey, salt))
  const given = Buffer.from(signature)
  return expected.length === given.length && timingSafeEqual(expected, given)
}

function signatureOf(formKey: string, salt: string): string {
  return createHmac('sha256', formKey).update(`${LABEL} ${salt}`).digest('base64url')
}
