import type { Database } from '~/database/database'
import type { Clock } from '../clock'
import type { Activity } from './activity'

/** A session as its owner sees it. */
export type ListedSession = {
  id: string
  createdAt: Date
  lastSeenAt: Date
  expiresAt: Date
  endsAt: Date
  ip: string
  userAgent: string
}

export function createList({
  database,
  clock,
  activity,
}: {
  database: Database
  clock: Clock
  activity: Activity
}) {
  async function read(userId: string): Promise<readonly ListedSession[]> {
    return database.client.session.findMany({
      where: { userId, expiresAt: { gt: clock.now() } },
      select: {
        id: true,
        createdAt: true,
        lastSeenAt: true,
        expiresAt: true,
        endsAt: true,
        ip: true,
        userAgent: true,
      },
    })
  }

  return {
    /** The active sessions of a user, most recently active first. */
    async list({ userId }: { userId: string }): Promise<ListedSession[]> {
      const rows = await read(userId)
      return rows
        .map((row) => {
          const { lastSeenAt, expiresAt, ip } = activity.pending(row.id) ?? row
          return { ...row, lastSeenAt, expiresAt, ip }
        })
        .filter(({ expiresAt }) => expiresAt > clock.now())
        .sort((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime())
    },

    /** How many active sessions a user has. */
    countActive({ userId }: { userId: string }): Promise<number> {
      return database.client.session.count({ where: { userId, expiresAt: { gt: clock.now() } } })
    },

    /** Which of these sessions are still active: asked for open sockets, in one query. */
    async stillActive(sessionIds: readonly string[]): Promise<Map<string, Date>> {
      const active = new Map<string, Date>()
      for (let start = 0; start < sessionIds.length; start += IDS_PER_QUERY) {
        const rows = await database.client.session.findMany({
          where: {
            id: { in: sessionIds.slice(start, start + IDS_PER_QUERY) },
            user: { disabledAt: null },
          },
          select: { id: true, expiresAt: true },
        })
        for (const row of rows) {
          const expiresAt = activity.pending(row.id)?.expiresAt ?? row.expiresAt
          if (expiresAt > clock.now()) active.set(row.id, expiresAt)
        }
      }
      return active
    },
  }
}

/** Below the bound parameters that either database takes in one statement. */
const IDS_PER_QUERY = 5000
