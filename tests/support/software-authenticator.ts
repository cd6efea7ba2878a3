import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'
import type { NewPasskey, PasskeyAnswer } from '../../app/accounts/sign-in/schemas'

/** What an honest browser takes from the page; a dishonest one says something else. */
export type Said = {
  origin: string
  rpId: string
  /** Whether a finger, a face or a PIN was there. */
  verified: boolean
  counter: number
  /** Whether the key kept the passkey itself. */
  kept: boolean
  userHandle: string
  /** Leads to another signature. */
  data: string
}

type Options = { challenge: string }
export type OptionsToMake = Options & { user: { id: string } }

const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04
const HAS_CREDENTIAL = 0x40

/**
 * A passkey and the browser that it is used in, without either: ES256 and no attestation, as most have it.
 *
 * @param origin of the page
 */
export function createSoftwareAuthenticator(origin: string, { aaguid = Buffer.alloc(16) } = {}) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const credentialId = randomBytes(32)
  const id = credentialId.toString('base64url')
  const honest = { origin, rpId: new URL(origin).hostname, verified: true, kept: true }
  let userHandle = ''
  let counter = 0

  /** What it says to the options of a registration. */
  function make({ challenge, user }: OptionsToMake, said: Partial<Said> = {}): NewPasskey {
    userHandle = user.id
    const length = Buffer.alloc(2)
    length.writeUInt16BE(credentialId.length)
    const attested = Buffer.concat([aaguid, length, credentialId, coseOf(publicKey)])
    const all = { ...honest, counter, ...said }
    const authData = Buffer.concat([headOf(all, HAS_CREDENTIAL), attested])
    const attestation = new Map<string, string | Uint8Array<ArrayBuffer> | Map<never, never>>([
      ['fmt', 'none'],
      ['attStmt', new Map<never, never>()],
      ['authData', new Uint8Array(authData)],
    ])
    return {
      ...{ id, rawId: id, type: 'public-key' },
      response: {
        clientDataJSON: clientDataOf('webauthn.create', challenge, all.origin).toString(
          'base64url',
        ),
        attestationObject: Buffer.from(isoCBOR.encode(attestation)).toString('base64url'),
        transports: ['internal'],
      },
      clientExtensionResults: { credProps: { rk: all.kept } },
    }
  }

  /** What it says to the options of a sign-in. */
  function use({ challenge }: Options, said: Partial<Said> = {}): PasskeyAnswer {
    const all = { ...honest, counter, userHandle, ...said }
    const clientData = clientDataOf('webauthn.get', challenge, all.origin)
    const authData = headOf(all)
    const signed = Buffer.concat([authData, sha256(all.data ?? clientData)])
    return {
      ...{ id, rawId: id, type: 'public-key' },
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: sign('sha256', signed, privateKey).toString('base64url'),
        userHandle: all.userHandle,
      },
      clientExtensionResults: {},
    }
  }

  return {
    id,
    make,
    use,
    /** Its next answers are counted like this. It counts nothing by itself: most passkeys do not. */
    count: (to: number) => (counter = to),
  }
}

export type SoftwareAuthenticator = ReturnType<typeof createSoftwareAuthenticator>

/** The beginning of the authenticator data (WebAuthn, 6.1). */
function headOf({ rpId, verified, counter }: Omit<Said, 'data' | 'userHandle'>, more = 0): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt8(USER_PRESENT | (verified ? USER_VERIFIED : 0) | more)
  head.writeUInt32BE(counter, 1)
  return Buffer.concat([sha256(rpId), head])
}

const clientDataOf = (type: string, challenge: string, origin: string) =>
  Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))

/** The public key in COSE form (RFC 9053): elliptic, ES256, P-256, x and y. */
function coseOf(key: KeyObject): Uint8Array {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))
  return isoCBOR.encode(
    new Map<number, number | Uint8Array<ArrayBuffer>>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, bytes(x)],
      [-3, bytes(y)],
    ]),
  )
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest()
