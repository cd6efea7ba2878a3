import { HOTP, Secret, TOTP } from 'otpauth'
import { seconds } from '../time'

/*
 * The codes of authenticator apps: RFC 6238 with what every app knows, which is SHA-1, six digits and
 * steps of 30 seconds.
 */

const DIGITS = 6
const STEP_SECONDS = 30
const ALGORITHM = 'SHA1'
/** How many steps a clock may be slow or fast. */
const TOLERANCE = 1
/** What RFC 4226 recommends, and what a hash of 160 bits can use. */
const KEY_BYTES = 20

const CODE = /^[0-9]{6}$/

/** A new key, which the app and we share. */
export const createKey = (): Uint8Array<ArrayBuffer> =>
  new Uint8Array(new Secret({ size: KEY_BYTES }).bytes)

/** The time step of a moment. */
export const stepAt = (at: Date): number => Math.floor(at.getTime() / seconds(STEP_SECONDS))

/** The code of a time step. */
export const codeOf = (key: Uint8Array, step: number): string =>
  HOTP.generate({ secret: secretOf(key), algorithm: ALGORITHM, digits: DIGITS, counter: step })

/** The step whose code this is, of those around a moment; null when it is none of theirs. */
export function matchingStep(key: Uint8Array, code: string, at: Date): number | null {
  // What has another length in bytes would make it throw.
  if (!CODE.test(code)) return null
  const delta = TOTP.validate({
    ...{ token: code, secret: secretOf(key), algorithm: ALGORITHM, digits: DIGITS },
    ...{ period: STEP_SECONDS, timestamp: at.getTime(), window: TOLERANCE },
  })
  return delta === null ? null : stepAt(at) + delta
}

/** The key as people type it into an app: base32, RFC 4648. */
export const keyAsText = (key: Uint8Array): string => secretOf(key).base32

/** Under which names apps keep a key. */
export type KeyLabel = { issuer: string; account: string }

/** What apps read from a picture: an address with the key, and under which names they keep it. */
export const keyAsAddress = (key: Uint8Array, { issuer, account }: KeyLabel): string =>
  new TOTP({
    ...{ issuer: issuer.replaceAll(':', ' '), label: account, secret: secretOf(key) },
    ...{ algorithm: ALGORITHM, digits: DIGITS, period: STEP_SECONDS },
  }).toString()

/** The key that `keyAsText` wrote; null for anything else. */
export function keyFromText(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Z2-7]{32}$/.test(text)) return null
  return new Uint8Array(Secret.fromBase32(text).bytes)
}

const secretOf = (key: Uint8Array) => new Secret({ buffer: new Uint8Array(key).buffer })
