import type { NextTurn } from '../database'

/** Lets others come before `work`, and again before what is made of its result. */
export async function betweenTurns<T>(nextTurn: NextTurn, work: () => T | Promise<T>): Promise<T> {
  await nextTurn()
  const result = await work()
  await nextTurn()
  return result
}
