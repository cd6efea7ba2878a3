import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'
import { promisify } from 'node:util'

const THREADS = '/proc/self/task'
/**
 * The pool that waits for the disk, for which answers wait. Node 20 names no thread, so there it is
 * lowered with the others.
 */
const DISK_POOL = /^libuv/

/**
 * Lets the threads that Node keeps beside the main one, which compile and collect garbage, step back
 * behind it. Where there is no core for each of them, every piece of time that one gets is a piece,
 * four milliseconds long on many kernels, in which nobody is answered. People who sign in give them
 * much to compile, and everybody else would feel it.
 *
 * They get a lower priority, but not the lowest, since a collection waits for the threads that help
 * it; and they become batch threads, which do not take the core when they wake (sched(7)). On Linux a
 * thread has both of its own; elsewhere this changes nothing.
 */
export async function letBackgroundThreadsStepBack(): Promise<void> {
  if (process.platform !== 'linux') return
  const threads = backgroundThreads()
  // This comes first, as it sets the priority to the usual one.
  await makeBatchThreads(threads)
  // Never before the main thread, which may have been told itself to step back.
  const lower = Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL)
  for (const thread of threads) {
    try {
      setPriority(Number(thread), lower)
    } catch {
      // It has ended, or we have no right to: then it takes turns as the system sees fit.
    }
  }
}

/** Node cannot ask for this, so the system's own command does, where there is one. */
async function makeBatchThreads(threads: readonly string[]): Promise<void> {
  const script = 'for thread; do chrt --batch --pid 0 "$thread"; done'
  await promisify(execFile)('sh', ['-c', script, 'sh', ...threads]).catch(() => undefined)
}

function backgroundThreads(): string[] {
  // Without it there is no /proc here.
  if (!existsSync(THREADS)) return []
  return readdirSync(THREADS).filter(
    (thread) => Number(thread) !== process.pid && !waitsForDisk(thread),
  )
}

function waitsForDisk(thread: string): boolean {
  try {
    return DISK_POOL.test(readFileSync(`${THREADS}/${thread}/comm`, 'utf8'))
  } catch {
    // It has ended. The others step back all the same.
    return false
  }
}
