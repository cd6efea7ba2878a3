import { isIP } from 'node:net'
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { NewPasskey, PasskeyAnswer } from './schemas'
import { CHALLENGE_LIFETIME, type Ceremony, type Challenges } from './challenges'

/** A passkey as browsers speak of it. */
type Known = { credentialId: Uint8Array; transports: string }

/** Whether somebody signed for us, and if not, whether only the time was over. */
type Verdict<T> = ({ ok: true; challenge: string } & T) | { ok: false; isOver: boolean }

/**
 * Whether browsers make passkeys at this origin: not for an IP address, which may be somebody else's
 * tomorrow, and not where others on the network can change the page.
 */
export function passkeysOffered(origin: string): boolean {
  const { protocol, hostname } = new URL(origin)
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return false
  return protocol === 'https:' || hostname === 'localhost' || hostname.endsWith('.localhost')
}

export type PasskeySite = ReturnType<typeof createPasskeySite>

/**
 * The ceremonies of WebAuthn at our origin. A passkey belongs to the host name of that, for ever; it has to
 * be one that its device finds without being told which, and unlocks by a finger, a face or a PIN.
 */
export function createPasskeySite({
  site,
  siteName,
  challenges,
}: {
  /** Our origin. */
  site: string
  /** Under which browsers show it. */
  siteName: string
  challenges: Pick<Challenges, 'create' | 'judge'>
}) {
  const rpID = new URL(site).hostname
  const expected = { expectedOrigin: site, expectedRPID: rpID, requireUserVerification: true }

  /** What a browser is to be asked for to make a passkey. */
  function optionsToMake(
    ceremony: Ceremony,
    { user, known }: { user: { id: string; email: string; name: string }; known: Known[] },
  ) {
    return generateRegistrationOptions({
      rpName: siteName,
      rpID,
      challenge: bytesOf(challenges.create(ceremony)),
      userID: new Uint8Array(Buffer.from(user.id)),
      userName: user.email,
      userDisplayName: user.name,
      timeout: CHALLENGE_LIFETIME,
      attestationType: 'none',
      excludeCredentials: known.map(described),
      authenticatorSelection: {
        residentKey: 'required',
        requireResidentKey: true,
        userVerification: 'required',
      },
    })
  }

  /**
   * What a browser is to be asked for to use one.
   *
   * @param among only of somebody who has proved a right password or is signed in: it tells whether
   *   they have passkeys
   */
  function optionsToUse(ceremony: Ceremony, among: Known[] = []) {
    return generateAuthenticationOptions({
      rpID,
      challenge: bytesOf(challenges.create(ceremony)),
      timeout: CHALLENGE_LIFETIME,
      userVerification: 'required',
      ...(among.length > 0 && { allowCredentials: among.map(described) }),
    })
  }

  async function verifyNew(response: NewPasskey, ceremony: Ceremony) {
    return judged(ceremony, async (expectedChallenge) => {
      const { verified, registrationInfo } = await verifyRegistrationResponse({
        response,
        expectedChallenge,
        ...expected,
      })
      return verified ? { made: registrationInfo } : null
    })
  }

  async function verifyAnswer(
    response: PasskeyAnswer,
    ceremony: Ceremony,
    passkey: { publicKey: Uint8Array },
  ) {
    return judged(ceremony, async (expectedChallenge) => {
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response,
        expectedChallenge,
        ...expected,
        credential: {
          id: response.id,
          publicKey: new Uint8Array(passkey.publicKey),
          // Of a counter that goes backwards the library makes a refusal; see passkey-proofs.ts.
          counter: 0,
        },
      })
      return verified ? { counter: authenticationInfo.newCounter } : null
    })
  }

  /** The library throws whatever is wrong with an answer. */
  async function judged<T>(
    ceremony: Ceremony,
    verify: (expectedChallenge: (challenge: string) => boolean) => Promise<T | null>,
  ): Promise<Verdict<T>> {
    let challenge = ''
    let isOver = false
    const isExpected = (given: string) => {
      challenge = given
      const verdict = challenges.judge(given, ceremony)
      isOver = verdict === 'over'
      return verdict === 'good'
    }
    const verified = await verify(isExpected).catch(() => null)
    return verified ? { ok: true, challenge, ...verified } : { ok: false, isOver }
  }

  return { optionsToMake, optionsToUse, verifyNew, verifyAnswer }
}

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))

const described = ({ credentialId, transports }: Known) => ({
  id: Buffer.from(credentialId).toString('base64url'),
  transports: transports.split(' ').filter(Boolean),
})
