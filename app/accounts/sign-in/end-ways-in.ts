import type { Database, Transaction } from '~/database/types'
import type { NamedPerson, RecordAudit } from '../audit/record'
import type { OneTimeLinks } from '../one-time-links'
import type { Announce } from '../revocations'
import { deleteSessions } from '../sessions/delete-sessions'
import type { Clock } from '../time'
import { endPendingAndRemembered } from './pending-sign-ins'

/** What went with a password that was chosen by a link. */
export type EndedWays = { sessions: number; tokens: number; factors: number }

/**
 * Ends what else opens an account whose password is chosen by a link, under the lock of its person:
 * sessions, pending sign-ins, remembered devices, other links, and API tokens but those to keep.
 *
 * @param options.isFirstProof whether nobody ever showed before that they read the account's mailbox.
 *   Whoever made the account may be somebody else then, who would keep a way in: so factors go as well,
 *   and no token is kept.
 */
export async function endWaysIn(
  tx: Transaction,
  announce: Announce,
  user: NamedPerson,
  { keepTokens, isFirstProof }: { keepTokens: readonly string[]; isFirstProof: boolean },
  deps: {
    database: Pick<Database, 'giveReason'>
    links: Pick<OneTimeLinks, 'endThoseOfPassword'>
    record: RecordAudit
    clock: Clock
  },
): Promise<EndedWays> {
  const userId = user.id
  const where = { userId }
  const sessions = await deleteSessions(tx, announce, where, 'password-changed', deps)
  await endPendingAndRemembered(tx, userId)
  await deps.links.endThoseOfPassword(tx, userId)
  const kept = isFirstProof ? [] : keepTokens
  const tokens = await revokeTokens(tx, announce, user, kept, deps)
  const factors = isFirstProof ? await removeFactors(tx, userId) : 0
  return { sessions: sessions.length, tokens, factors }
}

async function revokeTokens(
  tx: Transaction,
  announce: Announce,
  user: NamedPerson,
  kept: readonly string[],
  { record }: { record: RecordAudit },
): Promise<number> {
  const where = { userId: user.id, id: { notIn: [...kept] } }
  const tokens = await tx.apiToken.findMany({ where, select: { id: true, name: true } })
  if (tokens.length === 0) return 0
  await tx.apiToken.deleteMany({ where })
  for (const details of tokens) {
    await record(tx, { kind: 'token.revoked', actor: user, subject: user, details })
  }
  announce({ type: 'tokens-ended', userId: user.id, tokenIds: tokens.map(({ id }) => id) })
  return tokens.length
}

async function removeFactors(tx: Transaction, userId: string): Promise<number> {
  const where = { userId }
  const { count: passkeys } = await tx.passkey.deleteMany({ where })
  const { count: authenticators } = await tx.authenticator.deleteMany({ where })
  await tx.recoveryCode.deleteMany({ where })
  await tx.knownDevice.deleteMany({ where })
  return passkeys + authenticators
}
