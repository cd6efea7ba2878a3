import type { Database, Transaction } from '~/database/database'
import { batchesById } from '../batches'
import type { Clock } from '../clock'
import type { Viewer } from '../viewer'
import type { SessionCache } from './cache'
import { ACTIVITY_RESOLUTION, idleExpiry, type SessionPolicy } from './policy'

/**
 * When a session was last used, gathered in memory and written in batches. Writing is a conditional
 * update of a row that is there, never an insert: activity cannot bring an ended session back.
 */
export type Activity = {
  /** A person navigated or sent a form. */
  record(viewer: Viewer, ip: string): void
  /** What is known but not yet written. */
  pending(sessionId: string): Pending | undefined
  /** Drops what was gathered for sessions that ended. */
  forget(sessionIds: readonly string[]): void
  /** Writes everything gathered so far. On failure it stays gathered. */
  flush(): Promise<void>
}

export type Pending = { userId: string; lastSeenAt: Date; expiresAt: Date; ip: string }

export function createActivity({
  database,
  clock,
  cache,
  policy,
}: {
  database: Database
  clock: Clock
  cache: SessionCache
  policy: SessionPolicy
}): Activity {
  // A session that may idle for seconds only must not be taken for idle in between.
  const resolution = Math.min(ACTIVITY_RESOLUTION, policy.idleTimeout / 4)
  const gathered = new Map<string, Pending>()
  const lastRecorded = new WeakMap<Viewer, { at: number; ip: string }>()

  function record(viewer: Viewer, ip: string) {
    const now = clock.now()
    const last = lastRecorded.get(viewer)
    if (last && last.ip === ip && Math.abs(now.getTime() - last.at) < resolution) return
    lastRecorded.set(viewer, { at: now.getTime(), ip })
    const expiresAt = idleExpiry(now, viewer.session.endsAt, policy)
    const userId = viewer.user.id
    gathered.set(viewer.session.id, { userId, lastSeenAt: now, expiresAt, ip })
    cache.extend(viewer.session.id, expiresAt.getTime())
  }

  async function flush() {
    for (const batch of batchesById(gathered)) {
      await database.transaction(async (tx) => {
        for (const [sessionId, pending] of batch) await write(tx, sessionId, pending)
      })
      for (const [sessionId, pending] of batch) {
        if (gathered.get(sessionId) === pending) gathered.delete(sessionId)
      }
    }
  }

  return {
    record,
    pending: (sessionId) => gathered.get(sessionId),
    forget: (sessionIds) => sessionIds.forEach((id) => gathered.delete(id)),
    flush,
  }
}

async function write(tx: Transaction, id: string, pending: Pending) {
  const { userId, lastSeenAt, expiresAt, ip } = pending
  const { count } = await tx.session.updateMany({
    where: { id, lastSeenAt: { lt: lastSeenAt } },
    data: { lastSeenAt, expiresAt, ip },
  })
  if (count === 0) return
  await tx.user.updateMany({
    where: { id: userId, lastActiveAt: { lt: lastSeenAt } },
    data: { lastActiveAt: lastSeenAt },
  })
}
