import { parentPort, workerData } from 'node:worker_threads'
import BetterSqlite3 from 'better-sqlite3'

/** Whoever goes on writing meanwhile leaves a rest, which is soon written too. */
const TRIES = 3

const { path, interval } = /** @type {{ path: string, interval: number }} */ (workerData)
const database = new BetterSqlite3(path, { timeout: 0, fileMustExist: true })
const timer = setInterval(checkpoint, interval)

parentPort?.once('message', () => {
  clearInterval(timer)
  database.close()
})

/** Takes no lock that a reader or a writer would wait for. */
function checkpoint() {
  try {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const [result] = /** @type {{ log: number, checkpointed: number }[]} */ (
        database.pragma('wal_checkpoint(PASSIVE)')
      )
      if (result?.log === result?.checkpointed) return
    }
  } catch {
    // A full disk, say. The log keeps everything until the next time.
  }
}
