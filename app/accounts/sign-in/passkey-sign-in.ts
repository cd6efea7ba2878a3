import { isDatabaseBusy } from '~/database/errors'
import type { Database } from '~/database/types'
import { addressKey } from '../addresses'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { NamedPerson, RecordAudit } from '../audit/record'
import type { EnqueueMail } from '../mail'
import type { Revocations } from '../revocations'
import { newId } from '../row-id'
import { endReplaced, findReplaced, lockBoth } from '../sessions/end-replaced'
import { insertSession, type StartedSession } from '../sessions/insert'
import type { SessionPolicy } from '../sessions/policy'
import type { Clock } from '../time'
import type { Origin } from '../viewer'
import { type Ceremony, type ChallengeOver, unlessUsedMeanwhile } from './challenges'
import {
  type PasskeyProof,
  type PasskeyProofs,
  passkeyRefused,
  type PasskeyRefused,
} from './passkey-proofs'
import type { PasskeyAnswer } from './schemas'

export type PasskeySignInResult =
  | { ok: true; session: StartedSession }
  | PasskeyRefused
  | ChallengeOver
  /** Said only to somebody who has the passkey. */
  | { ok: false; code: 'DISABLED' }
  | TooManyAttempts

type Asked = {
  answer: PasskeyAnswer
  /** The secret in the cookie of the browser's ceremonies. */
  browser: string
  keep: boolean
  origin: Origin
  /** The secret of the session that this browser had before, if any. */
  replacing?: string | undefined
}

/** A passkey alone in exchange for a session: it is both factors, the thing and what unlocks it. */
export function createPasskeySignIn(deps: {
  database: Database
  revocations: Revocations
  proofs: PasskeyProofs
  limits: AttemptLimits
  record: RecordAudit
  enqueueMail: EnqueueMail
  clock: Clock
  policy: SessionPolicy
}) {
  const { database, revocations, proofs, limits, record } = deps

  /** What the browser is to be asked for; the same for everybody. */
  const options = (browser: string) => proofs.optionsFor(signInBy(browser))

  async function signIn(asked: Asked): Promise<PasskeySignInResult> {
    const { origin, answer } = asked
    const attempts = [{ limit: 'address', of: addressKey(origin.ip) } as const]
    const tooMany = await limits.take(attempts)
    if (tooMany) {
      const { isFirst, ...refusal } = tooMany
      if (isFirst) await auditRefusal(null, origin, { reason: 'too-many-attempts' })
      return refusal
    }

    let result: PasskeySignInResult
    try {
      result = await check(asked)
    } catch (error) {
      // Nothing was decided about the answer. A database that is busy could only be waited for once more.
      if (!isDatabaseBusy(error)) await limits.giveBack(attempts)
      throw error
    }
    if (result.ok) await limits.giveBack(attempts)
    else {
      const reason = REASONS[result.code] ?? 'passkey-refused'
      await auditRefusal(await proofs.ownerOf(answer), origin, { reason })
    }
    return result
  }

  async function check({ answer, browser, ...asked }: Asked): Promise<PasskeySignInResult> {
    const verified = await proofs.verifyFor(answer, signInBy(browser))
    if (!verified.ok) return verified
    return unlessUsedMeanwhile(() => start(verified.proof, asked))
  }

  async function start(
    proof: PasskeyProof,
    { keep, origin, replacing }: Omit<Asked, 'answer' | 'browser'>,
  ): Promise<PasskeySignInResult> {
    const { value } = await revocations.commit(async (tx, announce) => {
      const userId = proof.user.id
      const replaced = await findReplaced(tx, replacing)
      await lockBoth(tx, userId, replaced, database)
      const user = await tx.user.findUnique({
        where: { id: userId },
        select: { id: true, name: true, disabledAt: true },
      })
      if (!user) return passkeyRefused
      if (user.disabledAt) return { ok: false as const, code: 'DISABLED' as const }
      const id = newId()
      const accepted = await proofs.accept(tx, proof, { sessionId: id, ip: origin.ip })
      if (!accepted.ok) return accepted

      await endReplaced(tx, announce, replaced, origin, deps)
      const started = { id, user, kept: keep, origin, proof: BOTH_FACTORS }
      const session = await insertSession(tx, announce, started, deps)
      return { ok: true as const, session }
    })
    return value
  }

  function auditRefusal(
    subject: NamedPerson | null,
    { ip, userAgent }: Origin,
    why: { reason: string },
  ) {
    const details = { userAgent, signedInBy: 'passkey', ...why }
    return database.transaction((tx) =>
      record(tx, { kind: 'session.refused', actor: null, subject, ip, details }),
    )
  }

  return { options, signIn }
}

const signInBy = (browser: string): Ceremony => ({ purpose: 'sign-in', browser, about: null })

const BOTH_FACTORS = { signedInBy: 'passkey', secondFactor: 'passkey' } as const

/** Why it was refused, as the log says it. */
const REASONS: Record<string, string> = { CHALLENGE_OVER: 'too-late', DISABLED: 'disabled' }
