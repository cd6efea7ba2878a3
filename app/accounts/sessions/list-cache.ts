import { LRUCache } from 'lru-cache'
import { createEpoch } from '../epoch'

/**
 * A user's listed sessions, in memory: the profile page and every tab that refreshes ask for them.
 *
 * As in the cache of viewers, a fill that read its rows before a change is not stored after it.
 */
export type ListCache<Row> = {
  get(userId: string): readonly Row[] | undefined
  /** To be called before the rows are read; what it returns then keeps them if nothing changed since. */
  beginFill(): (userId: string, rows: readonly Row[]) => void
  forgetUser(userId: string): void
  forgetEverything(): void
}

/** @param max rows in all; the lists that were not asked for longest go first */
export function createListCache<Row>({ max }: { max: number }): ListCache<Row> {
  const epoch = createEpoch()
  const lists = new LRUCache<string, readonly Row[]>({
    maxSize: max,
    sizeCalculation: (rows) => rows.length + 1,
  })
  return {
    get: (userId) => lists.get(userId),
    beginFill() {
      const nothingChanged = epoch.begin()
      return (userId, rows) => {
        if (nothingChanged()) lists.set(userId, rows)
      }
    },
    forgetUser(userId) {
      epoch.raise()
      lists.delete(userId)
    },
    forgetEverything() {
      epoch.raise()
      lists.clear()
    },
  }
}
