import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { isUniqueViolation } from '~/database/errors'
import type { Database, Transaction } from '~/database/types'
import { type Clock, minutes } from '../time'

/** What a passkey is asked for. */
export type Ceremony = {
  purpose: 'register' | 'sign-in' | 'second-step' | 'step-up'
  /** The secret in the cookie that ties the ceremony to one browser. */
  browser: string
  /** The id of the session or of the pending sign-in that it is about; null before there is either. */
  about: string | null
}

/** How long somebody may look for their key, and then for its PIN. */
export const CHALLENGE_LIFETIME = minutes(5)

const NONCE_BYTES = 16
const TIME_BYTES = 6
const SIGNATURE_BYTES = 32
const SIGNED_BYTES = NONCE_BYTES + TIME_BYTES

export type Challenges = ReturnType<typeof createChallenges>

/**
 * What passkeys sign, so that no answer works twice or elsewhere. A challenge holds its own end and our
 * signature over what it was made for: nothing is stored until it is answered, and any node can tell a
 * challenge of another.
 */
export function createChallenges({
  database,
  clock,
}: {
  database: Pick<Database, 'identity'>
  clock: Clock
}) {
  const key = createHmac('sha256', database.identity).update('latchkey challenges v1').digest()

  /** A new one, in base64url. */
  function create(ceremony: Ceremony): string {
    const end = Buffer.alloc(TIME_BYTES)
    end.writeUIntBE(clock.time() + CHALLENGE_LIFETIME, 0, TIME_BYTES)
    const signed = Buffer.concat([randomBytes(NONCE_BYTES), end])
    return Buffer.concat([signed, signatureOf(signed, ceremony)]).toString('base64url')
  }

  /** Whether it is ours and made for this ceremony, and if so, whether its time is over. */
  function judge(challenge: string, ceremony: Ceremony): 'good' | 'over' | 'foreign' {
    const bytes = Buffer.from(challenge, 'base64url')
    if (bytes.length !== SIGNED_BYTES + SIGNATURE_BYTES) return 'foreign'
    const signed = bytes.subarray(0, SIGNED_BYTES)
    const signature = bytes.subarray(SIGNED_BYTES)
    if (!timingSafeEqual(signature, signatureOf(signed, ceremony))) return 'foreign'
    return endOf(bytes) > clock.time() ? 'good' : 'over'
  }

  /**
   * Uses a good challenge up, in the transaction of what it was answered for. False when it was used
   * before.
   *
   * @throws ChallengeUsed when another transaction uses it at this moment; see unlessUsedMeanwhile
   */
  async function use(tx: Transaction, challenge: string): Promise<boolean> {
    const bytes = Buffer.from(challenge, 'base64url')
    // Of its bytes, since one challenge can be spelled in several ways.
    const id = new Uint8Array(hash('sha256', bytes, 'buffer'))
    if (await tx.usedChallenge.findUnique({ where: { hash: id } })) return false
    const data = { hash: id, expiresAt: new Date(endOf(bytes)) }
    await tx.usedChallenge.create({ data }).catch((error: unknown) => {
      throw isUniqueViolation(error) ? new ChallengeUsed() : error
    })
    return true
  }

  function signatureOf(signed: Uint8Array, { purpose, browser, about }: Ceremony): Buffer {
    // JSON keeps the parts apart, whatever is in them.
    const made = JSON.stringify([purpose, browser, about])
    return createHmac('sha256', key).update(signed).update(made).digest()
  }

  return { create, judge, use }
}

class ChallengeUsed extends Error {}

export type ChallengeOver = { ok: false; code: 'CHALLENGE_OVER' }
export const challengeOver: ChallengeOver = { ok: false, code: 'CHALLENGE_OVER' }

/** What `work` says; of two transactions that use one challenge at once, the later one is told so. */
export async function unlessUsedMeanwhile<T>(work: () => Promise<T>): Promise<T | ChallengeOver> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ChallengeUsed) return challengeOver
    throw error
  }
}

const endOf = (bytes: Buffer): number => bytes.readUIntBE(NONCE_BYTES, TIME_BYTES)
