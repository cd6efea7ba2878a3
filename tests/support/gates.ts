/** Holds a function's results back until told, so that a test chooses what comes between. */
export function createGates() {
  const announce: Array<() => void> = []
  let arrivals = 0
  let release!: () => void
  const opened = new Promise<void>((resolve) => (release = resolve))

  function arrive() {
    arrivals += 1
    announce.splice(0).forEach((heard) => heard())
  }

  return {
    /** The same function, which waits at the gate with its result. */
    after:
      <A extends unknown[], R>(run: (...args: A) => PromiseLike<R>) =>
      async (...args: A): Promise<R> => {
        const result = await run(...args)
        arrive()
        await opened
        return result
      },
    /** The same function, which waits at the gate before it begins. */
    before:
      <A extends unknown[], R>(run: (...args: A) => PromiseLike<R>) =>
      async (...args: A): Promise<R> => {
        arrive()
        await opened
        return run(...args)
      },
    /** Resolves when so many have come to the gate. */
    async arrived(count = 1) {
      while (arrivals < count) await new Promise<void>((heard) => announce.push(heard))
    },
    /** How many have come to it. */
    get arrivals() {
      return arrivals
    },
    /** Lets everybody through, now and later. */
    open: () => release(),
  }
}
