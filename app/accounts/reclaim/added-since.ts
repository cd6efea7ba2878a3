import type { Transaction } from '~/database/types'
import { idsOf } from '../batches'
import type { OneTimeLinks } from '../one-time-links'
import type { Announce } from '../revocations'
import { endPendingAndRemembered } from '../sign-in/pending-sign-ins'

/** What was taken from an account because somebody else may have added it. Names, to be shown. */
export type Removed = {
  authenticator: boolean
  recoveryCodes: number
  passkeys: string[]
  apiTokens: string[]
}

/**
 * Takes away whatever was added to an account since a moment and would let somebody in: by any session,
 * since whoever signs in twice must not keep what the second session made. Links, half-done sign-ins and
 * remembered devices go however old they are, like at a change of the password. To be run under the lock
 * of the user.
 *
 * @param since.sessionId the session that is not trusted, whose sign-in may have made a factor before
 *   it was complete
 */
export async function removeAddedSince(
  tx: Transaction,
  announce: Announce,
  { userId, at, sessionId }: { userId: string; at: Date; sessionId?: string },
  links: Pick<OneTimeLinks, 'endThoseThatOpen'>,
): Promise<Removed> {
  const added = {
    userId,
    OR: [{ createdAt: { gte: at } }, ...(sessionId ? [{ createdBySession: sessionId }] : [])],
  }
  const named = { where: added, select: { id: true, name: true } }
  const tokens = await tx.apiToken.findMany(named)
  const passkeys = await tx.passkey.findMany(named)
  const tokenIds = idsOf(tokens)
  await tx.apiToken.deleteMany({ where: { id: { in: tokenIds } } })
  await tx.passkey.deleteMany({ where: { id: { in: idsOf(passkeys) } } })
  const authenticators = await tx.authenticator.deleteMany({ where: added })
  const recoveryCodes = await tx.recoveryCode.deleteMany({ where: added })
  await tx.knownDevice.deleteMany({ where: added })
  await endPendingAndRemembered(tx, userId)
  await links.endThoseThatOpen(tx, userId)
  if (tokenIds.length > 0) announce({ type: 'tokens-ended', userId, tokenIds })
  return {
    authenticator: authenticators.count > 0,
    recoveryCodes: recoveryCodes.count,
    passkeys: passkeys.map(({ name }) => name),
    apiTokens: tokens.map(({ name }) => name),
  }
}
