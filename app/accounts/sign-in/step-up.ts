import type { Client, Database, Transaction } from '~/database/types'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import { createCodeAttempts, wrongCode } from '../factors/code-attempts'
import type { EnqueueMail } from '../mail'
import type { Announce, Revocations } from '../revocations'
import { isFresh } from '../sessions/acting-session'
import { sessionEnded, type SessionEnded } from '../sessions/end'
import type { StartedSession } from '../sessions/insert'
import type { SessionPolicy } from '../sessions/policy'
import { renewSecret } from '../sessions/replace-secret'
import type { Sessions } from '../sessions/sessions'
import type { Clock } from '../time'
import { byThemselves, createCurrentPassword } from '../users/current-password'
import type { Acting, Viewer } from '../viewer'
import { acceptedProofs, type ProofKind } from './accepted-proofs'
import type { Passwords } from './passwords'

/** What somebody gives to prove again who they are. */
export type GivenProof = { kind: ProofKind; text: string }

type WrongProof = { ok: false; code: 'WRONG_PROOF'; kind: ProofKind }
/** Not one by which this person may prove it, or not any more: a factor was set up meanwhile. */
type NotAccepted = { ok: false; code: 'NOT_ACCEPTED' }
type Refusal = SessionEnded | WrongProof | NotAccepted | TooManyAttempts

/** Checks one kind of proof: first what takes time, then, under the lock, whether it still holds. */
type Check = (
  acting: Acting,
  text: string,
) => Promise<
  | {
      ok: true
      /** Counts a try before it is decided, where that is not done yet. */
      counted?: <T>(
        work: () => Promise<T | WrongProof>,
      ) => Promise<T | WrongProof | TooManyAttempts>
      refusalNow: (tx: Transaction, announce: Announce) => Promise<SessionEnded | WrongProof | null>
    }
  | Refusal
>

/**
 * Step-up: somebody who is signed in proves again that it is them. For a quarter of an hour that opens
 * what a browser which was left alone, or a stolen cookie, must not: see FRESH_FOR and StepUpNeeded.
 */
export function createStepUp(deps: {
  database: Database
  revocations: Revocations
  sessions: Sessions
  passwords: Passwords
  limits: AttemptLimits
  record: RecordAudit
  enqueueMail: EnqueueMail
  clock: Clock
  policy: SessionPolicy
}) {
  const { database, revocations, sessions, limits, record, clock, policy } = deps
  const current = createCurrentPassword(deps)
  const codes = createCodeAttempts(deps)

  const checks: Record<ProofKind, Check> = {
    async password(acting, text) {
      const proof = await current.prove(acting, text)
      if (!proof.ok) return proof.code === 'WRONG_PASSWORD' ? wrong('password') : proof
      return {
        ok: true,
        refusalNow: async (tx, announce) => {
          const refusal = await current.refusalNow(tx, announce, acting, proof.hash)
          return refusal?.code === 'WRONG_PASSWORD' ? wrong('password') : refusal
        },
      }
    },

    authenticator(acting, code) {
      const { user, session } = acting.viewer
      const origin = { ip: acting.ip, userAgent: '' }
      const attempt = { user, origin, sessionId: session.id, afterPassword: false }
      const typed = { factor: 'authenticator', code } as const
      return Promise.resolve({
        ok: true,
        counted: async (work) => {
          const result = await codes.counted(attempt, async () => {
            const value = await work()
            return isWrong(value) ? wrongCode : { ok: true, value }
          })
          if ('value' in result) return result.value
          return result.code === 'WRONG_CODE' ? wrong('authenticator') : result
        },
        refusalNow: async (tx) =>
          (await codes.accept(tx, attempt, typed)) ? null : wrong('authenticator'),
      })
    },
  }

  /**
   * Checks the proof, and gives the session a new secret with the time of it: a copy of the cookie
   * from before is worth nothing any more.
   */
  async function prove(
    acting: Acting,
    { kind, text }: GivenProof,
  ): Promise<{ ok: true; session: StartedSession } | Refusal> {
    const { id } = acting.viewer.user
    if (!(await isAccepted(database.client, id, kind))) return notAccepted
    const checked = await checks[kind](acting, text)
    if (!checked.ok) return checked
    const { counted = (work) => work() } = checked
    return limits.within({ limit: 'stepUp', of: id }, () =>
      counted(async () => {
        const { value } = await revocations.commit(async (tx, announce) => {
          if (!(await sessions.isStillActing(tx, announce, acting))) return sessionEnded
          const refusal = await checked.refusalNow(tx, announce)
          if (refusal) return refusal
          if (!(await isAccepted(tx, id, kind))) return notAccepted
          const renewed = { authenticatedAt: clock.now(), policy }
          const session = await renewSecret(tx, announce, acting.viewer, renewed)
          const details = { proof: kind }
          await record(tx, { ...byThemselves(acting), kind: 'session.proved', details })
          return { ok: true as const, session }
        })
        return value
      }),
    )
  }

  /** By what the person may prove it, the first to be offered first. */
  const accepted = (userId: string) => acceptedProofs(database.client, userId)

  /** Whether no proof is asked for yet. Decided once more by what acts, under the lock. */
  const isFreshNow = ({ session }: Viewer) => isFresh(session, clock.now())

  return { prove, accepted, isFresh: isFreshNow }
}

const isAccepted = async (reader: Client | Transaction, userId: string, kind: ProofKind) =>
  (await acceptedProofs(reader, userId)).includes(kind)

const isWrong = (value: unknown): value is WrongProof =>
  typeof value === 'object' && value !== null && 'code' in value && value.code === 'WRONG_PROOF'

const wrong = (kind: ProofKind) => ({ ok: false as const, code: 'WRONG_PROOF' as const, kind })
const notAccepted = { ok: false as const, code: 'NOT_ACCEPTED' as const }
