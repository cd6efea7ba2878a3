import { LRUCache } from 'lru-cache'
import { createEpoch } from '../epoch'
import type { Viewer } from '../viewer'

/**
 * From the hash of a session's secret to its viewer, in memory. Holds only sessions that exist.
 *
 * The danger is a fill that read its row before an ending and stores it after. So every ending
 * raises the epoch, a fill remembers the epoch from before its read, and one that comes from an
 * older epoch is dropped.
 */
export type SessionCache = {
  get(key: string): CachedSession | undefined
  /** To be called before the row is read. */
  beginFill(): Fill
  forgetSessions(sessionIds: readonly string[]): void
  forgetUser(userId: string): void
  forgetEverything(): void
  /** Moves the sliding limit of a remembered session. */
  extend(sessionId: string, expiresAt: number): void
  readonly size: number
}

export type CachedSession = {
  viewer: Viewer
  /** Milliseconds since 1970, so that a check compares two numbers. */
  expiresAt: number
}

export type Fill = {
  /** Whether what this fill reads, or has read, may still be believed: nothing ended since it began. */
  isCurrent(): boolean
  /** Keeps the entry, unless something ended since the fill began. */
  store(key: string, entry: CachedSession): boolean
}

export function createSessionCache({
  max,
  guardFills = true,
}: {
  max: number
  /** Only a test that wants to see the checker object turns this off. */
  guardFills?: boolean
}): SessionCache {
  const epoch = createEpoch()
  const keyOfSession = new Map<string, string>()
  const keysOfUser = new Map<string, Set<string>>()
  const entries = new LRUCache<string, CachedSession>({
    max,
    dispose: (entry, key) => unindex(entry, key),
  })

  function index({ viewer }: CachedSession, key: string) {
    keyOfSession.set(viewer.session.id, key)
    const keys = keysOfUser.get(viewer.user.id)
    if (keys) keys.add(key)
    else keysOfUser.set(viewer.user.id, new Set([key]))
  }

  function unindex({ viewer }: CachedSession, key: string) {
    if (keyOfSession.get(viewer.session.id) === key) keyOfSession.delete(viewer.session.id)
    const keys = keysOfUser.get(viewer.user.id)
    keys?.delete(key)
    if (keys?.size === 0) keysOfUser.delete(viewer.user.id)
  }

  return {
    get: (key) => entries.get(key),
    beginFill() {
      const nothingEnded = epoch.begin()
      const isCurrent = () => !guardFills || nothingEnded()
      return {
        isCurrent,
        store(key, entry) {
          if (!isCurrent()) return false
          // One entry a session: while a new secret is being announced, the old one may be here too.
          const keyBefore = keyOfSession.get(entry.viewer.session.id)
          if (keyBefore !== undefined) entries.delete(keyBefore)
          entries.delete(key)
          entries.set(key, entry)
          index(entry, key)
          return true
        },
      }
    },
    forgetSessions(sessionIds) {
      epoch.raise()
      for (const id of sessionIds) {
        const key = keyOfSession.get(id)
        if (key !== undefined) entries.delete(key)
      }
    },
    forgetUser(userId) {
      epoch.raise()
      for (const key of [...(keysOfUser.get(userId) ?? [])]) entries.delete(key)
    },
    forgetEverything() {
      epoch.raise()
      entries.clear()
    },
    extend(sessionId, expiresAt) {
      const key = keyOfSession.get(sessionId)
      const entry = key === undefined ? undefined : entries.peek(key)
      if (entry) entry.expiresAt = expiresAt
    },
    get size() {
      return entries.size
    },
  }
}
