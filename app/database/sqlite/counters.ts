import { asWriteError, deadlineIn, retryWhileBusy } from './busy'
import type { Connection } from './connection'
import { stored } from './insert-many'
import type { Pause } from './pause'
import type { Turns } from './turns'
import type { Database } from '../database'

type Row = { points: bigint | number; expire: string }

/**
 * Counts attempts in one statement, past Prisma, and without waiting for the disk: there are several
 * to a sign-in, which as Prisma's own would take half of its time.
 */
export function createCounters({
  writer,
  turns,
  pause,
  busyLimit,
}: {
  writer: Connection
  turns: Turns
  pause: Pause
  busyLimit: number
}): Database['count'] {
  const add = writer.raw.prepare<Record<string, string | number>, Row>(`
    INSERT INTO "RateLimiterFlexible" ("key", "points", "expire")
    VALUES (@key, max(0, @points), @expire)
    ON CONFLICT ("key") DO UPDATE SET
      "points" = max(0, iif("expire" > @now, "points", 0) + @points),
      "expire" = iif("expire" > @now, "expire", excluded."expire")
    RETURNING "points", "expire"`)

  return async function count(key, points, window) {
    await pause()
    const deadline = deadlineIn(busyLimit)
    try {
      const row = await retryWhileBusy(deadline, () =>
        turns.inTurn(deadline, async () => {
          const now = Date.now()
          const expire = stored(new Date(now + window))
          return add.get({ key, points, expire, now: stored(new Date(now)) })
        }),
      )
      if (!row) throw new Error('A counter answered nothing')
      return { points: Number(row.points), expire: new Date(row.expire) }
    } catch (error) {
      throw asWriteError(error)
    }
  }
}
