// Loaded into a server before it starts (`node --require`). At each SIGUSR2 it says on standard error
// how long its main thread and the helpers of it have computed since the start, in microseconds.
const { isMainThread } = process.getBuiltinModule('node:worker_threads')

if (isMainThread) {
  process.on('SIGUSR2', () => {
    const { user, system } = process.cpuUsage()
    console.error(`computed for ${user + system} us`)
  })
}
