/** Others wait no longer than this, and one statement more. */
const LONGEST_MS = 0.5

const nextImmediate = () => new Promise((resolve) => setImmediate(resolve))

/**
 * To be awaited before a statement. Statements are synchronous here and what follows them runs at
 * once, so that a sign-in, say, with its dozen statements would hold the event loop from beginning
 * to end. This lets others have their turn unless the loop has turned only just now; what it was
 * held by before the first statement, nobody can say.
 */
export type Pause = () => Promise<void> | undefined

export function createPause({ longest = LONGEST_MS } = {}): Pause {
  /** When statements began to run in this turn of the loop. */
  let began: number | undefined

  const isLong = () => began !== undefined && performance.now() - began >= longest

  async function waitForTurn() {
    // What is due right after the requests that have just come would run before those that wait.
    if (began === undefined) await nextImmediate()
    do await nextImmediate()
    while (isLong())
    if (began !== undefined) return
    began = performance.now()
    setImmediate(() => (began = undefined))
  }

  return () => (began === undefined || isLong() ? waitForTurn() : undefined)
}
