import { readdirSync, readFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'

const THREADS = '/proc/self/task'
/** The pool that waits for the disk: answers wait for it. Only newer versions of Node name it. */
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
  try {
    for (const thread of readdirSync(THREADS)) {
      if (Number(thread) !== process.pid && !DISK_POOL.test(nameOf(thread))) {
        setPriority(Number(thread), constants.priority.PRIORITY_BELOW_NORMAL)
      }
    }
  } catch {
    // No Linux, or no right to: then threads take turns as the system sees fit.
  }
}

const nameOf = (thread: string) => readFileSync(`${THREADS}/${thread}/comm`, 'utf8')
