import type { Logger } from 'pino'

/** Does `work` again and again. Returns the way to stop, which waits for what is under way. */
export function every(
  interval: number,
  work: () => Promise<unknown>,
  log: Logger,
): () => Promise<void> {
  let running = Promise.resolve()
  const timer = setInterval(() => {
    running = running
      .then(work)
      .then(() => undefined)
      .catch((error: unknown) => log.warn({ err: error }, 'background work will be retried'))
  }, interval)
  timer.unref()
  return () => {
    clearInterval(timer)
    return running
  }
}
