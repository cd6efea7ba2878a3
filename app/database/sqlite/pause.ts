/** Others wait no longer than this, and one statement more. */
const LONGEST_MS = 0.5

/**
 * To be awaited before a statement. Statements are synchronous here and what follows them runs at
 * once, so that a sign-in, say, with its twenty statements would hold the event loop from beginning
 * to end. This lets others have their turn when the loop has not turned for too long.
 */
export type Pause = () => Promise<void> | undefined

export function createPause({ longest = LONGEST_MS } = {}): Pause {
  /** When a statement first ran in this turn of the loop. */
  let began: number | undefined

  return function pause() {
    if (began === undefined) {
      began = performance.now()
      setImmediate(() => (began = undefined))
      return undefined
    }
    if (performance.now() - began < longest) return undefined
    return new Promise((resolve) => setImmediate(resolve))
  }
}
