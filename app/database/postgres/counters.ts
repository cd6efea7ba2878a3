import type pg from 'pg'
import type { Database } from '../types'
import { asQueryError } from './errors'

type Row = { points: number; expiresAt: Date }

const ADD = `
  INSERT INTO "AttemptCounter" AS "counter" ("key", "points", "expiresAt")
  VALUES ($1, greatest(0, $2::integer), $3)
  ON CONFLICT ("key") DO UPDATE SET
    "points" = greatest(0, CASE WHEN "counter"."expiresAt" > $4 THEN "counter"."points" ELSE 0 END + $2::integer),
    "expiresAt" = CASE WHEN "counter"."expiresAt" > $4 THEN "counter"."expiresAt" ELSE excluded."expiresAt" END
  RETURNING "points", "expiresAt" AT TIME ZONE 'UTC' AS "expiresAt"`

/** Counts attempts, each in one statement of its own, and without waiting for the disk. */
export function createCounters(pool: pg.Pool, clock: { now(): Date }): Database['count'] {
  return async function count(key, points, window) {
    const now = clock.now()
    const expiresAt = new Date(now.getTime() + window)
    try {
      const values = [key, points, toTimestamp(expiresAt), toTimestamp(now)]
      const { rows } = await pool.query<Row>(ADD, values)
      if (!rows[0]) throw new Error('A counter answered nothing')
      return rows[0]
    } catch (error) {
      throw asQueryError(error)
    }
  }
}

/** A time in UTC, without a zone, as the columns hold it: pg itself would write the local time. */
const toTimestamp = (date: Date): string => date.toISOString().slice(0, -1)
