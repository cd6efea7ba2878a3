import { randomBytes } from 'node:crypto'
import { Secret } from 'otpauth'
import type { Transaction } from '~/database/types'
import { newId } from '../row-id'
import { hashSecret } from '../secret-token'

/*
 * Codes on paper, each of which works once in place of the authenticator or passkey that was lost.
 */

const HOW_MANY = 10
/** 80 bits: too many to guess from their hashes, and few enough to be typed. */
const CODE_BYTES = 10

/**
 * Makes ten codes in place of those that there were. The user's row is locked.
 *
 * @returns them, as they are shown this once
 */
export async function makeRecoveryCodes(
  tx: Transaction,
  userId: string,
  { sessionId, now }: { sessionId: string; now: Date },
): Promise<string[]> {
  const codes = Array.from({ length: HOW_MANY }, createCode)
  await tx.recoveryCode.deleteMany({ where: { userId } })
  await tx.recoveryCode.createMany({
    data: codes.map((code) => ({
      ...{ id: newId(), userId, codeHash: hashSecret(code) },
      ...{ createdAt: now, createdBySession: sessionId },
    })),
  })
  return codes.map(inGroups)
}

/** Uses a code up. Of two who send the same one, one gets how many are left; everybody else null. */
export async function useRecoveryCode(
  tx: Transaction,
  userId: string,
  typed: string,
): Promise<{ left: number } | null> {
  const codeHash = hashSecret(asMade(typed))
  const { count } = await tx.recoveryCode.deleteMany({ where: { userId, codeHash } })
  return count === 1 ? { left: await tx.recoveryCode.count({ where: { userId } }) } : null
}

/** In small letters and the digits from 2 to 7, of which none looks like another. */
function createCode(): string {
  const bytes = new Uint8Array(randomBytes(CODE_BYTES))
  return new Secret({ buffer: bytes.buffer }).base32.toLowerCase()
}

const inGroups = (code: string): string => code.match(/.{4}/g)!.join('-')

/** Without what people add, and with the letters for which they take 0 and 1. */
const asMade = (typed: string): string =>
  typed.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('0', 'o').replaceAll('1', 'l')
