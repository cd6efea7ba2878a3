import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { constants, getPriority, setPriority } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { promisify } from 'node:util'

/** As chrt(1) is told that threads shall be batch or idle ones. */
type Policy = '-b' | '-i'

const THREADS = '/proc/self/task'
/** Node 20 names no thread. There, V8's are the first: one keeps the time, four do the work. */
const UNNAMED_THREADS_OF_V8 = 5

/** More than Linux ever counts them to (PID_MAX_LIMIT, proc_sys_kernel(5)). */
const MOST_THREADS = 2 ** 23

/**
 * Lets the threads beside the main one step back behind it: V8's, which compile and collect garbage,
 * and the workers to come, which hash passwords and empty the database's log. Where there is no core
 * for each of them, whoever waits for an answer would otherwise wait for one of these first.
 *
 * V8's become batch threads, which do not take the core when they wake, of a lower priority. They must
 * get on even where the main thread never rests, as it is slow until they have compiled what it runs.
 * Workers become idle threads, which run when no other thread of the same session or control group
 * wants to: only those make way at once, while any other that is running may finish its turn of two
 * or three milliseconds. See sched(7). Where that is refused, or there is no command for it, what is
 * left is the lower priority.
 *
 * On Linux a thread has both of its own; elsewhere this changes nothing. Those that wait for the
 * disk do not step back, as answers wait for them.
 */
export async function letBackgroundThreadsStepBack(): Promise<void> {
  // Without it there is no /proc here.
  if (!existsSync(THREADS)) return
  // To read it, Node makes its threads that wait for the disk, if it had none: later ones are workers.
  const first = await threadsInOrder()
  process.on('worker', (worker: Worker) => worker.once('online', () => void stepWorkersBack()))
  await stepBack(first.filter(isOfV8), '-b')

  async function stepWorkersBack() {
    const workers = (await threadsInOrder()).filter((thread) => !first.includes(thread))
    await stepBack(workers, '-i')
  }
}

/** In the order in which they were made; the main one is the first, and has the process's number. */
async function threadsInOrder(): Promise<string[]> {
  // Numbers begin anew when the system has given away the last.
  const place = (thread: string) => (Number(thread) - process.pid + MOST_THREADS) % MOST_THREADS
  return (await readdir(THREADS)).sort((one, other) => place(one) - place(other))
}

function isOfV8(thread: string, at: number, [main = '']: string[]): boolean {
  const name = nameOf(thread)
  if (thread === main || name.startsWith('libuv')) return false
  return name !== nameOf(main) || at <= UNNAMED_THREADS_OF_V8
}

function nameOf(thread: string): string {
  try {
    return readFileSync(`${THREADS}/${thread}/comm`, 'utf8')
  } catch {
    // It has ended. The others step back all the same.
    return ''
  }
}

async function stepBack(threads: readonly string[], policy: Policy): Promise<void> {
  // This comes first, as it sets the priority to the usual one.
  await setPolicy(threads, policy)
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
async function setPolicy(threads: readonly string[], policy: Policy): Promise<void> {
  const script = `for thread; do chrt ${policy} -p 0 "$thread"; done`
  await promisify(execFile)('sh', ['-c', script, 'sh', ...threads]).catch(() => undefined)
}
