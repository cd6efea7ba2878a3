import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseBusy, DatabaseFull } from '../errors'

const FIRST_DELAY_MS = 1
const LONGEST_DELAY_MS = 50
const GROWTH = 2

/** A moment on the process's own steady clock: real waiting, whatever clock the rules go by. */
export type Deadline = number

export function deadlineIn(milliseconds: number): Deadline {
  return performance.now() + milliseconds
}

export function timeLeft(deadline: Deadline): number {
  return Math.max(0, deadline - performance.now())
}

/**
 * Repeats `attempt` while another process holds the lock that it needs, and throws DatabaseBusy
 * after `deadline`. SQLite's own busy wait would hold the event loop all that time.
 */
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

/** The code is better-sqlite3's; Prisma's adapter wraps that error and keeps it in the cause. */
export function isBusy(error: unknown): boolean {
  return sqliteCode(error).startsWith('SQLITE_BUSY')
}

/** What a write throws: DatabaseFull in place of SQLite's own errors that mean it. */
export function asWriteError(error: unknown): unknown {
  return /^SQLITE_(FULL|READONLY)/.test(sqliteCode(error))
    ? new DatabaseFull({ cause: error })
    : error
}

/** SQLite's name for what went wrong, the system's (`EACCES`), or nothing. */
export function sqliteCode(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error) return String(error.code)
  const { cause } = error
  return cause instanceof Object && 'originalCode' in cause ? String(cause.originalCode) : ''
}
