import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseBusy } from '../errors'
import { asWriteError, isBusy } from './errors'

/*
 * SQLite has one write lock. Within this process whoever writes takes turns, and while another
 * process holds the lock, the attempt is repeated. SQLite's own busy wait is off: it would hold the
 * event loop.
 */

const FIRST_DELAY_MS = 1
const LONGEST_DELAY_MS = 50
const GROWTH = 2

/** A moment on the process's own steady clock: real waiting, whatever clock the rules go by. */
export type Deadline = number

export function deadlineIn(milliseconds: number): Deadline {
  return performance.now() + milliseconds
}

function timeLeft(deadline: Deadline): number {
  return Math.max(0, deadline - performance.now())
}

/** Repeats `attempt` while another process holds the lock; DatabaseBusy after `deadline`. */
export async function retryWhileBusy<T>(
  deadline: Deadline,
  attempt: () => T | Promise<T>,
): Promise<T> {
  for (let delay = FIRST_DELAY_MS; ; delay = Math.min(delay * GROWTH, LONGEST_DELAY_MS)) {
    try {
      return await attempt()
    } catch (error) {
      if (!isBusy(error)) throw error
      if (timeLeft(deadline) === 0) throw new DatabaseBusy({ cause: error })
    }
    await sleep(Math.min(delay, timeLeft(deadline)))
  }
}

/** Who may write, one at a time, first come, first served. */
export type WriteTurns = {
  /** Waits for the turn and returns how to end it; DatabaseBusy when it has not come in time. */
  take(deadline: Deadline): Promise<() => void>
  /** Runs one statement that commits by itself, in a turn of its own. */
  write<T>(statement: () => T | Promise<T>): Promise<T>
}

/** @param busyLimit how long a statement waits for the lock, in milliseconds */
export function createWriteTurns(busyLimit: number): WriteTurns {
  let taken = false
  const waiting = new Set<() => void>()

  function take(deadline: Deadline): Promise<() => void> {
    if (!taken) return Promise.resolve(begin())
    return new Promise((resolve, reject) => {
      const called = () => {
        clearTimeout(timer)
        resolve(begin())
      }
      const timer = setTimeout(() => {
        waiting.delete(called)
        reject(new DatabaseBusy())
      }, timeLeft(deadline))
      waiting.add(called)
    })
  }

  function begin() {
    taken = true
    let ended = false
    return () => {
      if (ended) return
      ended = true
      taken = false
      callNext()
    }
  }

  function callNext() {
    const [next] = waiting
    if (!next) return
    waiting.delete(next)
    next()
  }

  return {
    take,
    async write(statement) {
      const deadline = deadlineIn(busyLimit)
      try {
        // The turn is given back between two attempts: others may get the lock first.
        return await retryWhileBusy(deadline, async () => {
          const end = await take(deadline)
          try {
            return await statement()
          } finally {
            end()
          }
        })
      } catch (error) {
        throw asWriteError(error)
      }
    },
  }
}
