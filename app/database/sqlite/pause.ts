import type { NextTurn } from '../database'

/** One turn of the loop, for a process that serves nobody else. A server brings fairer turns. */
export const pause: NextTurn = () => new Promise((resolve) => setImmediate(resolve))
