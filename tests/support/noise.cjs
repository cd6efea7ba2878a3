// Loaded into a server before it starts (`node --require`). At a SIGUSR2 it prints as libraries do.
const { isMainThread } = process.getBuiltinModule('node:worker_threads')

if (isMainThread) {
  process.on('SIGUSR2', () => {
    const { debug, log, info, warn, error, trace, table, dir } = console
    for (const print of [debug, log, info, warn, error, trace, table, dir]) {
      print(`printed by ${print.name}\non two lines`)
    }
    console.error(new Error('printed with its stack'))
    process.emitWarning('warned of something')
    process.emitWarning('to be given up', { type: 'DeprecationWarning', code: 'DEP0999' })
    process.emit('warning', new Error('warned without a type'))
    void Promise.reject(new Error('nobody caught it'))
  })
}
