import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type BetterSqlite3 from 'better-sqlite3'

/** Milliseconds between two looks; a few hundred pages when many people sign in. */
const INTERVAL = 1_000

/** In pages. Where nobody else does it, as SQLite does by itself. */
const SQLITES_OWN = 1_000

/** In pages, 64 MB: when the log could not begin anew for so long, everybody waits for it once. */
const AT_LAST = 16_000

/**
 * Copies the log into the database again and again, from a thread of its own. SQLite itself does it
 * inside whichever COMMIT makes the log too long, with everybody waiting: for 20 ms with little to
 * copy, and for half a second after a thousand sessions have ended at once.
 *
 * @param writer the connection that writes, of the process that owns the file
 * @returns the way to stop
 */
export function checkpointInBackground(
  writer: BetterSqlite3.Database,
  interval = INTERVAL,
): () => Promise<void> {
  let worker: Worker | undefined
  // A server that starts has better things to do.
  const timer = setTimeout(() => (worker = start(writer, interval)), interval).unref()

  return async () => {
    clearTimeout(timer)
    if (!worker || worker.threadId < 0) return
    const exited = once(worker, 'exit')
    // Nothing else may be left that keeps the process alive until then.
    worker.ref()
    worker.postMessage('close')
    await exited
  }
}

function start(writer: BetterSqlite3.Database, interval: number) {
  // The same file in development, under vitest and in the build: see vite.server.config.ts.
  const file = new URL('./checkpoint-worker.js', import.meta.url)
  const worker = new Worker(file, { workerData: { path: writer.name, interval } })
  worker.unref()
  worker.once('online', () => autocheckpoint(writer, AT_LAST))
  worker.once('error', () => autocheckpoint(writer, SQLITES_OWN))
  return worker
}

function autocheckpoint(writer: BetterSqlite3.Database, pages: number) {
  if (writer.open) writer.pragma(`wal_autocheckpoint = ${pages}`)
}
