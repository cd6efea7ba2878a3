import type { Logger } from 'pino'
import { WebSocket } from 'ws'
import type { EndReason, Revocation, Revocations } from '~/accounts/revocations'
import type { Sessions } from '~/accounts/sessions/sessions'
import type { Clock } from '~/accounts/time'
import { createAdmission, type HandleUpgrade, type RefuseUpgrade } from './admission'
import type { Doors } from './doors'
import { BEAT_INTERVAL, CLOSE, type LiveMessage } from './messages'
import { createRecheck, type StillSignedIn } from './recheck'
import { createTabs, type Tab } from './tabs'

/** Ties open tabs to their sessions, and tells them when those end or change. */
export type SocketHub = {
  handleUpgrade: HandleUpgrade
  /** Tells every tab that this server goes away. From then on none is registered. */
  close(): void
  /** Sends every tab to look for another node: this one does not hear of endings. */
  sendAway(this: void): void
  /** How many tabs a user has open here. */
  openTabs(this: void, userId: string): number
  readonly size: number
}

/** Tabs are pinged a group at a time, or ten thousand would be written to in one breath. */
const PING_GROUPS = 10
const SWEEP_MS = 500
/** Several changes within this time are told as one. */
const CHANGE_DELAY_MS = 100
const MAX_TABS_PER_SESSION = 50
/** How long the browser that changed its password has to receive its new cookie. */
const NEW_SECRET_GRACE_MS = 5_000

