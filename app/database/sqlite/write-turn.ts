import type { NextTurn } from '../database'
import { betweenTurns } from './between-turns'
import { asWriteError, deadlineIn, retryWhileBusy } from './busy'
import type { Turns } from './turns'

/** When anybody may write: in turns, one connection for all of them. */
export type WriteTurns = { turns: Turns; busyLimit: number; nextTurn: NextTurn }

/** Runs one statement that commits by itself, in a turn, waiting for other processes meanwhile. */
export async function writeInTurn<T>(
  { turns, busyLimit, nextTurn }: WriteTurns,
  statement: () => Promise<T>,
): Promise<T> {
  try {
    return await betweenTurns(nextTurn, () => {
      const deadline = deadlineIn(busyLimit)
      return retryWhileBusy(deadline, () => turns.inTurn(deadline, statement))
    })
  } catch (error) {
    throw asWriteError(error)
  }
}
