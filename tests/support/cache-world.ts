import { createSessionCache, type CachedSession } from '../../app/accounts/sessions/cache'
import { minutes } from '../../app/accounts/duration'

/** One thing that happens, to the session, fill or announcement that the number chooses. */
export type Step = {
  do:
    | 'start'
    | 'begin fill'
    | 'read row'
    | 'store'
    | 'end'
    | 'replace secret'
    | 'change user'
    | 'delete elsewhere'
    | 'tell'
    | 'extend'
    | 'pass'
  which: number
}

type Row = { id: string; key: string; userId: string; role: number; expiresAt: number }
type Fill = { key: string; store: ReturnType<Cache['beginFill']>['store']; row?: Row | null }
type Cache = ReturnType<typeof createSessionCache>

const USERS = 2
const IDLE = minutes(10)

/**
 * A database that is simple enough to be right, and the cache over it. What was committed but not
 * yet told may still be served, for nobody has had an answer; what was told may not.
 */
export function createCacheWorld({ guardFills }: { guardFills: boolean }) {
  // Small, so that entries are also pushed out.
  const cache = createSessionCache({ max: 3, guardFills })
  const rows: Row[] = []
  const fills: Fill[] = []
  const untold: Array<() => void> = []
  const keys = new Set<string>()
  const refusedKeys = new Set<string>()
  const knownRole = new Map<string, number>()
  const roles = new Map<string, number>()
  let now = 0
  let made = 0

  /** Runs a step and then asks the cache about every secret there ever was. Returns how many it served. */
  function run({ do: what, which }: Step): number {
    steps[what](which)
    return [...keys].filter(isServed).length
  }

  const steps: Record<Step['do'], (which: number) => void> = {
    start(which) {
      const userId = `user ${which % USERS}`
      rows.push({
        id: `session ${(made += 1)}`,
        key: newKey(),
        userId,
        role: roles.get(userId) ?? 0,
        expiresAt: now + IDLE,
      })
    },
    'begin fill'(which) {
      const row = at(rows, which)
      if (row) fills.push({ key: row.key, store: cache.beginFill().store })
    },
    'read row'(which) {
      const fill = at(fills, which)
      if (!fill || fill.row !== undefined) return
      const row = rows.find(({ key, expiresAt }) => key === fill.key && expiresAt > now)
      fill.row = row ? { ...row } : null
    },
    store(which) {
      const fill = at(fills, which)
      if (fill?.row === undefined) return
      fills.splice(fills.indexOf(fill), 1)
      if (fill.row) fill.store(fill.key, toEntry(fill.row))
    },
    end(which) {
      const row = remove(which)
      if (row) tellLater([row.key], () => cache.forgetSessions([row.id]))
    },
    'delete elsewhere'(which) {
      const row = remove(which)
      if (row) tellLater([row.key], () => cache.forgetEverything())
    },
    'replace secret'(which) {
      const row = at(rows, which)
      if (!row) return
      const old = row.key
      row.key = newKey()
      tellLater([old], () => cache.forgetSessions([row.id]))
    },
    'change user'(which) {
      const userId = `user ${which % USERS}`
      const role = (roles.get(userId) ?? 0) + 1
      roles.set(userId, role)
      for (const row of rows) if (row.userId === userId) row.role = role
      untold.push(() => {
        cache.forgetUser(userId)
        knownRole.set(userId, Math.max(role, knownRole.get(userId) ?? 0))
      })
    },
    tell(which) {
      const telling = at(untold, which)
      if (!telling) return
      untold.splice(untold.indexOf(telling), 1)
      telling()
    },
    extend(which) {
      const row = at(rows, which)
      if (!row || row.expiresAt <= now) return
      row.expiresAt = now + IDLE
      cache.extend(row.id, row.expiresAt)
    },
    pass(which) {
      now += (IDLE * which) / 5
    },
  }

  function isServed(key: string): boolean {
    const entry = cache.get(key)
    if (!entry || entry.expiresAt <= now) return false
    const { user, session } = entry.viewer
    if (refusedKeys.has(key)) throw new Error(`${session.id} was served after its ending`)
    if (Number(user.name) < (knownRole.get(user.id) ?? 0)) {
      throw new Error(`${user.id} was served as they were before`)
    }
    return true
  }

  function tellLater(ended: readonly string[], tellCache: () => void) {
    untold.push(() => {
      tellCache()
      for (const key of ended) refusedKeys.add(key)
    })
  }

  function remove(which: number): Row | undefined {
    const row = at(rows, which)
    if (row) rows.splice(rows.indexOf(row), 1)
    return row
  }

  function newKey() {
    const key = `key ${(made += 1)}`
    keys.add(key)
    return key
  }

  return { run, cache }
}

const at = <T>(list: readonly T[], which: number): T | undefined => list[which % list.length]

/** The role is a number that only grows; the name carries it. */
function toEntry({ id, userId, role, expiresAt }: Row): CachedSession {
  const never = new Date(8.64e15)
  return {
    viewer: {
      user: { id: userId, name: String(role), email: '', role: 'user' },
      session: { id, createdAt: new Date(0), endsAt: never },
    },
    expiresAt,
  }
}
