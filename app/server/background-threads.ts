import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { constants, getPriority, setPriority } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { promisify } from 'node:util'

const THREADS = '/proc/self/task'

/** Node 20 names no thread. There, V8's are the first: one keeps the time, four do the work. */
const UNNAMED_THREADS_OF_V8 = 5

/**
 * Lets the threads beside the main one, those of today and those of workers to come, step back behind
 * it: V8's, which compile and collect garbage, those that hash passwords, and the one that empties
 * the database's log. Where there is no core for each of them, whoever waits for an answer would
 * otherwise wait for one of these first, for two or three milliseconds: a thread that is running
 * may finish its turn, whatever its priority and whoever has woken.
 *
 * Only idle threads make way at once (SCHED_IDLE, sched(7)), so they become that. They run when no
 * other thread of the same session or control group wants to. Where that is refused, or there is no
 * command for it, they get a lower priority. On Linux a thread has both of its own; elsewhere this
 * changes nothing. Those that wait for the disk do not step back, as answers wait for them.
 */
export async function letBackgroundThreadsStepBack(): Promise<void> {
  // Without it there is no /proc here.
  if (!existsSync(THREADS)) return
  // To read it, Node makes its threads that wait for the disk, if it had none: later ones are workers.
  const first = await threadsInOrder()
  process.on('worker', (worker: Worker) => worker.once('online', () => void stepWorkersBack()))
  await stepBack(first.filter(mayStepBack))

  async function stepWorkersBack() {
    await stepBack((await threadsInOrder()).filter((thread) => !first.includes(thread)))
  }
}

/** In the order in which they were made; the main one is the first. */
async function threadsInOrder(): Promise<string[]> {
  return (await readdir(THREADS)).sort((one, other) => Number(one) - Number(other))
}

function mayStepBack(thread: string, at: number, [main = '']: string[]): boolean {
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

async function stepBack(threads: readonly string[]): Promise<void> {
  // This comes first, as it sets the priority to the usual one.
  await makeIdleThreads(threads)
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
async function makeIdleThreads(threads: readonly string[]): Promise<void> {
  const script = 'for thread; do chrt -i -p 0 "$thread"; done'
  await promisify(execFile)('sh', ['-c', script, 'sh', ...threads]).catch(() => undefined)
}
