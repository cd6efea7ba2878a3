import type { FactorRefused } from '~/accounts/factors/code-attempts'

/** Why a factor that was shown is none, wherever one is asked for. */
export const FACTOR_REFUSED: Record<FactorRefused['code'], string> = {
  WRONG_CODE: 'This code is not right, or was used already. Enter the one that your app shows now.',
  PASSKEY_REFUSED: 'That passkey could not be checked, or is none of yours. Try again.',
  CHALLENGE_OVER: 'That took longer than five minutes, or was sent twice. Try again.',
}
