import type { NextTurn } from '../database'
import { asWriteError, deadlineIn, retryWhileBusy } from './busy'
import type { Turns } from './turns'

/** When anybody may write: in turns, one connection for all of them. */
export type WriteTurns = { turns: Turns; busyLimit: number; nextTurn: NextTurn }

/** Runs one statement that commits by itself, in a turn, waiting for other processes meanwhile. */
export async function writeInTurn<T>(
  { turns, busyLimit, nextTurn }: WriteTurns,
  statement: () => Promise<T>,
): Promise<T> {
  await nextTurn()
  const deadline = deadlineIn(busyLimit)
  try {
    const result = await retryWhileBusy(deadline, () => turns.inTurn(deadline, statement))
    await nextTurn()
    return result
  } catch (error) {
    throw asWriteError(error)
  }
}