export function createSocketHub({
  sessions,
  revocations,
  clock,
  doorFor,
  stillSignedIn,
  refuse,
  isCutOff = () => false,
  log,
  pingInterval = BEAT_INTERVAL,
}: {
  sessions: Pick<Sessions, 'stillActive'>
  revocations: Revocations
  clock: Clock
  doorFor: Doors
  /** Which of these sign-ins at applications go on. */
  stillSignedIn: StillSignedIn
  refuse: RefuseUpgrade
  /** Whether this node hears nothing of endings for the time being. Then it takes no tabs. */
  isCutOff?: () => boolean
  log: Logger
  pingInterval?: number
}): SocketHub {
  const tabs = createTabs()
  /** Tabs that will be told of a change when the delay is over. */
  const changed = new Set<Tab>()
  let changeTimer: NodeJS.Timeout | undefined
  const admit = createAdmission({
    refuse,
    isFull: (admitted) => tabs.like(admitted).length >= MAX_TABS_PER_SESSION,
    register,
    onEnded: (tab) => signOut(tab, 'ended'),
    log,
  })
  const recheck = createRecheck({ sessions, stillSignedIn, signOut, log })
  let closed = false
  let registered = 0
  let pingGroup = 0

  const unsubscribe = revocations.subscribe((revocation) => ({ tabs: onRevocation(revocation) }))
  const timers = [
    setInterval(pingNext, pingInterval / PING_GROUPS),
    setInterval(closeReplaced, SWEEP_MS),
    setInterval(() => void sweepExpired(), SWEEP_MS),
  ]
  for (const timer of timers) timer.unref()

  function register(tab: Tab) {
    // It was verified while this server began to close.
    if (closed) return tab.close(CLOSE.goingAway)
    tab.pingGroup = (registered += 1) % PING_GROUPS
    tabs.add(tab)
    tab.on('close', onClose)
    tab.on('pong', onPong)
  }

  function onClose(this: WebSocket) {
    forget(this as Tab)
  }

  function forget(tab: Tab) {
    tabs.remove(tab)
    changed.delete(tab)
  }

  /** Returns how many tabs were signed out. */
  function onRevocation(revocation: Revocation): number {
    switch (revocation.type) {
      case 'sessions-ended': {
        const { userId, sessionIds, reason } = revocation
        const ended = tabs.ofSessions(userId, sessionIds)
        for (const tab of ended) signOut(tab, reason)
        noteChange(tabs.ofUser(userId))
        return ended.length
      }
      case 'all-sessions-ended':
        return endAllBut(revocation.exceptSessionId, revocation.reason)
      case 'secret-replaced':
        askToReconnect(revocation)
        return 0
      case 'unknown':
        void recheckEverybody()
        return 0
      case 'session-started':
      case 'user-changed':
      case 'tokens-ended':
      case 'access-granted':
        noteChange(tabs.ofUser(revocation.userId))
        return 0
      case 'application-sign-ins-ended': {
        const { userId, applicationSessionIds, reason } = revocation
        // A cookie that made room for another one is no end.
        const ended = reason === 'replaced' ? [] : tabs.ofSignIns(userId, applicationSessionIds)
        for (const tab of ended) signOut(tab, reason)
        noteChange(tabs.ofUser(userId))
        return ended.length
      }
      case 'application-changed':
      case 'group-changed':
        return 0
    }
  }

  function endAllBut(sessionId: string | null, reason: EndReason): number {
    const ended = [...tabs.all()].filter((tab) => tab.sessionId !== sessionId)
    for (const tab of ended) signOut(tab, reason)
    noteChange(tabs.all())
    return ended.length
  }

  /** At once, whatever else the tab was about to be told. */
  function signOut(tab: Tab, reason: EndReason) {
    // Forgotten before it is closed, so that it is neither told twice nor counted twice.
    forget(tab)
    send(tab, { type: 'signed-out', reason })
    tab.close(CLOSE.signedOut)
  }

  /**
   * A copy of the old secret may hold a socket too. It gets a while, since the browser that the new
   * secret is for must receive it first, and then has to show what it has.
   */
  function askToReconnect({ userId, sessionId }: { userId: string; sessionId: string }) {
    const latest = clock.monotonic() + NEW_SECRET_GRACE_MS
    for (const tab of tabs.ofSessions(userId, [sessionId])) {
      tab.reconnectAt = Math.min(tab.reconnectAt, latest)
    }
  }

  /**
   * Told after the last change of a moment, so that the page which then asks sees all of them. It also
   * bounds what piles up for a tab that reads nothing: ten small messages a second, until the ping that
   * it does not answer ends it.
   */
  function noteChange(affected: Iterable<Tab>) {
    // What an application shows is not ours.
    for (const tab of affected) if (tab.applicationSessionId === null) changed.add(tab)
    if (changed.size > 0) changeTimer ??= setTimeout(sendChanges, CHANGE_DELAY_MS).unref()
  }

  function sendChanges() {
    changeTimer = undefined
    for (const tab of changed) send(tab, { type: 'changed' })
    changed.clear()
  }

  function send(tab: Tab, message: LiveMessage) {
    if (tab.readyState === WebSocket.OPEN) tab.send(JSON.stringify(message))
  }

  /** The server learns from the answer that the tab is there, and the page from the beat that we are. */
  function pingNext() {
    pingGroup = (pingGroup + 1) % PING_GROUPS
    for (const tab of tabs.all()) {
      if (tab.pingGroup !== pingGroup) continue
      if (!tab.isAlive) {
        tab.terminate()
        continue
      }
      tab.isAlive = false
      tab.ping()
      send(tab, { type: 'beat' })
    }
  }

  function closeReplaced() {
    const now = clock.monotonic()
    for (const tab of tabs.all()) {
      if (tab.reconnectAt > now) continue
      forget(tab)
      send(tab, { type: 'reconnect' })
      tab.close(CLOSE.reconnect)
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
    noteChange(tabs.all())
  }

  function closeAll(code: number) {
    for (const tab of tabs.all()) {
      forget(tab)
      tab.close(code)
    }
  }

  return {
    handleUpgrade: (request, socket, head) =>
      closed || isCutOff() ? refuse(socket, 503) : admit(request, socket, head, doorFor(request)),
    close() {
      closed = true
      timers.forEach(clearInterval)
      clearTimeout(changeTimer)
      unsubscribe()
      closeAll(CLOSE.goingAway)
    },
    sendAway: () => closeAll(CLOSE.comeAgain),
    openTabs: (userId) => tabs.ofUser(userId).size,
    get size() {
      return tabs.size
    },
  }
}

function onPong(this: WebSocket) {
  const tab = this as Tab
  tab.isAlive = true
}
