import type { Database } from '~/database/types'
import type { RecordAudit } from '../audit/record'
import type { Clock } from '../time'
import type { Revocations } from '../revocations'
import type { Activity } from './activity'

/** So many rows in a transaction: whoever else wants to write waits for it. */
const BATCH = 50

/**
 * Deletes the rows of sessions, links and API tokens that have expired. Nothing depends on it being quick: an
 * expired row refuses by itself. It keeps what is stored about people to what is needed.
 *
 * @returns how many sessions went
 */
export function createPurge({
  database,
  revocations,
  activity,
  record,
  clock,
}: {
  database: Database
  revocations: Revocations
  activity: Activity
  record: RecordAudit
  clock: Clock
}) {
  return async function purge(): Promise<number> {
    // First what is only in memory, or a session in use would look expired.
    await activity.flush()
    let purged = 0
    for (;;) {
      const { value: went } = await revocations.commit(async (tx, announce) => {
        const expired = { expiresAt: { lte: clock.now() } }
        const rows = await tx.session.findMany({
          where: expired,
          select: { id: true, userId: true, user: { select: { id: true, name: true } } },
          orderBy: { id: 'asc' },
          take: BATCH,
        })
        const held = await database.lockUnlessHeld(
          tx,
          'Session',
          rows.map(({ id }) => id),
        )
        const free = rows.filter(({ id }) => !held.has(id))
        await tx.session.deleteMany({ where: { ...expired, id: { in: free.map(({ id }) => id) } } })
        for (const [userId, sessionIds] of byUser(free)) {
          announce({ type: 'sessions-ended', userId, sessionIds, reason: 'expired' })
        }
        for (const { id, user } of free) {
          const details = { count: 1, sessions: [id], reason: 'expired' }
          await record(tx, { kind: 'session.ended', actor: null, subject: user, details })
        }
        return free.length
      })
      purged += went
      if (went < BATCH) break
    }
    const expired = { expiresAt: { lte: clock.now() } }
    await database.client.oneTimeLink.deleteMany({ where: expired })
    await database.client.apiToken.deleteMany({ where: expired })
    await database.client.attemptCounter.deleteMany({ where: expired })
    return purged
  }
}

function byUser(rows: readonly { id: string; userId: string }[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const { id, userId } of rows) {
    const group = groups.get(userId)
    if (group) group.push(id)
    else groups.set(userId, [id])
  }
  return groups
}
