import { deadlineIn, retryWhileBusy } from './busy'
import type { WriteTurns } from './write-turn'

/** Runs one statement that only reads, in a turn of the loop, waiting for other processes meanwhile. */
export async function readInTurn<T>(
  { busyLimit, nextTurn }: Pick<WriteTurns, 'busyLimit' | 'nextTurn'>,
  query: () => T | Promise<T>,
): Promise<T> {
  await nextTurn()
  const result = await retryWhileBusy(deadlineIn(busyLimit), query)
  await nextTurn()
  return result
}
