import type { Database, SecondFactor, Transaction } from '~/database/types'
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

/** What can be older than a disowned sign-in and lets somebody in, by itself or besides a password. */
export const OLDER_KINDS = ['api-token', 'passkey', 'authenticator', 'recovery-codes'] as const
export type OlderKind = (typeof OLDER_KINDS)[number]

export type OlderAccess = {
  kind: OlderKind
  /** Of an authenticator and of recovery codes, of which a person has one and one set, the person's. */
  id: string
  /** Of what its person named. */
  name: string | null
  createdAt: Date
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
    const select = { id: true, name: true, createdAt: true } as const
    const orderBy = { id: 'asc' } as const
    const onlyTime = { where, select: { createdAt: true } } as const
    const { apiToken, passkey, authenticator, recoveryCode } = database.client
    const [tokens, passkeys, app, codes] = await Promise.all([
      apiToken.findMany({ where: { ...where, ...unexpiredToken(clock.now()) }, select, orderBy }),
      passkey.findMany({ where, select, orderBy }),
      authenticator.findFirst(onlyTime),
      recoveryCode.findFirst(onlyTime),
    ])
    const unnamed = { id: userId, name: null }
    return [
      ...tokens.map((token) => ({ kind: 'api-token' as const, ...token })),
      ...passkeys.map((key) => ({ kind: 'passkey' as const, ...key })),
      ...(app ? [{ kind: 'authenticator' as const, ...unnamed, ...app }] : []),
      ...(codes ? [{ kind: 'recovery-codes' as const, ...unnamed, ...codes }] : []),
    ]
  }

  /**
   * Takes one away. The only second factor stays: without it a new password alone would open the account,
   * to whoever reads the mailbox. Whoever came in by something of that kind since is signed out: it is not
   * known by which.
   */
  async function remove(
    secret: unknown,
    chosen: Pick<OlderAccess, 'kind' | 'id'>,
    origin: Origin,
  ): Promise<{ ok: true } | { ok: false; code: 'LAST_FACTOR' } | LinkInvalid | TooManyAttempts> {
    const tooMany = await limits.take([{ limit: 'link', of: addressKey(origin.ip) }])
    if (tooMany) return tooMany
    const found = await disownSignIn.find(secret)
    // The order matters: before the press, an intruder's things would look like the owner's.
    if (!found?.outcome) return { ok: false, code: 'LINK_INVALID' }
    const { user, signedInAt } = found
    const { value } = await revocations.commit(async (tx, announce) => {
      await database.lockUsers(tx, [user.id])
      const row = await findOlder(tx, chosen, { userId: user.id, signedInAt })
      if (row && isFactor(chosen.kind) && (await countFactors(tx, user.id)) < 2) return lastFactor
      // Also where it is gone, or ended nothing else: it is answered when that is so on every node.
      announce({ type: 'already-gone' })
      if (row) await removeRow(tx, announce, { ...chosen, ...row }, { user, ip: origin.ip })
      return done
    })
    return value
  }

  async function removeRow(
    tx: Transaction,
    announce: Announce,
    { kind, id, name }: Pick<OlderAccess, 'kind' | 'id' | 'name'>,
    by: By,
  ) {
    const userId = by.user.id
    const entry = { actor: by.user, subject: by.user, ip: by.ip }
    if (kind === 'api-token') {
      await tx.apiToken.delete({ where: { id } })
      await record(tx, { ...entry, kind: 'token.revoked', details: { name, id } })
      return announce({ type: 'tokens-ended', userId, tokenIds: [id] })
    }
    const where = { userId }
    if (kind === 'passkey') await tx.passkey.delete({ where: { id } })
    else if (kind === 'authenticator') await tx.authenticator.deleteMany({ where })
    else await tx.recoveryCode.deleteMany({ where })
    await afterRemoval(tx, userId)
    await record(tx, {
      ...entry,
      ...(kind === 'passkey'
        ? { kind: 'passkey.removed', details: { name } }
        : { kind: 'factor.removed', details: { factor: kind } }),
    })
    const factor = kind === 'passkey' ? { factor: kind, name: name ?? '' } : { factor: kind }
    const mail = { kind: 'factor-removed', byAdministrator: false } as const
    await enqueueMail(tx, { userId }, { ...mail, ...factor })
    await endThoseBy(tx, announce, kind, by)
  }

  async function endThoseBy(
    tx: Transaction,
    announce: Announce,
    kind: keyof typeof SHOWN_AS,
    { user, ip }: By,
  ) {
    const userId = user.id
    // A browser that is spared the second step was spared it by any of them.
    const shown: SecondFactor[] = [SHOWN_AS[kind], 'remembered_device']
    const came = [{ secondFactor: { in: shown } }]
    const byIt = kind === 'passkey' ? [{ signedInBy: 'passkey' as const }] : []
    const where = { userId, OR: [...came, ...byIt] }
    const rows = await tx.session.findMany({ where, select: { id: true } })
    const which = { userId, ids: idsOf(rows) }
    const ended = await deleteSessions(tx, announce, which, 'account-secured', deps)
    if (ended.length === 0) return
    const details = { count: ended.length, sessions: ended }
    await record(tx, { kind: 'sessions.ended', actor: user, subject: user, ip, details })
  }

  return { list, remove }
}

type By = { user: NamedPerson; ip: string }

const done = { ok: true as const }
const lastFactor = { ok: false as const, code: 'LAST_FACTOR' as const }

/** What a session says of who took the second step with it. */
const SHOWN_AS = {
  passkey: 'passkey',
  authenticator: 'authenticator',
  'recovery-codes': 'recovery_code',
} as const satisfies Partial<Record<OlderKind, SecondFactor>>

/** Recovery codes only stand in for a factor. */
const isFactor = (kind: OlderKind): boolean => kind === 'passkey' || kind === 'authenticator'

/** What was chosen of the list, if it is there still. */
async function findOlder(
  tx: Transaction,
  { kind, id }: Pick<OlderAccess, 'kind' | 'id'>,
  { userId, signedInAt }: Disowned,
): Promise<{ name: string | null } | null> {
  const where = { userId, createdAt: { lt: signedInAt } }
  const named = { where: { ...where, id }, select: { name: true } } as const
  if (kind === 'api-token') return tx.apiToken.findFirst(named)
  if (kind === 'passkey') return tx.passkey.findFirst(named)
  if (id !== userId) return null
  const count =
    kind === 'authenticator'
      ? await tx.authenticator.count({ where })
      : await tx.recoveryCode.count({ where })
  return count > 0 ? { name: null } : null
}

const countFactors = async (tx: Transaction, userId: string): Promise<number> =>
  (await tx.passkey.count({ where: { userId } })) +
  (await tx.authenticator.count({ where: { userId } }))
