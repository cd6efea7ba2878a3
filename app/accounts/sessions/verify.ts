import type { Database } from '~/database/database'
import type { Clock } from '../clock'
import { secretKey } from '../secret-token'
import type { Viewer } from '../viewer'
import type { Activity } from './activity'
import type { CachedSession, Fill, SessionCache } from './cache'
import { isRowOf, looksLikeSessionSecret, sessionIdOf } from './session-secret'

/**
 * The one answer to "whose session is this?", for pages, the session check and sockets alike.
 *
 * From memory when it can be: only while the database was seen, a moment ago, not to have been
 * written by another process. Otherwise from the row.
 */
export type Verify = {
  /** The viewer, or null when there is no such session, it has ended, or its user is disabled. */
  verify(secret: unknown): Promise<Viewer | null>
  /** The same, with the moment at which the session expires unless it is used before. */
  verifySession(secret: unknown): Promise<Readonly<CachedSession> | null>
  /** From memory alone: undefined when memory cannot tell. */
  verifyFromMemory(secret: unknown): Viewer | undefined
}

export function createVerify({
  database,
  clock,
  cache,
  activity,
}: {
  database: Database
  clock: Clock
  cache: SessionCache
  activity: Activity
}): Verify {
  function remembered(key: string): CachedSession | undefined {
    if (!database.foreignChanges.isFresh()) return undefined
    const entry = cache.get(key)
    return entry && entry.expiresAt > clock.time() ? entry : undefined
  }

  /**
   * Reads that are under way, by their keys. A thousand tabs that come back at once are twenty
   * sessions: whoever asks while a read is current may have its answer, as if it were remembered.
   */
  const reads = new Map<string, { fill: Fill; answer: Promise<CachedSession | null> }>()

  function readOrShare(secret: string, key: string): Promise<CachedSession | null> {
    const underWay = reads.get(key)
    if (underWay?.fill.isCurrent()) return underWay.answer
    const fill = cache.beginFill()
    const reading = { fill, answer: read(secret, key, fill) }
    reads.set(key, reading)
    const forget = () => reads.get(key) === reading && reads.delete(key)
    reading.answer.then(forget, forget)
    return reading.answer
  }

  async function read(secret: string, key: string, fill: Fill): Promise<CachedSession | null> {
    const row = await database.client.session.findUnique({
      // By nothing but the id: so Prisma makes one query of many that come at once.
      where: { id: sessionIdOf(secret) },
      select: {
        id: true,
        tokenHash: true,
        createdAt: true,
        expiresAt: true,
        endsAt: true,
        user: { select: { id: true, name: true, email: true, role: true, disabledAt: true } },
      },
    })
    if (!row || !isUsable(row.user)) return null
    if (!isRowOf(key, row)) return null
    const entry = toEntry(row, activity.pending(row.id)?.expiresAt)
    if (entry.expiresAt <= clock.time()) return null
    fill.store(key, entry)
    return entry
  }

  async function verifySession(secret: unknown): Promise<CachedSession | null> {
    if (!looksLikeSessionSecret(secret)) return null
    const key = secretKey(secret)
    const entry = remembered(key)
    if (entry) return entry
    if (!database.foreignChanges.isFresh()) {
      await database.foreignChanges.refresh()
      const refreshed = remembered(key)
      if (refreshed) return refreshed
    }
    return readOrShare(secret, key)
  }

  return {
    verifySession,
    verify: async (secret) => (await verifySession(secret))?.viewer ?? null,
    // Only what was a session's secret is remembered, so nothing needs to look like one here.
    verifyFromMemory: (secret) =>
      typeof secret === 'string' ? remembered(secretKey(secret))?.viewer : undefined,
  }
}

/**
 * The row and its user are read one after the other. A user who was deleted in between is null at
 * run time, whatever the type says.
 */
const isUsable = (user: { disabledAt: Date | null } | null) => user !== null && !user.disabledAt

type Row = {
  id: string
  createdAt: Date
  expiresAt: Date
  endsAt: Date
  user: Viewer['user'] & { disabledAt: Date | null }
}

function toEntry(row: Row, pendingExpiry: Date | undefined): CachedSession {
  const { id, name, email, role } = row.user
  return {
    viewer: Object.freeze({
      user: Object.freeze({ id, name, email, role }),
      session: Object.freeze({ id: row.id, createdAt: row.createdAt, endsAt: row.endsAt }),
    }),
    expiresAt: Math.max(row.expiresAt.getTime(), pendingExpiry?.getTime() ?? 0),
  }
}
