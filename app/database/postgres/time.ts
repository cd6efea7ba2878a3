/** An answer that took longer, in milliseconds, says little about when it was given. */
const SLOW_ANSWER_MS = 100

/**
 * The database's time, which is the same on every machine that shares it: learnt now and then, and
 * carried on by this machine's steady clock. What its wall clock says does not matter.
 */
export function createDatabaseTime(clock: { now(): Date; monotonic(): number }) {
  let offset: number | undefined

  return {
    now: () => (offset === undefined ? clock.now() : new Date(offset + clock.monotonic())),
    /** @param time what the database said, in milliseconds since 1970, between the two moments */
    learn: (time: number, askedAt: number, answeredAt: number) => {
      if (offset !== undefined && answeredAt - askedAt > SLOW_ANSWER_MS) return
      offset = time - (askedAt + answeredAt) / 2
    },
  }
}
export type DatabaseTime = ReturnType<typeof createDatabaseTime>

/** In SQL, what `learn` is told. */
export const TIME = 'extract(epoch FROM clock_timestamp())::float8 * 1000'
