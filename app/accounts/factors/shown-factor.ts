import type { Transaction } from '~/database/types'
import type { TooManyAttempts } from '../attempt-limits'
import { type Ceremony, unlessUsedMeanwhile } from '../sign-in/challenges'
import type { PasskeyProofs } from '../sign-in/passkey-proofs'
import type { PasskeyAnswer } from '../sign-in/schemas'
import {
  type CodeAttempt,
  type CodeAttempts,
  type FactorRefused,
  type TypedCode,
  wrongCode,
} from './code-attempts'

/** By what somebody shows that they have a factor: a code, or what a passkey answered. */
export type ShownFactor = TypedCode | ShownPasskey

export type ShownPasskey = {
  factor: 'passkey'
  answer: PasskeyAnswer
  /** The secret in the cookie of the browser's ceremonies. */
  browser: string
}

/** Takes what was shown, in the transaction of what it is for; why not, if it does not hold. */
export type AcceptFactor = (tx: Transaction) => Promise<FactorRefused | null>

export type ShownFactors = ReturnType<typeof createShownFactors>

/**
 * How a factor is shown besides: after a password, or in a session. A passkey cannot be guessed, but is
 * counted as codes are, so that the person hears of who tries with a stolen password, however they do.
 */
export function createShownFactors({
  codes,
  passkeys,
}: {
  codes: CodeAttempts
  passkeys: Pick<PasskeyProofs, 'optionsFor' | 'verifyFor' | 'accept'>
}) {
  /** What a browser is to be asked for, so that one of this person's passkeys answers. */
  const optionsFor = (asked: Asked, browser: string) =>
    passkeys.optionsFor(ceremonyOf(asked, browser), asked.user.id)

  /** Does `work` with what was shown, counted before anything is compared. */
  function tried<T extends { ok: boolean }>(
    attempt: CodeAttempt,
    shown: ShownFactor,
    work: (accept: AcceptFactor) => Promise<T | FactorRefused>,
  ): Promise<T | FactorRefused | TooManyAttempts> {
    return codes.counted(attempt, async () => {
      if (shown.factor !== 'passkey') {
        return work(async (tx) => ((await codes.accept(tx, attempt, shown)) ? null : wrongCode))
      }
      const { answer, browser } = shown
      const { user, sessionId, origin } = attempt
      const ceremony = ceremonyOf(attempt, browser)
      const verified = await passkeys.verifyFor(answer, ceremony, user.id)
      if (!verified.ok) return verified
      return unlessUsedMeanwhile(() =>
        work(async (tx) => {
          const where = { sessionId, ip: origin.ip }
          const accepted = await passkeys.accept(tx, verified.proof, where)
          return accepted.ok ? null : accepted
        }),
      )
    })
  }

  return { optionsFor, tried }
}

type Asked = Pick<CodeAttempt, 'sessionId' | 'afterPassword'> & { user: { id: string } }

const ceremonyOf = ({ sessionId, afterPassword }: Asked, browser: string): Ceremony => ({
  purpose: afterPassword ? 'second-step' : 'step-up',
  browser,
  about: sessionId,
})
