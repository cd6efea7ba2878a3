/**
 * What several clients did and what they were told, on one monotonic clock (milliseconds), and the
 * judge of whether the promise was kept: no use that began after an acknowledged ending succeeds.
 */
export type Entry =
  | (Timed & { kind: 'sign-in'; user: string; session: string })
  | (Timed & { kind: 'use'; session: string })
  /** One session signs out. */
  | (Timed & { kind: 'end'; session: string })
  /** Every session of a user ends but the one that asks. */
  | (Timed & { kind: 'end others'; user: string; keep: string })
  /** A user is deleted, and every session with them. */
  | (Timed & { kind: 'end account'; user: string })

type Timed = {
  began: number
  /** When the answer had arrived; Infinity when none did, and nobody knows what was done. */
  ended: number
  /** Whether it was done, or refused; unknown without an answer. */
  result: 'done' | 'refused' | 'unknown'
}

type SignIn = Extract<Entry, { kind: 'sign-in' }>
type Ending = Exclude<Entry, { kind: 'sign-in' | 'use' }>

/** Every way in which the history breaks the promise, in words; empty for a good one. */
export function objections(history: readonly Entry[]): string[] {
  const signIns = new Map<string, SignIn>()
  for (const entry of history) if (entry.kind === 'sign-in') signIns.set(entry.session, entry)
  const endings = history.filter((entry) => entry.kind !== 'sign-in' && entry.kind !== 'use')

  return history.flatMap((use) => {
    if (use.kind !== 'use' || use.result === 'unknown') return []
    const signIn = signIns.get(use.session)
    if (!signIn) return [`${use.session} was used and never given`]
    const objection =
      use.result === 'done'
        ? usedAfterEnding(use, signIn, endings)
        : refusedWithoutEnding(use, signIn, endings)
    return objection ?? []
  })
}

function usedAfterEnding(use: Timed, signIn: SignIn, endings: readonly Ending[]) {
  const before = endings.find(
    (ending) =>
      ending.result === 'done' &&
      ending.ended < use.began &&
      isMeant(ending, signIn) &&
      // A sign-in that was still under way may have come after it.
      (ending.kind === 'end' || signIn.ended < ending.began),
  )
  return before && `${signIn.session} was used at ${use.began}, ended at ${before.ended}`
}

/** The other half: nobody is signed out whom nobody signed out. */
function refusedWithoutEnding(use: Timed, signIn: SignIn, endings: readonly Ending[]) {
  if (signIn.result !== 'done' || signIn.ended > use.began) return undefined
  const perhaps = endings.some(
    (ending) => ending.result !== 'refused' && ending.began < use.ended && isMeant(ending, signIn),
  )
  return perhaps ? undefined : `${signIn.session} was refused at ${use.began} without an ending`
}

function isMeant(ending: Ending, { user, session }: SignIn): boolean {
  switch (ending.kind) {
    case 'end':
      return ending.session === session
    case 'end others':
      return ending.user === user && ending.keep !== session
    case 'end account':
      return ending.user === user
  }
}
