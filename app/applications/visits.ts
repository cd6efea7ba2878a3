import type { Logger } from 'pino'
import type { Database } from '~/database/types'
import { batchesById } from '~/accounts/batches'
import type { Activity } from '~/accounts/sessions/activity'
import type { Clock } from '~/accounts/time'
import type { VerifiedVisitor } from './visitors'

/** A visit this soon after the last known one is not news, in milliseconds. */
const VISIT_RESOLUTION = 15_000

/**
 * When people last opened a page of an application: activity of their session, and what is shown
 * beside it. Gathered in memory and written in batches, as an update of rows that are there.
 */
export function createVisits({
  database,
  activity,
  noteTokenUse,
  clock,
  log,
}: {
  database: Pick<Database, 'transaction' | 'lockUnlessHeld'>
  activity: { recordActivity: Activity['record'] }
  noteTokenUse: (tokenId: string, ip: string) => void
  clock: Clock
  log: Logger
}) {
  const gathered = new Map<string, Date>()
  const lastNoted = new WeakMap<VerifiedVisitor, number>()

  async function write(batch: readonly [string, Date][]) {
    const held = await database.transaction(async (tx) => {
      const ids = batch.map(([id]) => id)
      const held = await database.lockUnlessHeld(tx, 'ApplicationSession', ids)
      for (const [id, lastUsedAt] of batch) {
        const where = { id, lastUsedAt: { lt: lastUsedAt } }
        if (!held.has(id)) await tx.applicationSession.updateMany({ where, data: { lastUsedAt } })
      }
      return held
    })
    for (const [id, at] of batch) if (!held.has(id) && gathered.get(id) === at) gathered.delete(id)
  }

  return {
    /**
     * Somebody opened a page, or a program came with its token. Throws like activity.record does.
     *
     * @param ip is read only when this is news: it takes longer than finding the visitor
     * @returns undefined when there is nothing to wait for
     */
    note(visitor: VerifiedVisitor, ip: () => string): Promise<void> | undefined {
      const { session, user, tokenId } = visitor.value
      const now = clock.time()
      if (Math.abs(now - (lastNoted.get(visitor) ?? -Infinity)) < VISIT_RESOLUTION) return undefined
      lastNoted.set(visitor, now)
      if (tokenId !== undefined) noteTokenUse(tokenId, ip())
      if (!session) return undefined
      gathered.set(session.applicationSessionId, new Date(now))
      return activity.recordActivity(
        { expiresAt: visitor.expiresAt, value: { user, session } },
        ip(),
      )
    },
    async flush() {
      try {
        for (const batch of batchesById(gathered)) await write(batch)
      } catch (error) {
        log.warn({ err: error }, 'visits to applications will be written later')
      }
    },
  }
}

export type Visits = ReturnType<typeof createVisits>
