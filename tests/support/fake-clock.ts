import type { Clock } from '../../app/accounts/time'

/** A clock that stands still until it is told to go on. */
export type FakeClock = Clock & {
  /** Lets time go by, in milliseconds. */
  pass(milliseconds: number): void
  /** Sets the wall clock to another time without any going by, as an operator or NTP does. */
  jump(milliseconds: number): void
}

export function createFakeClock(start = '2030-05-01T12:00:00Z'): FakeClock {
  let wall = Date.parse(start)
  let elapsed = 0
  return {
    now: () => new Date(wall),
    time: () => wall,
    monotonic: () => elapsed,
    pass(milliseconds) {
      wall += milliseconds
      elapsed += milliseconds
    },
    jump(milliseconds) {
      wall += milliseconds
    },
  }
}
