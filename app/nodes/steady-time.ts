/** Real waiting, whatever the wall clock says, in milliseconds. A test puts its own in place of it. */
export type SteadyTime = {
  /** Since some fixed moment. It never jumps. */
  now(): number
  /** Calls `work` once. Returns how to call it off. */
  after(delay: number, work: () => void): () => void
  /** Calls `work` again and again. Returns how to stop that. */
  every(interval: number, work: () => void): () => void
}

export const steadyTime: SteadyTime = {
  now: () => performance.now(),
  after(delay, work) {
    const timer = setTimeout(work, delay)
    return () => clearTimeout(timer)
  },
  every(interval, work) {
    const timer = setInterval(work, interval).unref()
    return () => clearInterval(timer)
  },
}
