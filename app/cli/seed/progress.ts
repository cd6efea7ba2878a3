const WIDTH = 30
const SHOWN_EVERY_MS = 100

/** A progress bar on standard error; nothing where that is not a terminal. */
export function createProgress(total: number) {
  let shownAt = -Infinity

  function draw(done: number) {
    const full = Math.floor((done / total) * WIDTH)
    const bar = '█'.repeat(full).padEnd(WIDTH, '░')
    process.stderr.write(`\r${bar} ${done} of ${total}`)
  }

  return {
    show(done: number) {
      if (!process.stderr.isTTY || performance.now() - shownAt < SHOWN_EVERY_MS) return
      shownAt = performance.now()
      draw(done)
    },
    end() {
      if (!process.stderr.isTTY) return
      draw(total)
      process.stderr.write('\n')
    },
  }
}
