import type { Database } from '../types'
import type { Connection } from './connection'
import type { WriteTurns } from './write-lock'

type Row = { points: bigint | number; expiresAt: string }

/** Counts attempts, each in one statement of its own, and without waiting for the disk. */
export function createCounters({
  writer,
  turns,
  clock,
}: {
  writer: Connection
  turns: WriteTurns
  clock: { now(): Date }
}): Database['count'] {
  const add = writer.raw.prepare<Record<string, string | number>, Row>(`
    INSERT INTO "AttemptCounter" ("key", "points", "expiresAt")
    VALUES (@key, max(0, @points), @expiresAt)
    ON CONFLICT ("key") DO UPDATE SET
      "points" = max(0, iif("expiresAt" > @now, "points", 0) + @points),
      "expiresAt" = iif("expiresAt" > @now, "expiresAt", excluded."expiresAt")
    RETURNING "points", "expiresAt"`)

  return async function count(key, points, window) {
    const row = await turns.write(() => {
      const now = clock.now()
      const expiresAt = toSqliteDate(new Date(now.getTime() + window))
      return add.get({ key, points, expiresAt, now: toSqliteDate(now) })
    })
    if (!row) throw new Error('A counter answered nothing')
    return { points: Number(row.points), expiresAt: new Date(row.expiresAt) }
  }
}

/** A date as Prisma's adapter stores it, which writes UTC as +00:00: so they compare as text. */
const toSqliteDate = (date: Date): string => date.toISOString().replace('Z', '+00:00')
