import { betweenTurns } from './between-turns'
import { deadlineIn, retryWhileBusy } from './busy'
import type { WriteTurns } from './write-turn'

/** Runs one statement that only reads, in a turn of the loop, waiting for other processes meanwhile. */
export function readInTurn<T>(
  { busyLimit, nextTurn }: Pick<WriteTurns, 'busyLimit' | 'nextTurn'>,
  query: () => T | Promise<T>,
): Promise<T> {
  return betweenTurns(nextTurn, () => retryWhileBusy(deadlineIn(busyLimit), query))
}
