import type { Client, Transaction } from '~/database/types'

/** By what somebody who is signed in can prove again who they are. */
export type ProofKind = 'password' | 'authenticator'

/**
 * Which of them this person may use, the one to be offered first in front: a factor that they have;
 * the password for who has no other. Whoever knows a password alone must not get by with it where
 * more was set up.
 */
export async function acceptedProofs(
  reader: Client | Transaction,
  userId: string,
): Promise<readonly ProofKind[]> {
  const hasAuthenticator = (await reader.authenticator.count({ where: { userId } })) > 0
  return [hasAuthenticator ? 'authenticator' : 'password']
}
