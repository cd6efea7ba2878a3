import { readdirSync, readFileSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'

const THREADS = '/proc/self/task'
/**
 * The pool that waits for the disk, for which answers wait. Node 20 names no thread, so there it is
 * lowered with the others.
 */
const DISK_POOL = /^libuv/

/**
 * Lowers the priority of the threads that Node keeps beside the main one, which compile and collect
 * garbage. Where there is no core for each of them, every piece of time that one gets is a piece,
 * four milliseconds long on many kernels, in which nobody is answered. People who sign in give them
 * much to compile, and everybody else would feel it.
 *
 * Not lower than this, since a collection waits for the threads that help it. On Linux a thread has a
 * priority of its own; elsewhere this changes nothing.
 */
export function letBackgroundThreadsStepBack(): void {
  if (process.platform !== 'linux') return
  // Never before the main thread, which may have been told itself to step back.
  const lower = Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL)
  for (const thread of readdirSync(THREADS)) {
    if (Number(thread) === process.pid) continue
    try {
      const name = readFileSync(`${THREADS}/${thread}/comm`, 'utf8')
      if (!DISK_POOL.test(name)) setPriority(Number(thread), lower)
    } catch {
      // It has ended, or we have no right to: then it takes turns as the system sees fit.
    }
  }
}
