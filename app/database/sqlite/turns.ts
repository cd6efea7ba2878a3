import { DatabaseBusy } from '../errors'
import { timeLeft, type Deadline } from './busy'

/** One at a time, first come, first served. */
export type Turns = {
  /** Waits for the turn and returns how to end it; DatabaseBusy when it has not come in time. */
  take(deadline: Deadline): Promise<() => void>
  /** Runs `work` in a turn of its own. */
  inTurn<T>(deadline: Deadline, work: () => Promise<T>): Promise<T>
}

export function createTurns(): Turns {
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
    async inTurn(deadline, work) {
      const end = await take(deadline)
      try {
        return await work()
      } finally {
        end()
      }
    },
  }
}
