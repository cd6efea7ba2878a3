import type { Database, Transaction } from '~/database/types'

/** So many rows in a transaction: whoever else wants to write waits for it. */
export const BATCH = 50

/**
 * What was gathered by the ids of rows, in batches of which each is to be written in a transaction of
 * its own. What is gathered meanwhile is left for the next time. In id order, so that two writers of
 * overlapping batches lock rows in the same order.
 */
export function* batchesById<T>(gathered: ReadonlyMap<string, T>): Generator<[string, T][]> {
  const waiting = [...gathered].sort(([a], [b]) => (a < b ? -1 : 1))
  for (let start = 0; start < waiting.length; start += BATCH) {
    yield waiting.slice(start, start + BATCH)
  }
}

/** Locks those of the rows that nobody else holds at the moment, and returns their ids. */
export async function lockFree(
  database: Pick<Database, 'lockUnlessHeld'>,
  tx: Transaction,
  table: Parameters<Database['lockUnlessHeld']>[1],
  rows: readonly { id: string }[],
): Promise<string[]> {
  const ids = idsOf(rows)
  const held = await database.lockUnlessHeld(tx, table, ids)
  return ids.filter((id) => !held.has(id))
}

/** Rows by whose they are: what is done to several people is announced to each. */
export const byUser = <Row extends { userId: string }>(rows: readonly Row[]): Map<string, Row[]> =>
  Map.groupBy(rows, ({ userId }) => userId)

export const idsOf = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id)
