// Loaded into a server whose memory is measured: collects garbage and tells how much is left.
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

process.on('message', (message) => {
  if (message === 'memory?') void answer()
})
// The server must be able to end without us.
process.channel?.unref()

async function answer() {
  // What one collection frees lets another one free more.
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.()
    await sleep(100)
  }
  const { rss, heapUsed, external } = process.memoryUsage()
  process.send?.({ rss, heapUsed, external })
}
