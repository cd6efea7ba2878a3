// Loaded into a server before it starts (`node --require`). Its wall clock then goes by the file that
// CLOCK_FILE names, milliseconds to add, read anew at each SIGUSR2: the way an operator or NTP sets
// a clock. Where there is no such file at the start, it is right. The monotonic clock goes on as it did.
const { existsSync, readFileSync } = process.getBuiltinModule('node:fs')
const { isMainThread } = process.getBuiltinModule('node:worker_threads')

/** @type {{ construct: (...of: Parameters<typeof Reflect.construct>) => object,
 *   get: (of: object, name: PropertyKey) => unknown }} */
const { construct, get } = Reflect

const file = String(process.env.CLOCK_FILE)
let offset = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0

globalThis.Date = new Proxy(Date, {
  construct: (RealDate, given, target) =>
    construct(RealDate, given.length > 0 ? given : [RealDate.now() + offset], target),
  get: (RealDate, name) => (name === 'now' ? () => RealDate.now() + offset : get(RealDate, name)),
})

if (isMainThread) {
  process.on('SIGUSR2', () => {
    offset = Number(readFileSync(file, 'utf8'))
    console.error(`clock set by ${offset}`)
  })
}
