/** Where time comes from. Passed in, so that a test can let a fortnight go by. */
export type Clock = {
  /** Wall-clock time, for what is stored and shown. It may jump. */
  now(): Date
  /** The same in milliseconds since 1970, for checks: no Date is made. */
  time(): number
  /** Milliseconds since some fixed moment, for leases and freshness. It never jumps. */
  monotonic(): number
}

export const systemClock: Clock = {
  now: () => new Date(),
  time: () => Date.now(),
  monotonic: () => performance.now(),
}

/** Durations in milliseconds, by name. */
export const seconds = (n: number) => n * 1000
export const minutes = (n: number) => seconds(60 * n)
export const hours = (n: number) => minutes(60 * n)
export const days = (n: number) => hours(24 * n)
