/** Where time comes from. Passed in, so that a test can let a fortnight go by. */
export type Clock = {
  /** Wall-clock time, for what is stored and shown. It may jump. */
  now(): Date
  /** Milliseconds since some fixed moment, for leases and freshness. It never jumps. */
  monotonic(): number
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
}
