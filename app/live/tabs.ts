import type { WebSocket } from 'ws'

/** An open tab of a signed-in person. */
export type Tab = {
  socket: WebSocket
  sessionId: string
  userId: string
  /** Milliseconds since 1970; to be asked about again then, for the limit slides. */
  expiresAt: number
  /** Whether it answered the last ping. */
  isAlive: boolean
  /** In which turn of a round it is pinged. */
  turn: number
}

/** The open tabs, found by session and by user. */
export function createTabs() {
  const all = new Set<Tab>()
  const bySession = new Map<string, Set<Tab>>()
  const byUser = new Map<string, Set<Tab>>()

  return {
    add(tab: Tab) {
      all.add(tab)
      put(bySession, tab.sessionId, tab)
      put(byUser, tab.userId, tab)
    },
    remove(tab: Tab) {
      all.delete(tab)
      take(bySession, tab.sessionId, tab)
      take(byUser, tab.userId, tab)
    },
    all: (): ReadonlySet<Tab> => all,
    ofSession: (id: string): ReadonlySet<Tab> => bySession.get(id) ?? NONE,
    ofUser: (id: string): ReadonlySet<Tab> => byUser.get(id) ?? NONE,
    get size() {
      return all.size
    },
  }
}

const NONE: ReadonlySet<Tab> = new Set()

function put(index: Map<string, Set<Tab>>, key: string, tab: Tab) {
  const group = index.get(key)
  if (group) group.add(tab)
  else index.set(key, new Set([tab]))
}

function take(index: Map<string, Set<Tab>>, key: string, tab: Tab) {
  const group = index.get(key)
  group?.delete(tab)
  if (group?.size === 0) index.delete(key)
}
