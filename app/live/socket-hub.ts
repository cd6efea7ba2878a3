import type { Logger } from 'pino'
import { WebSocket } from 'ws'
import type { EndReason, Revocation, Revocations } from '~/accounts/revocations'
import type { Sessions } from '~/accounts/sessions/sessions'
import type { Clock } from '~/accounts/clock'
import { CLOSE } from './close-codes'
import { createAdmission, type HandleUpgrade } from './admission'
import { BEAT_INTERVAL, type LiveMessage } from './messages'
import { createTabs, type Tab } from './tabs'

/** Ties open tabs to their sessions, and tells them when those end or change. */
export type SocketHub = {
  handleUpgrade: HandleUpgrade
  /** Tells every tab that this server goes away. */
  close(): void
  /** How many tabs a user has open here. */
  openTabs(userId: string): number
  readonly size: number
}

/** A round of pings has so many turns, or ten thousand tabs would be written to in one breath. */
const TURNS = 10
const EXPIRY_SWEEP_MS = 500
const MAX_TABS_PER_SESSION = 50
/** A tab that has this much unread is not reading. */
const MAX_UNREAD_BYTES = 64 * 1024
/** How long the browser that changed its password has to receive its new cookie. */
const NEW_SECRET_GRACE_MS = 5_000

export function createSocketHub({
  sessions,
  revocations,
  onForeignChange,
  clock,
  origin,
  readSecret,
  log,
  pingInterval = BEAT_INTERVAL,
}: {
  sessions: Pick<Sessions, 'verifySession' | 'stillActive'>
  revocations: Revocations
  /** Calls the listener when another process wrote to the database. */
  onForeignChange: (listener: () => void) => () => void
  clock: Clock
  origin: string
  readSecret: (cookieHeader: string | undefined) => string | undefined
  log: Logger
  pingInterval?: number
}): SocketHub {
  const tabs = createTabs()
  const admit = createAdmission({
    sessions,
    origin,
    readSecret,
    isFull: ({ user, session }) =>
      tabs.ofSessions(user.id, [session.id]).length >= MAX_TABS_PER_SESSION,
    register,
    onEnded: (tab) => signOut(tab, 'ended'),
    log,
  })
  let closed = false
  let registered = 0
  let turn = 0

  const unsubscribe = revocations.subscribe((revocation) => ({ tabs: heed(revocation) }))
  const stopWatching = onForeignChange(() => void recheckEverybody())
  const timers = [
    setInterval(pingNext, pingInterval / TURNS),
    setInterval(() => void sweepExpired(), EXPIRY_SWEEP_MS),
  ]
  for (const timer of timers) timer.unref()

  function register(tab: Tab) {
    tab.turn = (registered += 1) % TURNS
    tabs.add(tab)
    tab.on('close', forget)
    tab.on('error', terminate)
    tab.on('pong', noteLife)
    tab.on('message', refuseToListen)
  }

  function forget(this: WebSocket) {
    tabs.remove(this as Tab)
  }

  /** Acts on what was announced. Returns how many tabs were signed out. */
  function heed(revocation: Revocation): number {
    switch (revocation.type) {
      case 'sessions-ended': {
        const { userId, sessionIds, reason } = revocation
        const ended = tabs.ofSessions(userId, sessionIds)
        for (const tab of ended) signOut(tab, reason)
        tellUser(userId, { type: 'changed' })
        return ended.length
      }
      case 'all-sessions-ended':
        return endAllBut(revocation.exceptSessionId, revocation.reason)
      case 'secret-replaced':
        askToReconnect(revocation)
        return 0
      case 'outcome-unknown':
        void recheckEverybody()
        return 0
      case 'session-started':
      case 'user-changed':
      case 'tokens-ended':
      case 'tokens-changed':
        tellUser(revocation.userId, { type: 'changed' })
        return 0
    }
  }

  function endAllBut(sessionId: string | null, reason: EndReason): number {
    const ended = [...tabs.all()].filter((tab) => tab.sessionId !== sessionId)
    for (const tab of ended) signOut(tab, reason)
    for (const tab of tabs.all()) say(tab, { type: 'changed' })
    return ended.length
  }

  function signOut(tab: Tab, reason: EndReason) {
    // Removed at once, so that it is neither told twice nor counted twice.
    tabs.remove(tab)
    say(tab, { type: 'signed-out', reason })
    tab.close(CLOSE.signedOut)
  }

  /**
   * A copy of the old secret may hold a socket too. It gets a while, since the browser that the new
   * secret is for must receive it first, and then has to show what it has.
   */
  function askToReconnect({ userId, sessionId }: { userId: string; sessionId: string }) {
    const before = tabs.ofSessions(userId, [sessionId])
    const timer = setTimeout(() => {
      for (const tab of before) {
        say(tab, { type: 'reconnect' })
        tab.close(CLOSE.reconnect)
      }
    }, NEW_SECRET_GRACE_MS)
    timer.unref()
  }

  function tellUser(userId: string, message: LiveMessage) {
    for (const tab of tabs.ofUser(userId)) say(tab, message)
  }

  function say(tab: Tab, message: LiveMessage) {
    if (tab.readyState !== WebSocket.OPEN) return
    tab.send(JSON.stringify(message))
    if (tab.bufferedAmount > MAX_UNREAD_BYTES) tab.terminate()
  }

  /** The server learns from the answer that the tab is there, and the page from the beat that we are. */
  function pingNext() {
    turn = (turn + 1) % TURNS
    for (const tab of tabs.all()) {
      if (tab.turn !== turn) continue
      if (!tab.isAlive) {
        tab.terminate()
        continue
      }
      tab.isAlive = false
      tab.ping()
      say(tab, { type: 'beat' })
    }
  }

  async function sweepExpired() {
    const now = clock.time()
    const due = [...tabs.all()].filter((tab) => tab.expiresAt <= now)
    if (due.length > 0) await recheck(due, 'expired')
  }

  /** Another process wrote to the database, or nobody knows what was written: ask for all, in one query. */
  async function recheckEverybody() {
    await recheck([...tabs.all()], 'ended')
    for (const tab of tabs.all()) say(tab, { type: 'changed' })
  }

  async function recheck(suspects: readonly Tab[], reason: EndReason) {
    try {
      const active = await sessions.stillActive([...new Set(suspects.map((tab) => tab.sessionId))])
      for (const tab of suspects) {
        const expiresAt = active.get(tab.sessionId)
        if (expiresAt === undefined) signOut(tab, reason)
        else tab.expiresAt = expiresAt.getTime()
      }
    } catch (error) {
      log.error({ err: error }, 'open tabs could not be checked')
      for (const tab of suspects) tab.close(CLOSE.goingAway)
    }
  }

  return {
    handleUpgrade(request, socket, head, refuse) {
      if (closed) refuse(503)
      else admit(request, socket, head, refuse)
    },
    close() {
      closed = true
      timers.forEach(clearInterval)
      unsubscribe()
      stopWatching()
      for (const tab of tabs.all()) tab.close(CLOSE.goingAway)
    },
    openTabs: (userId) => tabs.ofUser(userId).size,
    get size() {
      return tabs.size
    },
  }
}

function terminate(this: WebSocket) {
  this.terminate()
}

function noteLife(this: WebSocket) {
  const tab = this as Tab
  tab.isAlive = true
}

function refuseToListen(this: WebSocket) {
  this.close(CLOSE.notAllowed, 'only the server speaks')
}
