import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { seconds } from '~/accounts/time'
import { endOnSignals, LONGEST, type Closable } from './shut-down'

/*
 * Several nodes behind one port of one machine. This process, the primary, accepts connections and
 * hands them to its workers in turn; it reads nothing of them, and has no connection to the database.
 * Each worker is a server like one that runs alone, and a node of its own.
 */

/** A worker that ran for so long did not end because of how it was started. */
const STEADY = seconds(30)
const SHORTEST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = seconds(30)

const LAST_WORDS_MS = seconds(1)
/** How much longer than the longest end of a worker is waited for it. */
const GRACE_MS = 250

/** The worker that does what only one of them is to do; whoever takes its place does as well. */
export const FIRST_WORKER = 1

/** The first start of a worker failed. The message is what there is to tell. */
export class CannotStart extends Error {}

type Running = {
  worker: Worker
  startedAt: number
  ended: Promise<Ending>
}
type Ending = { code: number | null; signal: string | null; sentence: string | undefined }

/**
 * Starts as many workers, and starts again those that die. Resolves when all of them listen.
 *
 * @throws CannotStart when one does not; then all have ended
 */
export async function startWorkers({
  count,
  log,
}: {
  count: number
  log: Logger
}): Promise<Closable> {
  const running = new Set<Running>()
  let closing = false
  cluster.schedulingPolicy = cluster.SCHED_RR
  const closable = endOnSignals({ log, close })

  try {
    // What it does before it listens is to be done before anybody is answered by the others.
    await startFirstTime(FIRST_WORKER)
    const others = Array.from({ length: count - 1 }, (_, index) => FIRST_WORKER + 1 + index)
    await Promise.all(others.map(startFirstTime))
    return closable
  } catch (error) {
    await closable.close()
    throw error
  }

  async function startFirstTime(number: number) {
    const first = launch(number)
    const listening = once(first.worker, 'listening').then(() => undefined)
    const failure = await Promise.race([listening, first.ended])
    // Then this process ends anyway, and says nothing about a start.
    if (closing) await new Promise(() => undefined)
    if (failure)
      throw new CannotStart(failure.sentence ?? `A worker could not start: ${why(failure)}.`)
    void keepRunning(number, first)
  }

  async function keepRunning(number: number, current: Running) {
    for (let failures = 0; ;) {
      const ending = await current.ended
      if (closing) return
      failures = performance.now() - current.startedAt > STEADY ? 0 : failures + 1
      const pause = failures && Math.min(SHORTEST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS)
      const details = { worker: number, reason: ending.sentence ?? why(ending), pause }
      log.error(details, 'a worker ended, and is started again')
      await sleep(pause)
      if (closing) return
      current = launch(number)
    }
  }

  function launch(number: number): Running {
    cluster.setupPrimary({
      exec: fileURLToPath(new URL('./cluster-worker.js', import.meta.url)),
      execArgv: optionsOfNode(),
      args: [String(number)],
    })
    const worker = cluster.fork()
    closeLostConnection(worker)
    const started = { worker, startedAt: performance.now(), ended: endOf(worker) }
    running.add(started)
    void started.ended.then(() => running.delete(started))
    return started
  }

  async function close() {
    closing = true
    const endings = [...running].map(({ worker, ended }) => {
      worker.process.kill('SIGTERM')
      // Or it hears nothing: it was stopped, or is busy for ever.
      const cutOff = setTimeout(() => worker.process.kill('SIGKILL'), LONGEST + GRACE_MS)
      return ended.finally(() => clearTimeout(cutOff))
    })
    const failed = (await Promise.all(endings)).find(({ code }) => code)
    if (failed) throw new Error(`A worker did not close well: ${why(failed)}`)
  }
}

/**
 * Closes the connection that was on its way to a worker when that was killed. Node hands over one at a
 * time, and would leave this one open with nobody ever to answer.
 */
function closeLostConnection(worker: Worker) {
  const { process } = worker
  const send = process.send.bind(process) as Send
  let latest: Handle | undefined
  const noteAndSend: Send = (message, handle, ...more) => {
    latest = handle ?? latest
    return send(message, handle, ...more)
  }
  process.send = noteAndSend as typeof process.send
  worker.once('exit', (_, signal: string | null) => {
    // One that has taken it has had it closed here; one that ends by itself has given it back.
    if (signal) latest?.close()
  })
}

/** The connection itself, below what Node makes of it for everybody else. */
type Handle = { close(): void }
type Send = (message: unknown, handle?: Handle, ...more: unknown[]) => boolean

/** Resolves when a worker has ended. What it said before that has arrived then. */
async function endOf(worker: Worker): Promise<Ending> {
  let sentence: string | undefined
  worker.on('message', (message: string) => (sentence = message))
  // There is none from a worker that died with a connection on its way to it.
  const disconnected = once(worker, 'disconnect')
  const [code, signal] = (await once(worker, 'exit')) as [number | null, string | null]
  if (code) await Promise.race([disconnected, sleep(LAST_WORDS_MS)])
  return { code, signal, sentence }
}

const why = ({ code, signal }: Ending) => (signal ? `signal ${signal}` : `exit code ${code}`)

/** Those of this process, but no script that was given as text: a worker would run that instead. */
function optionsOfNode(): string[] {
  const script = process.execArgv.indexOf('-e')
  return script < 0 ? process.execArgv : process.execArgv.slice(0, script)
}
