import { join, raw, sqltag as sql } from '@prisma/client/runtime/client'
import type { Database, Transaction } from '../types'

/** Any number will do, if it is always the same. */
const ADMINISTRATORS_LOCK = 5_281_904_338

type Row = { id: string }

/*
 * Locks of rows, each a statement of its own: what is read by a later one is what the transaction that
 * held the lock before has left. FOR UPDATE, since a row that refers to the locked one could be added
 * under anything weaker.
 */
export function createLocks(): Pick<
  Database,
  'lockUsers' | 'lockAdministrators' | 'lockUnlessHeld'
> {
  return {
    async lockUsers(tx, userIds) {
      if (userIds.length === 0) return
      await tx.$queryRaw<Row[]>`
        SELECT "id" FROM "User" WHERE "id" IN (${join([...userIds])}) ORDER BY "id" FOR UPDATE`
    },

    async lockAdministrators(tx) {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${ADMINISTRATORS_LOCK}::bigint)`
    },

    async lockUnlessHeld(tx, table, ids) {
      if (ids.length === 0) return new Set()
      const rows = await lockFreeRows(tx, table, ids)
      return new Set(rows.map(({ id }) => id))
    },
  }
}

/** Returns the rows that are there and were not locked. A row that is gone is held by nobody. */
function lockFreeRows(tx: Transaction, table: string, ids: readonly string[]): Promise<Row[]> {
  const rows = sql`SELECT "id" FROM ${raw(`"${table}"`)} WHERE "id" IN (${join([...ids])})`
  return tx.$queryRaw<Row[]>`
    WITH "locked" AS MATERIALIZED (${rows} ORDER BY "id" FOR UPDATE SKIP LOCKED)
    ${rows} AND "id" NOT IN (SELECT "id" FROM "locked")`
}
