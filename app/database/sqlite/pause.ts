/**
 * To be awaited before a statement. Statements are synchronous here and what follows them runs at
 * once, so that a sign-in, say, with its twenty statements would hold the event loop from beginning
 * to end. One turn of the loop before each lets everybody else have theirs.
 */
export const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
