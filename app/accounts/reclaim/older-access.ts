import type { Database, Transaction } from '~/database/types'
import { addressKey } from '../addresses'
import { unexpiredToken } from '../api-tokens/verify-token'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { NamedPerson, RecordAudit } from '../audit/record'
import { idsOf } from '../batches'
import { afterRemoval } from '../factors/after-removal'
import type { EnqueueMail } from '../mail'
import type { LinkInvalid } from '../one-time-links'
import type { Announce, Revocations } from '../revocations'
import { deleteSessions } from '../sessions/delete-sessions'
import type { Clock } from '../time'
import type { Origin } from '../viewer'
import type { DisownSignIn } from './disown-sign-in'

type Disowned = { userId: string; signedInAt: Date }

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

  /**
   * Oldest first. What was added since the sign-in went when that was disowned: what there is of it by now
   * is the owner's, and no matter of a link that may be in a mailbox which they gave up.
   */
  async function list({ userId, signedInAt }: Disowned): Promise<OlderAccess[]> {
    const where = { userId, createdAt: { lt: signedInAt } }
    const select = { id: true, name: true, createdAt: true, lastUsedAt: true } as const
    const orderBy = { id: 'asc' } as const
    const { apiToken, passkey } = database.client
    const [tokens, passkeys] = await Promise.all([
      apiToken.findMany({ where: { ...where, ...unexpiredToken(clock.now()) }, select, orderBy }),
      passkey.findMany({ where, select, orderBy }),
    ])
    return [
      ...tokens.map((token) => ({ kind: 'api-token' as const, ...token })),
      ...passkeys.map((key) => ({ kind: 'passkey' as const, ...key })),
    ]
  }

  /**
   * Takes one away. A passkey that is the only second factor stays: without it a new password alone would
   * open the account, to whoever reads the mailbox. Whoever came in by a passkey since is signed out: it is
   * not known by which.
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
    const { user, signedInAt } = found
    const entry = { actor: user, subject: user, ip: origin.ip }
    const { value } = await revocations.commit(async (tx, announce) => {
      await database.lockUsers(tx, [user.id])
      const row = await rowOf(tx, kind, { id, userId: user.id, createdAt: { lt: signedInAt } })
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
      await endThoseByPasskey(tx, announce, { user, ip: origin.ip })
      announce({ type: 'already-gone' })
      return { ok: true as const }
    })
    return value
  }

  async function endThoseByPasskey(
    tx: Transaction,
    announce: Announce,
    { user, ip }: { user: NamedPerson; ip: string },
  ) {
    const userId = user.id
    const came = { OR: [{ signedInBy: 'passkey' as const }, { secondFactor: 'passkey' as const }] }
    const rows = await tx.session.findMany({ where: { userId, ...came }, select: { id: true } })
    const which = { userId, ids: idsOf(rows) }
    const ended = await deleteSessions(tx, announce, which, 'account-secured', deps)
    if (ended.length === 0) return
    const details = { count: ended.length, sessions: ended }
    await record(tx, { kind: 'sessions.ended', actor: user, subject: user, ip, details })
  }

  return { list, remove }
}

const rowOf = (
  tx: Transaction,
  kind: OlderAccess['kind'],
  where: { id: string; userId: string; createdAt: { lt: Date } },
): Promise<{ name: string } | null> =>
  kind === 'api-token'
    ? tx.apiToken.findFirst({ where, select: { name: true } })
    : tx.passkey.findFirst({ where, select: { name: true } })

const factorsOf = async (tx: Transaction, userId: string): Promise<number> =>
  (await tx.passkey.count({ where: { userId } })) +
  (await tx.authenticator.count({ where: { userId } }))
