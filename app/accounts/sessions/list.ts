import type { Database, SecondFactor, SignInMethod } from '~/database/types'
import type { Clock } from '../time'
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
  /** What the browser said of its device beside that. */
  deviceHints: string | null
  /** What its owner calls it. */
  label: string | null
  /** Unknown of sessions from before it was written down. */
  signedInBy: SignInMethod | null
  secondFactor: SecondFactor | null
}

/** Below the bound parameters that any database takes in one statement. */
const IDS_PER_QUERY = 5000

export function createList({
  database,
  clock,
  activity,
}: {
  database: Pick<Database, 'client'>
  clock: Clock
  activity: Activity
}) {
  return {
    /** The active sessions of a user, most recently active first. */
    async list({ userId }: { userId: string }): Promise<ListedSession[]> {
      const rows = await database.client.session.findMany({
        where: { userId, expiresAt: { gt: clock.now() } },
        select: {
          id: true,
          createdAt: true,
          lastSeenAt: true,
          expiresAt: true,
          endsAt: true,
          ip: true,
          userAgent: true,
          deviceHints: true,
          label: true,
          signedInBy: true,
          secondFactor: true,
        },
      })
      return rows
        .map((row) => {
          // What is not written yet is shown all the same.
          const { lastSeenAt, expiresAt, ip } = activity.pending(row.id) ?? row
          return { ...row, lastSeenAt, expiresAt, ip }
        })
        .sort((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime())
    },

    /** How many active sessions a user has. */
    countActive({ userId }: { userId: string }): Promise<number> {
      return database.client.session.count({ where: { userId, expiresAt: { gt: clock.now() } } })
    },

    /** Which of these sessions are still active, and until when: asked for open sockets. */
    async stillActive(sessionIds: readonly string[]): Promise<Map<string, Date>> {
      const active = new Map<string, Date>()
      for (let start = 0; start < sessionIds.length; start += IDS_PER_QUERY) {
        const rows = await database.client.session.findMany({
          where: {
            id: { in: sessionIds.slice(start, start + IDS_PER_QUERY) },
            expiresAt: { gt: clock.now() },
            user: { disabledAt: null },
          },
          select: { id: true, expiresAt: true },
        })
        for (const { id, expiresAt } of rows) active.set(id, expiresAt)
      }
      return active
    },
  }
}
