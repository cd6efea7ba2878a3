import type { Client, Database, Transaction } from '~/database/types'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import type { FactorRefused } from '../factors/code-attempts'
import type { ShownFactor, ShownFactors } from '../factors/shown-factor'
import type { EnqueueMail } from '../mail'
import type { Announce, Revocations } from '../revocations'
import { isFresh } from '../sessions/acting-session'
import { sessionEnded, type SessionEnded } from '../sessions/end'
import type { StartedSession } from '../sessions/insert'
import type { SessionPolicy } from '../sessions/policy'
import { renewSecret } from '../sessions/replace-secret'
import type { Sessions } from '../sessions/sessions'
import type { Clock } from '../time'
import { byThemselves, createCurrentPassword, type WrongPassword } from '../users/current-password'
import type { Acting, Origin, Viewer } from '../viewer'
import { acceptedProofs, type ProofKind } from './accepted-proofs'
import { passkeyRefused } from './passkey-proofs'
import type { Passwords } from './passwords'
import { passkeyAnswerIn } from './schemas'

/** What somebody gives to prove again who they are, as their browser sends it. */
export type GivenProof = {
  kind: ProofKind
  text: string
  /** The secret in the cookie of the browser's ceremonies, by which a passkey's answer is tied to it. */
  browser: string
}

/** Not one by which this person may prove it, or not any more: a factor was set up meanwhile. */
type NotAccepted = { ok: false; code: 'NOT_ACCEPTED' }
type Refusal = SessionEnded | WrongPassword | FactorRefused | NotAccepted | TooManyAttempts

type Proved = { ok: true; session: StartedSession }

/**
 * Step-up: somebody who is signed in proves again that it is them. For a quarter of an hour that opens
 * what a browser which was left alone, or a stolen cookie, must not: see FRESH_FOR and StepUpNeeded.
 */
export function createStepUp(deps: {
  database: Database
  revocations: Revocations
  sessions: Sessions
  passwords: Passwords
  shownFactors: ShownFactors
  limits: AttemptLimits
  record: RecordAudit
  enqueueMail: EnqueueMail
  clock: Clock
  policy: SessionPolicy
}) {
  const { database, revocations, sessions, shownFactors, limits, record, clock, policy } = deps
  const current = createCurrentPassword(deps)

  /**
   * Checks the proof, and gives the session a new secret with the time of it: a copy of the cookie
   * from before is worth nothing any more.
   */
  async function prove(
    acting: Acting,
    origin: Origin,
    { kind, text, browser }: GivenProof,
  ): Promise<Proved | Refusal> {
    if (!(await isAccepted(database.client, acting, kind))) return notAccepted
    switch (kind) {
      case 'password':
        return byPassword(acting, text)
      case 'authenticator':
        return byFactor(acting, origin, { factor: kind, code: text })
      case 'passkey': {
        const answer = passkeyAnswerIn(text)
        return answer ? byFactor(acting, origin, { factor: kind, answer, browser }) : passkeyRefused
      }
    }
  }

  async function byPassword(acting: Acting, text: string): Promise<Proved | Refusal> {
    const proof = await current.prove(acting, text)
    if (!proof.ok) return proof
    return within(acting, () =>
      renew(acting, 'password', (tx, announce) =>
        current.refusalNow(tx, announce, acting, proof.hash),
      ),
    )
  }

  function byFactor(
    acting: Acting,
    origin: Origin,
    shown: ShownFactor & { factor: ProofKind },
  ): Promise<Proved | Refusal> {
    const attempt = { ...attemptOf(acting.viewer), origin }
    return within(acting, () =>
      shownFactors.tried<Proved | Refusal>(attempt, shown, (accept) =>
        renew(acting, shown.factor, accept),
      ),
    )
  }

  const within = <T extends { ok: boolean }>({ viewer }: Acting, work: () => Promise<T>) =>
    limits.within({ limit: 'stepUp', of: viewer.user.id }, work)

  /** Under the lock: gives the session its new secret, unless the proof does not hold. */
  async function renew<R extends { ok: false }>(
    acting: Acting,
    kind: ProofKind,
    refusalNow: (tx: Transaction, announce: Announce) => Promise<R | null>,
  ): Promise<Proved | SessionEnded | NotAccepted | R> {
    const { value } = await revocations.commit(async (tx, announce) => {
      if (!(await sessions.isStillActing(tx, announce, acting))) return sessionEnded
      if (!(await isAccepted(tx, acting, kind))) return notAccepted
      const refusal = await refusalNow(tx, announce)
      if (refusal) return refusal
      const renewed = { authenticatedAt: clock.now(), policy }
      const session = await renewSecret(tx, announce, acting.viewer, renewed)
      const details = { proof: kind }
      await record(tx, { ...byThemselves(acting), kind: 'session.proved', details })
      return { ok: true as const, session }
    })
    return value
  }

  /** By what the person may prove it. */
  const accepted = (userId: string) => acceptedProofs(database.client, userId)

  /** What the browser is to be asked for, to prove it by a passkey of the person who is in this session. */
  const optionsFor = (viewer: Viewer, browser: string) =>
    shownFactors.optionsFor(attemptOf(viewer), browser)

  /** Whether no proof is asked for yet. Decided once more by what acts, under the lock. */
  const isFreshNow = ({ session }: Viewer) => isFresh(session, clock.now())

  return { prove, accepted, optionsFor, isFresh: isFreshNow }
}

const attemptOf = ({ user, session }: Viewer) => ({
  ...{ user, sessionId: session.id, afterPassword: false },
})

const isAccepted = async (reader: Client | Transaction, { viewer }: Acting, kind: ProofKind) =>
  (await acceptedProofs(reader, viewer.user.id)).includes(kind)

const notAccepted = { ok: false as const, code: 'NOT_ACCEPTED' as const }
