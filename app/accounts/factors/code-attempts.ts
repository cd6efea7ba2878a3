import type { Database, Transaction } from '~/database/types'
import { isDatabaseBusy } from '~/database/errors'
import type { Attempt, AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { NamedPerson, RecordAudit } from '../audit/record'
import { findKnownDevice } from '../devices/known-devices'
import type { EnqueueMail } from '../mail'
import type { ChallengeOver } from '../sign-in/challenges'
import type { PasskeyRefused } from '../sign-in/passkey-proofs'
import type { Clock } from '../time'
import type { Origin } from '../viewer'
import { acceptAuthenticatorCode } from './authenticator'
import { useRecoveryCode } from './recovery-codes'
import { firstFactorAt } from './which'

/** A code as it is typed, of the app or from paper. */
export type TypedCode = { factor: 'authenticator' | 'recovery_code'; code: string }

export type WrongCode = { ok: false; code: 'WRONG_CODE' }
export const wrongCode: WrongCode = { ok: false, code: 'WRONG_CODE' }

/** What was shown is no factor of this person, or not any more. Each such try counts. */
export type FactorRefused = WrongCode | PasskeyRefused | ChallengeOver

/** Who tries a code or a passkey, and where. */
export type CodeAttempt = {
  user: NamedPerson
  origin: Origin
  /** The session that asks, or that the pending sign-in would become. */
  sessionId: string
  /** Whether it follows a right password: then somebody knows that, who fails here. */
  afterPassword: boolean
}

/**
 * How codes are tried. Each try is counted before anything is compared, so that a hundred at once are
 * counted like a hundred in a row, and counted for the account: who begins to sign in anew is not given
 * more. A browser that this person signed in with before has a count of its own, or whoever knows the
 * password could shut its owner out. Browsers in which the password was enough, when there was no factor
 * yet, have one together: whoever knew it then could have made many.
 */
export function createCodeAttempts({
  database,
  limits,
  record,
  enqueueMail,
  clock,
}: {
  database: Database
  limits: AttemptLimits
  record: RecordAudit
  enqueueMail: EnqueueMail
  clock: Clock
}) {
  /** Does `work`, which tries a code or a passkey, unless there were too many wrong ones. */
  async function counted<T extends { ok: boolean }>(
    attempt: CodeAttempt,
    work: () => Promise<T | FactorRefused>,
  ): Promise<T | FactorRefused | TooManyAttempts> {
    const counts = [await countOf(attempt)]
    const tooMany = await limits.take(counts)
    if (tooMany) {
      const { isFirst, ...refusal } = tooMany
      if (isFirst) await writeRefusal(attempt, { reason: 'too-many-attempts' }, false)
      return refusal
    }
    let result: T | FactorRefused
    try {
      result = await work()
    } catch (error) {
      // As with passwords: nothing was decided, so it was no guess.
      if (!isDatabaseBusy(error)) await limits.giveBack(counts)
      throw error
    }
    if (isFactorRefused(result)) {
      const reason = REFUSALS[result.code]
      await writeRefusal(attempt, { reason }, await isToBeTold(attempt))
    } else await limits.giveBack(counts)
    return result
  }

  async function countOf({ user, origin }: CodeAttempt): Promise<Attempt> {
    const known = await findKnownDevice(database.client, user.id, origin)
    if (!known) return { limit: 'secondStep', of: user.id }
    const isProved = known.lastSeenAt >= (await firstFactorAt(database.client, user.id))
    return { limit: 'secondStepOnKnown', of: isProved ? known.id : `${user.id} by password` }
  }

  /** Whether the person is to learn by mail that somebody knows their password: once a day. */
  async function isToBeTold({ user, afterPassword }: CodeAttempt): Promise<boolean> {
    if (!afterPassword) return false
    const isThird = (await limits.take([{ limit: 'untoldSecondSteps', of: user.id }])) !== null
    return isThird && (await limits.take([{ limit: 'toldOfSecondSteps', of: user.id }])) === null
  }

  function writeRefusal(
    { user, origin, sessionId }: CodeAttempt,
    why: { reason: string },
    isTold: boolean,
  ) {
    const details = { userAgent: origin.userAgent, ...why }
    const refused = { actor: null, subject: user, sessionId, ip: origin.ip, details }
    return database.transaction(async (tx) => {
      // The account may be gone by now.
      if (isTold && (await tx.user.count({ where: { id: user.id } })) > 0) {
        await enqueueMail(tx, { userId: user.id }, { kind: 'second-step-failed' })
      }
      await record(tx, { ...refused, kind: 'second-step.refused' })
    })
  }

  /** Compares a code and uses it up, in the transaction of what it is for. The user's row is locked. */
  async function accept(
    tx: Transaction,
    { user, origin, sessionId }: CodeAttempt,
    { factor, code }: TypedCode,
  ): Promise<boolean> {
    if (factor === 'authenticator') {
      return acceptAuthenticatorCode(tx, user.id, code, clock.now())
    }
    const used = await useRecoveryCode(tx, user.id, code)
    if (!used) return false
    const written = { actor: user, subject: user, sessionId, ip: origin.ip, details: used }
    await record(tx, { ...written, kind: 'recovery-code.used' })
    await enqueueMail(tx, { userId: user.id }, { kind: 'recovery-code-used', left: used.left })
    return true
  }

  return { counted, accept }
}

export type CodeAttempts = ReturnType<typeof createCodeAttempts>

/** What counts as a wrong guess, and how the log says it. */
const REFUSALS: Record<FactorRefused['code'], string> = {
  WRONG_CODE: 'wrong-code',
  PASSKEY_REFUSED: 'passkey-refused',
  CHALLENGE_OVER: 'too-late',
}

const isFactorRefused = (result: { ok: boolean }): result is FactorRefused =>
  !result.ok && 'code' in result && String(result.code) in REFUSALS
