import type { Client, Transaction } from '~/database/types'

/** By what somebody who is signed in can prove again who they are. */
export type ProofKind = 'password' | 'authenticator' | 'passkey'

/**
 * Which of them this person may use: the factors that they have; the password for who has no other.
 * Whoever knows a password alone must not get by with it where more was set up, in no browser: one that
 * cannot ask for a passkey would else be the one to use with a stolen password.
 */
export async function acceptedProofs(
  reader: Client | Transaction,
  userId: string,
): Promise<readonly ProofKind[]> {
  const where = { userId }
  const factors: ProofKind[] = []
  if ((await reader.authenticator.count({ where })) > 0) factors.push('authenticator')
  if ((await reader.passkey.count({ where })) > 0) factors.push('passkey')
  return factors.length > 0 ? factors : ['password']
}
