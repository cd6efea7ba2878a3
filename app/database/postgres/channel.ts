import type pg from 'pg'
import type { Channel } from '../types'
import { connect } from './connection'
import { asQueryError } from './errors'
import { noticeFrom } from './notices'
import { TIME } from './time'

/*
 * One channel of PostgreSQL's notifications, which keep the order of the commits. What announces
 * itself (see the migrations) and what servers say to each other both go over it, so that whoever has
 * heard the one knows that they have heard what came before it.
 */

const LISTEN = 'LISTEN latchkey'
/** How long to wait until it is answered, in milliseconds. What comes after that nobody asked for. */
const PATIENCE_MS = 2_000

/** On the disk before anything is used from memory: who is forgotten in a crash is not waited for. */
const REGISTER = `
  INSERT INTO "Node" ("id", "ping", "renewedAt")
  SELECT $1, $2::bigint, clock_timestamp() FROM set_config('synchronous_commit', 'on', true)
  ON CONFLICT ("id") DO UPDATE SET
    "ping" = GREATEST("Node"."ping", excluded."ping"), "renewedAt" = excluded."renewedAt"`

/** Sends nothing where there is no row. */
const PING = `
  WITH "renewed" AS (
    UPDATE "Node" SET "ping" = GREATEST("ping", $2::bigint), "renewedAt" = clock_timestamp()
    WHERE "id" = $1 RETURNING "id"
  )
  SELECT ${TIME} AS "time",
    "latchkeyNotify"(jsonb_build_object('type', 'ping', 'node', "id", 'ping', $2::bigint))
  FROM "renewed"`

const REMOVE = `DELETE FROM "Node" WHERE "id" = $1 AND ($2::bigint IS NULL OR "ping" <= $2)`
const LIST = `SELECT "id" AS "node", "ping"::float8 FROM "Node"`
const NOTIFY = 'SELECT "latchkeyNotify"($1::jsonb)'

export function createChannel({
  url,
  pool,
  clock,
  learnTime,
}: {
  url: string
  /** Connections that no page waits for or keeps waiting: leases depend on them. */
  pool: pg.Pool
  clock: { monotonic(): number }
  learnTime: (time: number, askedAt: number, answeredAt: number) => void
}): Channel {
  async function query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) {
    try {
      const { rows } = await pool.query<Row>(text, values)
      return rows
    } catch (error) {
      throw asQueryError(error)
    }
  }

  const notify = async (notice: object) => void (await query(NOTIFY, [JSON.stringify(notice)]))

  return {
    async listen(heard, lost) {
      const client = await connect(url, { patience: PATIENCE_MS })
      let closed = false
      const end = (error: unknown) => {
        if (closed) return
        closed = true
        lost(error)
      }
      client.on('error', end)
      client.on('end', () => end(new Error('PostgreSQL closed the connection')))
      client.on('notification', ({ payload }) => {
        if (!closed) heard(noticeFrom(payload ?? ''))
      })
      try {
        await client.query(LISTEN)
      } catch (error) {
        closed = true
        void client.end().catch(() => {})
        throw asQueryError(error)
      }
      return {
        close() {
          closed = true
          void client.end().catch(() => {})
        },
      }
    },

    async register(node, ping) {
      await query(REGISTER, [node, ping])
    },

    async ping(node, ping) {
      const askedAt = clock.monotonic()
      const [row] = await query<{ time: number }>(PING, [node, ping])
      if (row) learnTime(row.time, askedAt, clock.monotonic())
      return row !== undefined
    },

    async remove(node, ping) {
      await query(REMOVE, [node, ping ?? null])
    },

    list: () => query<{ node: string; ping: number }>(LIST),

    async sendBarrier(tx) {
      const [sent] = await tx.$queryRaw<{ transaction: string }[]>`
        SELECT "latchkeyNotify"('{"type": "barrier"}') AS "transaction"`
      return sent!.transaction
    },

    askForTabs: (id, userId) => notify({ type: 'question', id, userId }),
    confirm: (id, node, tabs) => notify({ type: 'confirmed', id, node, tabs }),
  }
}
