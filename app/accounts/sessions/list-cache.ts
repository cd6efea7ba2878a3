import { LRUCache } from 'lru-cache'

/**
 * A user's listed sessions, in memory: the profile page and every tab that refreshes ask for them.
 *
 * As in the cache of viewers, the danger is a fill that read its rows before a change and stores
 * them after. So every change raises the epoch, and a fill from an older one is dropped.
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
  let epoch = 0
  const lists = new LRUCache<string, readonly Row[]>({
    maxSize: max,
    sizeCalculation: (rows) => rows.length + 1,
  })
  return {
    get: (userId) => lists.get(userId),
    beginFill() {
      const epochBefore = epoch
      return (userId, rows) => {
        if (epochBefore === epoch) lists.set(userId, rows)
      }
    },
    forgetUser(userId) {
      epoch += 1
      lists.delete(userId)
    },
    forgetEverything() {
      epoch += 1
      lists.clear()
    },
  }
}
