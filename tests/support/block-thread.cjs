// Loaded into a server before it starts (`node --require`). At a SIGUSR2 its main thread does nothing
// any more, as if it computed, until the file that BLOCK_FILE names is gone. The kernel goes on meanwhile:
// it takes connections and what is sent over them.
const { existsSync } = process.getBuiltinModule('node:fs')
const { isMainThread } = process.getBuiltinModule('node:worker_threads')

const LOOK_EVERY_MS = 5

if (isMainThread) {
  const file = String(process.env.BLOCK_FILE)
  const never = new Int32Array(new SharedArrayBuffer(4))
  process.on('SIGUSR2', () => {
    console.error('blocked')
    while (existsSync(file)) Atomics.wait(never, 0, 0, LOOK_EVERY_MS)
  })
}
