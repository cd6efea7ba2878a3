// What bcryptjs can do here at most: compares passwords in as many threads as Latchkey has for it (see
// app/accounts/sign-in/passwords.ts), and prints how many a second that makes in all.
// node bcrypt-alone.js <cost> <seconds>
import { availableParallelism } from 'node:os'
import process from 'node:process'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { compare, hash } from 'bcryptjs'

const argv = process.argv.slice(2)
const [cost = NaN, seconds = NaN] = argv.map(Number)
const threads = Math.max(1, availableParallelism() - 1)

if (isMainThread) {
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL(import.meta.url), { argv }),
  )
  const perSecond = await Promise.all(
    workers.map(
      (worker) =>
        new Promise((/** @type {(done: number) => void} */ resolve) => {
          worker.once('message', resolve)
        }),
    ),
  )
  console.log(perSecond.reduce((sum, each) => sum + each, 0))
} else {
  // Hashing compiles what comparing uses.
  const known = await hash('seven green lanterns', cost)
  let done = 0
  const began = performance.now()
  while (performance.now() - began < seconds * 1000) {
    await compare('seven green lanterns', known)
    done += 1
  }
  parentPort?.postMessage((done * 1000) / (performance.now() - began))
}
