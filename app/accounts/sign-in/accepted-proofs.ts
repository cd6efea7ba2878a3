import type { Client, Transaction } from '~/database/types'

/** By what somebody who is signed in can prove again who they are. */
export const PROOF_KINDS = ['password'] as const
export type ProofKind = (typeof PROOF_KINDS)[number]

/**
 * Which of them this person may use, the one to be offered first in front: a factor that they have;
 * the password for who has no other. Whoever knows a password alone must not get by with it where
 * more was set up.
 */
export function acceptedProofs(
  _reader: Client | Transaction,
  _userId: string,
): Promise<readonly ProofKind[]> {
  return Promise.resolve(['password'])
}
