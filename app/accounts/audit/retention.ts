import type { Database } from '~/database/types'
import { BATCH, lockFree } from '../batches'
import { days, type Clock } from '../time'

/** How long an event is kept, unless the operator says otherwise: until after the next yearly review. */
export const DEFAULT_RETENTION = days(730)

/**
 * The shortest that an operator may set. Sign-in looks so far back for the addresses that a person
 * came from, and knows none of what is gone.
 */
export const SHORTEST_RETENTION = days(90)

/** So many at a time. What is left, after a retention was shortened say, goes at the next times. */
const MOST_BATCHES = 200

/**
 * Deletes the events that are older than `retention`, in milliseconds, oldest first. To be done again
 * and again.
 */
export function createPurgeAudit({
  database,
  clock,
  retention,
}: {
  database: Database
  clock: Clock
  retention: number
}) {
  return async function purgeAudit(): Promise<void> {
    for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
      if ((await purgeBatch()) < BATCH) return
    }
  }

  function purgeBatch(): Promise<number> {
    return database.transaction(async (tx) => {
      const old = { at: { lt: new Date(clock.time() - retention) } }
      const rows = await tx.auditEvent.findMany({
        where: old,
        select: { id: true },
        orderBy: [{ at: 'asc' }, { id: 'asc' }],
        take: BATCH,
      })
      // On several nodes at once: each takes what the others do not.
      const free = await lockFree(database, tx, 'AuditEvent', rows)
      await tx.auditEvent.deleteMany({ where: { id: { in: free } } })
      return free.length
    })
  }
}
