import type { Database, Transaction } from '~/database/types'
import { addressKey } from '../addresses'
import { unexpiredToken } from '../api-tokens/verify-token'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import { afterRemoval } from '../factors/after-removal'
import type { EnqueueMail } from '../mail'
import type { LinkInvalid } from '../one-time-links'
import type { Revocations } from '../revocations'
import type { Clock } from '../time'
import type { Origin } from '../viewer'
import type { DisownSignIn } from './disown-sign-in'

/** What lets somebody in and is older than the sign-in that was disowned. */
export type OlderAccess = {
  kind: 'api-token' | 'passkey'
  id: string
  name: string
  createdAt: Date
  lastUsedAt: Date | null
}

/**
 * What is older than a disowned sign-in stays, since it is the owner's; they look it over by the same link
 * and take away what they do not know. No sign-in is needed for that, as it only takes away.
 */
export function createOlderAccess(deps: {
  database: Database
  revocations: Revocations
  disownSignIn: Pick<DisownSignIn, 'find'>
  limits: AttemptLimits
  record: RecordAudit
  enqueueMail: EnqueueMail
  clock: Clock
}) {
  const { database, revocations, disownSignIn, limits, record, enqueueMail, clock } = deps

  /** Oldest first. */
  async function list({ userId }: { userId: string }): Promise<OlderAccess[]> {
    const select = { id: true, name: true, createdAt: true, lastUsedAt: true } as const
    const orderBy = { id: 'asc' } as const
    const { apiToken, passkey } = database.client
    const [tokens, passkeys] = await Promise.all([
      apiToken.findMany({ where: { userId, ...unexpiredToken(clock.now()) }, select, orderBy }),
      passkey.findMany({ where: { userId }, select, orderBy }),
    ])
    return [
      ...tokens.map((token) => ({ kind: 'api-token' as const, ...token })),
      ...passkeys.map((key) => ({ kind: 'passkey' as const, ...key })),
    ]
  }

  /**
   * Takes one away. A passkey that is the only second factor stays: without it a new password alone would
   * open the account, to whoever reads the mailbox.
   */
  async function remove(
    secret: unknown,
    { kind, id }: Pick<OlderAccess, 'kind' | 'id'>,
    origin: Origin,
  ): Promise<{ ok: true } | { ok: false; code: 'LAST_FACTOR' } | LinkInvalid | TooManyAttempts> {
    const tooMany = await limits.take([{ limit: 'link', of: addressKey(origin.ip) }])
    if (tooMany) return tooMany
    const found = await disownSignIn.find(secret)
    // The order matters: before the press, an intruder's things would look like the owner's.
    if (!found?.outcome) return { ok: false, code: 'LINK_INVALID' }
    const { user } = found
    const entry = { actor: user, subject: user, ip: origin.ip }
    const { value } = await revocations.commit(async (tx, announce) => {
      await database.lockUsers(tx, [user.id])
      const row = await rowOf(tx, kind, { id, userId: user.id })
      if (!row) {
        announce({ type: 'already-gone' })
        return { ok: true as const }
      }
      const { name } = row
      if (kind === 'api-token') {
        await tx.apiToken.delete({ where: { id } })
        await record(tx, { ...entry, kind: 'token.revoked', details: { name, id } })
        announce({ type: 'tokens-ended', userId: user.id, tokenIds: [id] })
        return { ok: true as const }
      }
      if ((await factorsOf(tx, user.id)) < 2)
        return { ok: false as const, code: 'LAST_FACTOR' as const }
      await tx.passkey.delete({ where: { id } })
      await afterRemoval(tx, user.id)
      await record(tx, { ...entry, kind: 'passkey.removed', details: { name } })
      const mail = { kind: 'factor-removed', factor: 'passkey', name } as const
      await enqueueMail(tx, { userId: user.id }, { ...mail, byAdministrator: false })
      announce({ type: 'already-gone' })
      return { ok: true as const }
    })
    return value
  }

  return { list, remove }
}

const rowOf = (
  tx: Transaction,
  kind: OlderAccess['kind'],
  where: { id: string; userId: string },
): Promise<{ name: string } | null> =>
  kind === 'api-token'
    ? tx.apiToken.findFirst({ where, select: { name: true } })
    : tx.passkey.findFirst({ where, select: { name: true } })

const factorsOf = async (tx: Transaction, userId: string): Promise<number> =>
  (await tx.passkey.count({ where: { userId } })) +
  (await tx.authenticator.count({ where: { userId } }))
