import { WebSocket } from 'ws'

/**
 * An open tab of a signed-in person. It is its own socket, and whoever listens to it does so with
 * functions that all tabs share: a page that is left open should cost little more than its socket.
 */
export class Tab extends WebSocket {
  sessionId = ''
  userId = ''
  /** Of a page of an application: its sign-in there. */
  applicationSessionId: string | null = null
  /** Milliseconds since 1970; to be asked about again then, for the limit slides. */
  expiresAt = 0
  /** When it is to come again with a new secret, in milliseconds of the monotonic clock. */
  reconnectAt = Infinity
  /** Whether it answered the last ping. */
  isAlive = true
  /** Which group of tabs it is pinged with. */
  pingGroup = 0
}

/** The open tabs, found by their users. */
export function createTabs() {
  const all = new Set<Tab>()
  const byUser = new Map<string, Set<Tab>>()
  const ofUser = (id: string): ReadonlySet<Tab> => byUser.get(id) ?? NONE

  return {
    add(tab: Tab) {
      all.add(tab)
      const group = byUser.get(tab.userId)
      if (group) group.add(tab)
      else byUser.set(tab.userId, new Set([tab]))
    },
    remove(tab: Tab) {
      all.delete(tab)
      const group = byUser.get(tab.userId)
      group?.delete(tab)
      if (group?.size === 0) byUser.delete(tab.userId)
    },
    all: (): ReadonlySet<Tab> => all,
    ofUser,
    ofSessions: (userId: string, sessionIds: readonly string[]): Tab[] => {
      const wanted = new Set(sessionIds)
      return [...ofUser(userId)].filter((tab) => wanted.has(tab.sessionId))
    },
    ofSignIns: (userId: string, applicationSessionIds: readonly string[]): Tab[] =>
      [...ofUser(userId)].filter(({ applicationSessionId: id }) =>
        id === null ? false : applicationSessionIds.includes(id),
      ),
    /** Those of the same session, at the same application. */
    like: ({ userId, sessionId, applicationSessionId }: Whose): Tab[] =>
      [...ofUser(userId)].filter(
        (tab) => tab.sessionId === sessionId && tab.applicationSessionId === applicationSessionId,
      ),
    get size() {
      return all.size
    },
  }
}

type Whose = Pick<Tab, 'userId' | 'sessionId' | 'applicationSessionId'>

const NONE: ReadonlySet<Tab> = new Set()
