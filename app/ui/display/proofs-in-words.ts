/** What somebody proved who they are with, as pages call it. */
const PROOFS: Record<string, string> = {
  password: 'password',
  link: 'one-time link',
  passkey: 'passkey',
  authenticator: 'authenticator app',
  recovery_code: 'recovery code',
  'recovery-codes': 'recovery codes',
  remembered_device: 'remembered device',
}

export const proofInWords = (proof: string): string => PROOFS[proof] ?? proof

/** Both steps of a sign-in: a passkey alone is both, and said once; what is not known is left out. */
export const stepsInWords = (first: unknown, second: unknown): string[] =>
  [first, second === first ? null : second].flatMap((step) =>
    typeof step === 'string' ? [proofInWords(step)] : [],
  )
