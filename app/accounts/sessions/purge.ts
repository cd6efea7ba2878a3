import type { Database } from '~/database/database'
import type { Clock } from '../clock'
import type { Revocations } from '../revocations'
import type { Activity } from './activity'

const BATCH = 500

/**
 * Deletes the rows of sessions and links that have expired. Nothing depends on it being quick: an
 * expired row refuses by itself. It keeps what is stored about people to what is needed.
 *
 * @returns how many sessions went
 */
export function createPurge({
  database,
  revocations,
  activity,
  clock,
}: {
  database: Database
  revocations: Revocations
  activity: Activity
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
          select: { id: true, userId: true },
          orderBy: { id: 'asc' },
          take: BATCH,
        })
        await tx.session.deleteMany({ where: { ...expired, id: { in: rows.map(({ id }) => id) } } })
        for (const [userId, sessionIds] of byUser(rows)) {
          announce({ type: 'sessions-ended', userId, sessionIds, reason: 'expired' })
        }
        return rows.length
      })
      purged += went
      if (went < BATCH) break
    }
    await database.client.oneTimeLink.deleteMany({ where: { expiresAt: { lte: clock.now() } } })
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
