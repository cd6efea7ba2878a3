import type { Database, Transaction } from '~/database/types'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import { afterRemoval } from '../factors/after-removal'
import { type FactorPolicy, isFactorDemanded } from '../factors/which'
import type { EnqueueMail } from '../mail'
import type { OneTimeLinks } from '../one-time-links'
import type { Announce, Revocations } from '../revocations'
import { sessionEnded, type SessionEnded } from '../sessions/end'
import type { SessionPolicy } from '../sessions/policy'
import type { Sessions } from '../sessions/sessions'
import type { Clock } from '../time'
import { byThemselves } from '../users/current-password'
import type { Acting } from '../viewer'
import { createChallenges } from './challenges'
import { createMakePasskey } from './make-passkey'
import { createPasskeyProofs } from './passkey-proofs'
import { createPasskeySignIn } from './passkey-sign-in'
import { createPasskeySite, passkeysOffered } from './passkey-site'

export type ListedPasskey = {
  id: string
  name: string
  createdAt: Date
  createdBySession: string
  lastUsedAt: Date | null
}

/** Passkeys: made, named and removed by their owner, and what they open. */
export function createPasskeys(deps: {
  database: Database
  revocations: Revocations
  sessions: Pick<Sessions, 'isStillActing' | 'isFreshlyActing'>
  limits: AttemptLimits
  record: RecordAudit
  enqueueMail: EnqueueMail
  links: OneTimeLinks
  clock: Clock
  policy: SessionPolicy
  factorPolicy: FactorPolicy
  /** Our origin. */
  site: string
  siteName: string
}) {
  const { database, revocations, sessions, limits, record, enqueueMail } = deps
  const challenges = createChallenges(deps)
  const site = createPasskeySite({ ...deps, challenges })
  const within = { ...deps, site, challenges }
  const proofs = createPasskeyProofs(within)

  /** A person's passkeys, newest first. */
  function list({ userId }: { userId: string }): Promise<ListedPasskey[]> {
    const select = { name: true, createdAt: true, createdBySession: true, lastUsedAt: true }
    return database.client.passkey.findMany({
      where: { userId },
      orderBy: { id: 'desc' },
      select: { id: true, ...select },
    })
  }

  /** Renames one of the person who asks. Another person's id finds nothing, like an unknown one. */
  async function rename(
    acting: Acting,
    { passkeyId, name }: { passkeyId: string; name: string },
  ): Promise<
    { ok: true } | { ok: false; code: 'NO_SUCH_PASSKEY' } | SessionEnded | TooManyAttempts
  > {
    const { user } = acting.viewer
    return limits.within({ limit: 'ownChange', of: user.id }, () =>
      onOwn(acting, passkeyId, async ({ tx, passkey }) => {
        if (passkey.name === name) return { ok: true as const }
        await tx.passkey.update({ where: { id: passkeyId }, data: { name } })
        const details = { from: passkey.name, to: name, id: passkeyId }
        await record(tx, { ...byThemselves(acting), kind: 'passkey.renamed', details })
        return { ok: true as const }
      }),
    )
  }

  /**
   * Removes one of the person who asks: it opens nothing from the answer on, and what a factor began or
   * spared begins anew.
   */
  async function remove(
    acting: Acting,
    passkeyId: string,
  ): Promise<
    | { ok: true; name: string }
    | { ok: false; code: 'NO_SUCH_PASSKEY' | 'FACTOR_DEMANDED' }
    /** Without a password, it is how this person comes in. */
    | { ok: false; code: 'LAST_WAY_IN' }
    | SessionEnded
  > {
    return onOwn(acting, passkeyId, async ({ tx, passkey: { name } }) => {
      const userId = acting.viewer.user.id
      const others = await tx.passkey.count({ where: { userId, id: { not: passkeyId } } })
      if (others === 0 && (await tx.password.count({ where: { userId } })) === 0) {
        return { ok: false as const, code: 'LAST_WAY_IN' as const }
      }
      if (others === 0 && (await isOnlyFactorDemanded(tx, userId))) {
        return { ok: false as const, code: 'FACTOR_DEMANDED' as const }
      }
      await tx.passkey.delete({ where: { id: passkeyId } })
      await afterRemoval(tx, userId)
      const details = { name, id: passkeyId }
      await record(tx, { ...byThemselves(acting), kind: 'passkey.removed', details })
      const mail = { kind: 'factor-removed', byAdministrator: false } as const
      await enqueueMail(tx, { userId }, { ...mail, factor: 'passkey', name })
      return { ok: true as const, name }
    })
  }

  /** Whether somebody needs a second factor and has none but passkeys. */
  async function isOnlyFactorDemanded(tx: Transaction, userId: string): Promise<boolean> {
    const { role } = await tx.user.findUniqueOrThrow({ where: { id: userId } })
    if (!isFactorDemanded(deps.factorPolicy, role)) return false
    return (await tx.authenticator.count({ where: { userId } })) === 0
  }

  /** Does something to a passkey of the person who asks, under their lock. */
  async function onOwn<T>(
    acting: Acting,
    id: string,
    work: (found: { tx: Transaction; announce: Announce; passkey: { name: string } }) => Promise<T>,
  ): Promise<T | { ok: false; code: 'NO_SUCH_PASSKEY' } | SessionEnded> {
    const { value } = await revocations.commit(async (tx, announce) => {
      if (!(await sessions.isFreshlyActing(tx, announce, acting))) return sessionEnded
      const where = { id, userId: acting.viewer.user.id }
      const passkey = await tx.passkey.findUnique({ where, select: { name: true } })
      if (!passkey) return { ok: false as const, code: 'NO_SUCH_PASSKEY' as const }
      return work({ tx, announce, passkey })
    })
    return value
  }

  return {
    /** Whether browsers know any here at all. */
    offered: passkeysOffered(deps.site),
    ...createMakePasskey(within),
    ...{ list, rename, remove },
    ...createPasskeySignIn({ ...deps, proofs }),
    /** For a second step, and for a step-up: who is asked is known already. */
    optionsFor: proofs.optionsFor,
    verifyFor: proofs.verifyFor,
    accept: proofs.accept,
  }
}
