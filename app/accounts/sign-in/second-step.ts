import type { Database, SecondFactor, Transaction } from '~/database/types'
import type { TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import { rememberDevice, REMEMBERED_FOR } from '../devices/remembered-devices'
import type { Adding, AddFactor, AddRefusal } from '../factors/add-factor'
import type { Proposal, Proposals } from '../factors/authenticator'
import type { FactorRefused } from '../factors/code-attempts'
import type { ShownFactor, ShownFactors } from '../factors/shown-factor'
import { factorsOf, hasFactor, type OwnFactors } from '../factors/which'
import type { EnqueueMail } from '../mail'
import type { Announce, Revocations } from '../revocations'
import { endReplaced, findReplaced, lockBoth } from '../sessions/end-replaced'
import { insertSession, type StartedSession } from '../sessions/insert'
import type { SessionPolicy } from '../sessions/policy'
import type { Clock } from '../time'
import type { Origin } from '../viewer'
import type { MadePasskey, MakeRefusal, MakingPasskeys, StoreRefusal } from './make-passkey'
import { consumePending, findPending, type PendingSignIn } from './pending-sign-ins'

/** It took too long, was finished already, or was ended by what ends all of that person's. */
export type PendingOver = { ok: false; code: 'PENDING_OVER' }

/** With what its person can take the second step with, or whether they have to make that first. */
export type FoundPending = PendingSignIn & {
  factors: OwnFactors
  mustEnrol: boolean
  /** Whether that takes a link which an administrator hands over. */
  linkNeeded: boolean
}

/** The whole sign-in is done. */
export type Finished = {
  ok: true
  session: StartedSession
  /** The secret by which this browser is spared the second step from now on, when that was wanted. */
  remembered: string | null
}

/** The same, by a factor that was made on the way, with what is to be shown this once. */
type Enrolled = Finished & { recoveryCodes: string[] | null }

/** Where the second step is taken: in which browser, and which session of its ends with that. */
export type FinishingIn = { origin: Origin; replacing: string | undefined }

type Step = FinishingIn & { secret: unknown }

/** How a pending sign-in becomes a session: by a factor, or by making the first one where one is demanded. */
export function createSecondStep(deps: {
  database: Database
  revocations: Revocations
  shownFactors: ShownFactors
  addFactor: AddFactor
  record: RecordAudit
  enqueueMail: EnqueueMail
  clock: Clock
  policy: SessionPolicy
  proposals: Proposals
  makingPasskeys: MakingPasskeys
}) {
  const { database, revocations, shownFactors, addFactor, record, clock } = deps
  const { proposals, makingPasskeys } = deps

  /** The pending sign-in of this secret, with what its person can take the second step with. */
  async function find(secret: unknown): Promise<FoundPending | null> {
    const pending = await findPending(database.client, secret, clock.now())
    if (!pending) return null
    const { id } = pending.user
    const factors = await factorsOf(database.client, id)
    const user = await database.client.user.findUnique({ where: { id } })
    const mustEnrol = pending.mayEnrol && !hasFactor(factors)
    return { ...pending, factors, mustEnrol, linkNeeded: user?.linkToAddFactor ?? false }
  }

  /** By a passkey, a code of the authenticator, or a recovery code. */
  async function byFactor(
    { secret, origin, replacing }: Step,
    { remember, ...shown }: ShownFactor & { remember: boolean },
  ): Promise<Finished | PendingOver | FactorRefused | TooManyAttempts> {
    const pending = await findPending(database.client, secret, clock.now())
    if (!pending) return pendingOver
    const attempt = { ...attemptOf(pending), user: named(pending.user), origin }
    return shownFactors.tried(attempt, shown, (accept) =>
      inOne({ secret, origin, replacing }, async (tx, announce, waiting) => {
        const refusal = await accept(tx)
        if (refusal) return refusal
        const proved = { secondFactor: shown.factor, remember, origin }
        return finish(tx, announce, waiting, proved)
      }),
    )
  }

  /** What the browser is to be asked for, to take it by a passkey. The password was right, so it may name them. */
  const optionsFor = (pending: PendingSignIn, browser: string) =>
    shownFactors.optionsFor(attemptOf(pending), browser)

  /**
   * By setting up an authenticator as the first factor, for whom one is demanded. Another browser may have
   * made one meanwhile: then that has to be shown, and this is over.
   */
  async function byEnrolling(
    step: Step,
    proved: { proposal: string; code: string; linkSecret: string | undefined },
  ): Promise<Enrolled | PendingOver | AddRefusal> {
    return enrolling(step, 'authenticator', (tx, _, pending) => {
      const adding = addingIn(pending, step.origin)
      return addFactor.addAuthenticator(tx, adding, { ...proved, replacesLost: false })
    })
  }

  /** What the browser is to be asked for to make a passkey as the first factor. */
  const optionsToEnrol = ({ user, id }: PendingSignIn, browser: string) =>
    makingPasskeys.optionsToMake({ user, sessionId: id }, browser)

  /** The same by a passkey. */
  async function byEnrollingPasskey(
    step: Step,
    made: MadePasskey,
  ): Promise<Enrolled | PendingOver | MakeRefusal | TooManyAttempts> {
    const asked = await findPending(database.client, step.secret, clock.now())
    if (!asked) return pendingOver
    const maker = { user: asked.user, sessionId: asked.id }
    return makingPasskeys.checked(maker, made, (verdict) =>
      enrolling<StoreRefusal>(step, 'passkey', (tx, announce, pending) => {
        const adding = { ...addingIn(pending, step.origin), replacesLost: false }
        return makingPasskeys.store(tx, announce, adding, made, verdict)
      }),
    )
  }

  /** Adds the first factor, and finishes with it. */
  async function enrolling<R extends { ok: false }>(
    step: Step,
    secondFactor: SecondFactor,
    add: (
      tx: Transaction,
      announce: Announce,
      pending: PendingSignIn,
    ) => Promise<{ ok: true; recoveryCodes: string[] | null } | R>,
  ): Promise<Enrolled | PendingOver | R> {
    const { origin } = step
    return inOne<Enrolled | PendingOver | R>(step, async (tx, announce, pending) => {
      if (!pending.mayEnrol || hasFactor(await factorsOf(tx, pending.user.id))) return pendingOver
      const added = await add(tx, announce, pending)
      if (!added.ok) return added
      const proved = { secondFactor, remember: false, origin }
      const finished = await finish(tx, announce, pending, proved)
      return finished.ok ? { ...finished, recoveryCodes: added.recoveryCodes } : finished
    })
  }

  /** Runs `work` under the lock, with the pending sign-in as it is then, and ends what is replaced. */
  async function inOne<T extends { ok: boolean }>(
    { secret, origin, replacing }: Step,
    work: (tx: Transaction, announce: Announce, pending: PendingSignIn) => Promise<T>,
  ): Promise<T | PendingOver> {
    const { value } = await revocations.commit(async (tx, announce) => {
      const before = await findPending(tx, secret, clock.now())
      if (!before) return pendingOver
      const replaced = await findReplaced(tx, replacing)
      await lockBoth(tx, before.user.id, replaced, database)
      const pending = await findPending(tx, secret, clock.now())
      if (!pending) return pendingOver
      const result = await work(tx, announce, pending)
      if (result.ok) await endReplaced(tx, announce, replaced, origin, deps)
      return result
    })
    return value
  }

  /**
   * The last step: the pending sign-in goes, and the session comes in its place, under the same id. For
   * whoever has seen the second factor, in the same transaction and under the user's lock.
   */
  async function finish(
    tx: Transaction,
    announce: Announce,
    pending: PendingSignIn,
    {
      secondFactor,
      remember,
      origin,
    }: { secondFactor: SecondFactor; remember: boolean; origin: Origin },
  ): Promise<Finished | PendingOver> {
    if (!(await consumePending(tx, pending.id))) return pendingOver
    const { id, kept, startedBy } = pending
    const user = named(pending.user)
    const proof = { signedInBy: startedBy, secondFactor }
    const session = await insertSession(tx, announce, { id, user, kept, origin, proof }, deps)
    // Whoever found a recovery code is not spared the question for a month.
    if (!remember || secondFactor === 'recovery_code') {
      return { ok: true, session, remembered: null }
    }
    const now = clock.now()
    const remembered = await rememberDevice(tx, user.id, { origin, sessionId: id, now })
    const details = { days: REMEMBERED_FOR / DAY, userAgent: origin.userAgent }
    const written = { actor: user, subject: user, sessionId: id, ip: origin.ip, details }
    await record(tx, { ...written, kind: 'device.remembered' })
    return { ok: true, session, remembered }
  }

  /** An authenticator to be enrolled on the way. */
  const proposeFor = ({ formKey, user }: PendingSignIn): Proposal =>
    proposals.propose(formKey, user.email)

  /** The one that a page of it sent back, to be shown again; null when it is over. */
  const proposalFor = ({ formKey, user }: PendingSignIn, signed: string): Proposal | null =>
    proposals.proposalIn(formKey, signed, user.email)

  return {
    ...{ find, optionsFor, byFactor, proposeFor, proposalFor },
    ...{ byEnrolling, optionsToEnrol, byEnrollingPasskey },
  }
}

const DAY = 24 * 60 * 60 * 1000

const addingIn = ({ user, id, formKey }: PendingSignIn, { ip }: Origin): Adding => ({
  ...{ user, sessionId: id, formKey, ip },
})

const attemptOf = ({ id: sessionId, user }: PendingSignIn) => ({
  ...{ user, sessionId, afterPassword: true },
})

const named = ({ id, name }: { id: string; name: string }) => ({ id, name })

const pendingOver: PendingOver = { ok: false, code: 'PENDING_OVER' }
