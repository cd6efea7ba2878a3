const WIDTH = 30
const SHOWN_EVERY_MS = 100

/** A progress bar on standard error; nothing where that is not a terminal. */
export function createProgress() {
  let shownAt = -Infinity
  let last = { done: 0, total: 0 }

  function draw() {
    const { done, total } = last
    const full = Math.floor((done / Math.max(1, total)) * WIDTH)
    const bar = '█'.repeat(full).padEnd(WIDTH, '░')
    process.stderr.write(`\r${bar} ${done} of ${total}`)
  }

  return {
    show(done: number, total: number) {
      last = { done, total }
      if (!process.stderr.isTTY || performance.now() - shownAt < SHOWN_EVERY_MS) return
      shownAt = performance.now()
      draw()
    },
    end() {
      if (!process.stderr.isTTY) return
      draw()
      process.stderr.write('\n')
    },
  }
}
