/** What a check has found. */
export type Finding = {
  /** What was looked at, in a word or two. */
  check: string
  /** A warning does not break the promise. What was skipped may be right or wrong. */
  verdict: 'ok' | 'warning' | 'wrong' | 'skipped'
  /** What is the matter and how to mend it; why it was skipped; or what is good to know. */
  text?: string
}

export const ok = (check: string, text?: string): Finding => ({
  check,
  verdict: 'ok',
  ...(text !== undefined && { text }),
})
export const warning = (check: string, text: string): Finding => ({
  check,
  verdict: 'warning',
  text,
})
export const wrong = (check: string, text: string): Finding => ({ check, verdict: 'wrong', text })

/** Checks that cannot be made, because of what was found before. */
export const skipped = (checks: readonly string[], text: string): Finding[] =>
  checks.map((check) => ({ check, verdict: 'skipped', text }))

/** How an operator sets the clock of a machine. */
export const SET_THE_CLOCK = 'Synchronise it by NTP (timedatectl set-ntp true).'
