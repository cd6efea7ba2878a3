import type { Database, Transaction } from '~/database/types'
import { isUniqueViolation } from '~/database/errors'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import { mayReplaceLostFactor } from '../factors/own-factors'
import type { EnqueueMail } from '../mail'
import type { Announce, Revocations } from '../revocations'
import { newId } from '../row-id'
import { sessionEnded, type SessionEnded } from '../sessions/end'
import type { SessionPolicy } from '../sessions/policy'
import type { Sessions } from '../sessions/sessions'
import type { Clock } from '../time'
import { byThemselves } from '../users/current-password'
import type { Acting } from '../viewer'
import {
  type Ceremony,
  type ChallengeOver,
  challengeOver,
  createChallenges,
  unlessUsedMeanwhile,
} from './challenges'
import { KEEPERS } from './passkey-keepers'
import { createPasskeyProofs, passkeyRefused, type PasskeyRefused } from './passkey-proofs'
import { createPasskeySignIn } from './passkey-sign-in'
import { createPasskeySite, passkeysOffered } from './passkey-site'
import type { NewPasskey } from './schemas'

/** Passkeys a person may have: one for each device and key, and some to spare. */
export const MAX_PASSKEYS_PER_USER = 20

export type ListedPasskey = {
  id: string
  name: string
  createdAt: Date
  createdBySession: string
  lastUsedAt: Date | null
}

/** A passkey that was just made. */
type Made = {
  answer: NewPasskey
  browser: string
  /** What it is called unless its keeper is known by name: the browser, in words. */
  madeWith: string
}

type AddRefusal =
  | { ok: false; code: 'TOO_MANY_PASSKEYS' }
  /** The key keeps none itself, so that nobody could sign in with it alone. */
  | { ok: false; code: 'NOT_KEPT' }
  | { ok: false; code: 'ALREADY_KNOWN' }
  /** An administrator took this person's factors away; see User.linkToAddFactor. */
  | { ok: false; code: 'LINK_NEEDED' }
  | PasskeyRefused
  | ChallengeOver
  | SessionEnded

/** Passkeys: made, named and removed by their owner, and what they open. */
export function createPasskeys(deps: {
  database: Database
  revocations: Revocations
  sessions: Pick<Sessions, 'isStillActing' | 'isFreshlyActing'>
  limits: AttemptLimits
  record: RecordAudit
  enqueueMail: EnqueueMail
  clock: Clock
  policy: SessionPolicy
  /** Our origin. */
  site: string
}) {
  const { database, revocations, sessions, limits, record, enqueueMail, clock } = deps
  const challenges = createChallenges(deps)
  const site = createPasskeySite({ site: deps.site, challenges })
  const proofs = createPasskeyProofs({ ...deps, site, challenges })

  /** What the browser is to be asked for to make another one. */
  async function optionsToAdd({ viewer }: Acting, browser: string) {
    const { user, session } = viewer
    const select = { credentialId: true, transports: true }
    const known = await database.client.passkey.findMany({ where: { userId: user.id }, select })
    return site.optionsToMake(registrationIn(session.id, browser), { user, known })
  }

  /** Keeps a passkey that the person has just made. Returns what it is called. */
  async function add(
    acting: Acting,
    made: Made,
  ): Promise<{ ok: true; name: string } | AddRefusal | TooManyAttempts> {
    const { user, session } = acting.viewer
    if (made.answer.clientExtensionResults.credProps?.rk === false) {
      return { ok: false, code: 'NOT_KEPT' }
    }
    return limits.within({ limit: 'ownChange', of: user.id }, async () => {
      const verdict = await site.verifyNew(made.answer, registrationIn(session.id, made.browser))
      if (!verdict.ok) return verdict.isOver ? challengeOver : passkeyRefused
      try {
        return await unlessUsedMeanwhile(() => addNow(acting, made, verdict))
      } catch (error) {
        // Its maker said that it has none for us yet: somebody sends again what another person sent.
        if (isUniqueViolation(error, 'credentialId')) return alreadyKnown
        throw error
      }
    })
  }

  async function addNow(
    acting: Acting,
    { answer, madeWith }: Made,
    { made, challenge }: Extract<Awaited<ReturnType<typeof site.verifyNew>>, { ok: true }>,
  ): Promise<{ ok: true; name: string } | AddRefusal> {
    const { user, session } = acting.viewer
    const userId = user.id
    const { value } = await revocations.commit(async (tx, announce) => {
      const isActing = mayReplaceLostFactor(acting.viewer, clock.now())
        ? sessions.isStillActing
        : sessions.isFreshlyActing
      if (!(await isActing(tx, announce, acting))) return sessionEnded
      const { linkToAddFactor } = await tx.user.findUniqueOrThrow({
        where: { id: userId },
        select: { linkToAddFactor: true },
      })
      if (linkToAddFactor) return { ok: false as const, code: 'LINK_NEEDED' as const }
      if ((await tx.passkey.count({ where: { userId } })) >= MAX_PASSKEYS_PER_USER) {
        return { ok: false as const, code: 'TOO_MANY_PASSKEYS' as const }
      }
      if (!(await challenges.use(tx, challenge))) return challengeOver
      const id = newId()
      const name = KEEPERS[made.aaguid] ?? madeWith
      await tx.passkey.create({
        data: {
          ...{ id, userId, name },
          credentialId: new Uint8Array(Buffer.from(made.credential.id, 'base64url')),
          publicKey: made.credential.publicKey,
          counter: BigInt(made.credential.counter),
          transports: answer.response.transports.join(' '),
          createdAt: clock.now(),
          createdBySession: session.id,
        },
      })
      const details = { name, id }
      await record(tx, { ...byThemselves(acting), kind: 'passkey.added', details })
      await enqueueMail(tx, { userId }, { kind: 'factor-added', factor: 'passkey', name })
      announce({ type: 'access-granted', userId })
      return { ok: true as const, name }
    })
    return value
  }

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
    | { ok: false; code: 'NO_SUCH_PASSKEY' }
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
      await tx.passkey.delete({ where: { id: passkeyId } })
      await tx.pendingSignIn.deleteMany({ where: { userId } })
      await tx.rememberedDevice.deleteMany({ where: { userId } })
      const details = { name, id: passkeyId }
      await record(tx, { ...byThemselves(acting), kind: 'passkey.removed', details })
      const mail = { kind: 'factor-removed', byAdministrator: false } as const
      await enqueueMail(tx, { userId }, { ...mail, factor: 'passkey', name })
      return { ok: true as const, name }
    })
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
    ...{ optionsToAdd, add, list, rename, remove },
    ...createPasskeySignIn({ ...deps, proofs }),
    /** For a second step, and for a step-up: who is asked is known already. */
    optionsFor: proofs.optionsFor,
    verifyFor: proofs.verifyFor,
    accept: proofs.accept,
  }
}

const registrationIn = (sessionId: string, browser: string): Ceremony => ({
  purpose: 'register',
  browser,
  about: sessionId,
})

const alreadyKnown = { ok: false as const, code: 'ALREADY_KNOWN' as const }
