/**
 * Awaited before a statement. Statements are synchronous here and what follows them runs at once, so
 * that a sign-in, say, with its twenty statements would hold the event loop from beginning to end.
 */
export type NextTurn = () => Promise<void>

/** One turn of the loop, for a process that serves nobody else. A server brings fairer turns. */
export const pause: NextTurn = () => new Promise((resolve) => setImmediate(resolve))
