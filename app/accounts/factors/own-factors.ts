import type { Database, Transaction } from '~/database/types'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import type { EnqueueMail } from '../mail'
import type { Announce, Revocations } from '../revocations'
import { sessionEnded, type SessionEnded } from '../sessions/end'
import type { StartedSession } from '../sessions/insert'
import type { SessionPolicy } from '../sessions/policy'
import { replaceSecret } from '../sessions/replace-secret'
import type { Sessions } from '../sessions/sessions'
import type { Clock } from '../time'
import { byThemselves } from '../users/current-password'
import type { Acting, Origin, Viewer } from '../viewer'
import type { AddFactor, AddRefusal } from './add-factor'
import { afterRemoval } from './after-removal'
import type { Proposal, Proposals } from './authenticator'
import type { FactorRefused } from './code-attempts'
import { mayReplaceLostFactor } from './lost-factor'
import type { ShownFactor, ShownFactors } from './shown-factor'
import { factorsOf, hasFactor, isFactorDemanded, type FactorPolicy } from './which'

/** What people do with their own second factors. */
export function createOwnFactors(deps: {
  database: Database
  revocations: Revocations
  sessions: Sessions
  shownFactors: ShownFactors
  addFactor: AddFactor
  limits: AttemptLimits
  record: RecordAudit
  enqueueMail: EnqueueMail
  clock: Clock
  policy: SessionPolicy
  factorPolicy: FactorPolicy
  proposals: Proposals
}) {
  const { database, revocations, sessions, shownFactors, addFactor, limits } = deps
  const { record, enqueueMail, clock, factorPolicy, proposals } = deps

  /** What stands on the page "Sign-in and security", without anything that opens something. */
  async function list({ user }: Viewer) {
    const { client } = database
    const where = { userId: user.id }
    const times = { createdAt: true, lastUsedAt: true } as const
    const [passkeys, password, authenticator, codesLeft, newestCode, devices, row] =
      await Promise.all([
        client.passkey.count({ where }),
        client.password.findUnique({ where, select: { changedAt: true } }),
        client.authenticator.findUnique({ where, select: times }),
        client.recoveryCode.count({ where }),
        client.recoveryCode.findFirst({ where, select: { createdAt: true } }),
        client.rememberedDevice.findMany({
          where: { ...where, expiresAt: { gt: clock.now() } },
          orderBy: { createdAt: 'desc' },
          omit: { tokenHash: true, userId: true, createdBySession: true },
        }),
        client.user.findUnique({ where: { id: user.id }, select: { linkToAddFactor: true } }),
      ])
    return {
      passkeys,
      passwordChangedAt: password?.changedAt ?? null,
      authenticator,
      recoveryCodes: newestCode && { left: codesLeft, createdAt: newestCode.createdAt },
      devices,
      isDemanded: isFactorDemanded(factorPolicy, user.role),
      linkNeeded: row?.linkToAddFactor ?? false,
    }
  }

  const find = ({ user }: Viewer) => factorsOf(database.client, user.id)

  /** A key for an authenticator, of which nothing is stored yet. */
  const proposeFor = ({ user, session }: Viewer): Proposal =>
    proposals.propose(session.formKey, user.email)

  /** The one that a page sent back, to be shown again; null when it is over. */
  const proposalFor = ({ user, session }: Viewer, signed: string): Proposal | null =>
    proposals.proposalIn(session.formKey, signed, user.email)

  /**
   * Stores the authenticator that was proposed. The session goes on under a new secret: it has shown the
   * factor now.
   */
  async function addAuthenticator(
    acting: Acting,
    proved: { proposal: string; code: string; linkSecret: string | undefined },
  ): Promise<
    | { ok: true; session: StartedSession; recoveryCodes: string[] | null }
    | AddRefusal
    | SessionEnded
    | TooManyAttempts
  > {
    const { viewer, ip } = acting
    const { formKey, id: sessionId } = viewer.session
    return within(acting, async (tx, announce) => {
      const user = await tx.user.findUniqueOrThrow({
        where: { id: viewer.user.id },
        select: { id: true, name: true, email: true },
      })
      const adding = { user, sessionId, formKey, ip }
      const replacesLost = await mayReplaceLostFactor(tx, viewer, clock.now())
      if (!replacesLost && !(await sessions.isFreshlyActing(tx, announce, acting))) {
        return sessionEnded
      }
      const added = await addFactor.addAuthenticator(tx, adding, { ...proved, replacesLost })
      if (!added.ok) return added
      const { recoveryCodes } = added
      const session = await noteShown(tx, announce, viewer, 'authenticator')
      return { ok: true, session, recoveryCodes }
    })
  }

  /** Shows a factor in a session that was begun without one, for what asks for it. */
  async function prove(
    acting: Acting,
    origin: Origin,
    shown: ShownFactor & { factor: 'authenticator' | 'passkey' },
  ): Promise<
    { ok: true; session: StartedSession } | FactorRefused | SessionEnded | TooManyAttempts
  > {
    const { viewer } = acting
    const { user, session } = viewer
    const { factor } = shown
    const attempt = { user, origin, sessionId: session.id, afterPassword: false }
    return shownFactors.tried(attempt, shown, async (accept) => {
      const { value } = await revocations.commit(async (tx, announce) => {
        if (!(await sessions.isStillActing(tx, announce, acting))) return sessionEnded
        const refusal = await accept(tx)
        if (refusal) return refusal
        const written = { ...byThemselves(acting), kind: 'second-step.proved' } as const
        await record(tx, { ...written, details: { factor } })
        const data = { authenticatedAt: clock.now() }
        await tx.session.update({ where: { id: session.id }, data })
        return { ok: true as const, session: await noteShown(tx, announce, viewer, factor) }
      })
      return value
    })
  }

  /** The session has shown a factor: from then on under a new secret, by which every node learns of it. */
  async function noteShown(
    tx: Transaction,
    announce: Announce,
    viewer: Viewer,
    secondFactor: 'authenticator' | 'passkey',
  ) {
    await tx.session.update({ where: { id: viewer.session.id }, data: { secondFactor } })
    return replaceSecret(tx, announce, viewer, 'factor-shown', deps)
  }

  /** Takes the authenticator away, with what went by it: nobody is left with codes for nothing. */
  async function removeAuthenticator(
    acting: Acting,
  ): Promise<{ ok: true } | { ok: false; code: 'FACTOR_DEMANDED' } | SessionEnded> {
    const { user } = acting.viewer
    const { value } = await revocations.commit(async (tx, announce) => {
      if (!(await sessions.isFreshlyActing(tx, announce, acting))) return sessionEnded
      const { passkeys } = await factorsOf(tx, user.id)
      const { role } = await tx.user.findUniqueOrThrow({ where: { id: user.id } })
      if (passkeys === 0 && isFactorDemanded(factorPolicy, role)) {
        return { ok: false as const, code: 'FACTOR_DEMANDED' as const }
      }
      const { count } = await tx.authenticator.deleteMany({ where: { userId: user.id } })
      if (count === 0) return done
      await afterRemoval(tx, user.id)
      const details = { factor: 'authenticator' }
      await record(tx, { ...byThemselves(acting), kind: 'factor.removed', details })
      const removed = { kind: 'factor-removed', byAdministrator: false } as const
      await enqueueMail(tx, { userId: user.id }, { ...removed, factor: 'authenticator' })
      return done
    })
    return value
  }

  /** New recovery codes in place of those that there are. */
  async function renewCodes(
    acting: Acting,
  ): Promise<
    | { ok: true; recoveryCodes: string[] }
    | { ok: false; code: 'NO_FACTOR' }
    | SessionEnded
    | TooManyAttempts
  > {
    const { viewer, ip } = acting
    const { user, session } = viewer
    return within(acting, async (tx, announce) => {
      if (!(await sessions.isFreshlyActing(tx, announce, acting))) return sessionEnded
      if (!hasFactor(await factorsOf(tx, user.id))) {
        return { ok: false as const, code: 'NO_FACTOR' as const }
      }
      const adding = { user, sessionId: session.id, ip }
      const recoveryCodes = await addFactor.makeCodes(tx, adding)
      const added = { kind: 'factor-added', factor: 'recovery-codes' } as const
      await enqueueMail(tx, { userId: user.id }, added)
      return { ok: true as const, recoveryCodes }
    })
  }

  /** Ends devices that are spared the second step: those with these ids, or all. Takes away, so it asks nothing. */
  async function forgetDevices(
    acting: Acting,
    ids?: readonly string[],
  ): Promise<{ ok: true; count: number } | SessionEnded> {
    const { id: userId } = acting.viewer.user
    const { value } = await revocations.commit(async (tx, announce) => {
      if (!(await sessions.isStillActing(tx, announce, acting))) return sessionEnded
      const where = { userId, ...(ids && { id: { in: [...ids] } }) }
      const { count } = await tx.rememberedDevice.deleteMany({ where })
      const details = { devices: count }
      if (count > 0)
        await record(tx, { ...byThemselves(acting), kind: 'devices.forgotten', details })
      return { ok: true as const, count }
    })
    return value
  }

  /** Something that adds to what lets this person in: counted, and under the lock. */
  function within<T extends { ok: boolean }>(
    acting: Acting,
    work: (tx: Transaction, announce: Announce) => Promise<T>,
  ): Promise<T | SessionEnded | TooManyAttempts> {
    return limits.within({ limit: 'provenChange', of: acting.viewer.user.id }, async () => {
      const { value } = await revocations.commit(async (tx, announce) => {
        if (!(await sessions.isStillActing(tx, announce, acting))) return sessionEnded
        return work(tx, announce)
      })
      return value
    })
  }

  return {
    ...{ list, find, proposeFor, proposalFor, addAuthenticator, prove },
    mayReplaceLost: (viewer: Viewer) => mayReplaceLostFactor(database.client, viewer, clock.now()),
    ...{ removeAuthenticator, renewCodes, forgetDevices },
  }
}

const done = { ok: true as const }
