import type { EndReason } from '~/accounts/revocations'
import { BACKGROUND_HEADER } from '~/web/background'
import { seconds } from '~/accounts/time'
import { BEAT_INTERVAL, LIVE_PATH, type LiveMessage } from './messages'

/**
 * What an open page does to know of the end of its session: a socket; where sockets are blocked, a
 * poll; and a question to the server whenever the page may have slept through what it was told.
 */

const POLL_INTERVAL = seconds(30)
const TICK_INTERVAL = seconds(2)
/** A timer that comes so late was not running: the tab was frozen or the computer asleep. */
const ASLEEP_AFTER = seconds(10)
/** The server says something at every beat. Two that are missed mean that nothing gets through. */
const SILENT_AFTER = 2 * BEAT_INTERVAL + seconds(3)
const RETRY_SOON = seconds(2)
const LONGEST_BACKOFF = seconds(30)
/** WebSocket.OPEN, where there may be no WebSocket. */
const OPEN = 1
const ANSWER_TIMEOUT = seconds(10)
/**
 * How long a page whose session is over waits for the answer to a form that it sent, by which the
 * browser leaves it anyway. To go elsewhere would give that answer up, and with it the cookie that it
 * clears: the page that signs out is told of that by its socket as well, often sooner.
 */
const FORM_PATIENCE = seconds(10)
/**
 * How long a page whose session is over waits for the cookie of another one. Whoever signs in again
 * in this browser ends the session that it had, and an open page may hear of that before the answer
 * with the new cookie has arrived. A session that is gone without a word may have ended like that.
 */
const SUCCESSOR_PATIENCE: Partial<Record<EndReason, number>> = {
  replaced: seconds(5),
  ended: seconds(1.5),
}
const SUCCESSOR_RETRY = seconds(0.1)

export type LiveEvents = {
  /** The session is over: show nothing private from now on. */
  onEnded(reason: EndReason): void
  /** Nor has this browser another one: go where that is explained. */
  onSignedOut(reason: EndReason): void
  onChanged(): void
  /** Hide what is private until the server has said that the session goes on, or show it again. */
  onCover(covered: boolean): void
}

/** Watches over the session of this page. Returns the way to stop. */
export function watchSession(sessionId: string, events: LiveEvents): () => void {
  let socket: WebSocket | undefined
  let failures = 0
  let stopped = false
  let covered = false
  let lastTick = Date.now()
  let lastHeard = Date.now()
  let formSentAt = -Infinity
  let reconnectTimer: number | undefined

  function connect() {
    if (stopped) return
    try {
      socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}${LIVE_PATH}`)
    } catch {
      // Without sockets, or with sockets that somebody forbids, there is still the poll.
      return
    }
    socket.onopen = () => {
      lastHeard = Date.now()
      // What happened while there was no socket was told to nobody.
      if (failures > 0) events.onChanged()
      failures = 0
    }
    socket.onmessage = ({ data }) => {
      lastHeard = Date.now()
      onMessage(JSON.parse(String(data)) as LiveMessage)
    }
    socket.onclose = lost
  }

  function lost() {
    drop()
    if (stopped) return
    reconnectTimer = window.setTimeout(connect, backoff(failures))
    failures += 1
    void check()
  }

  /** Does not wait for the other end, which may be gone. */
  function drop() {
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
    socket = undefined
  }

  function onMessage(message: LiveMessage) {
    if (message.type === 'signed-out') void end(message.reason)
    else if (message.type === 'changed') events.onChanged()
    // After 'reconnect' the server closes the socket, and closing is looked into anyway. To have
    // heard a 'beat' is all that there is to it.
  }

  /** A session that was replaced in this browser is no sign-out: the page goes on with the new one. */
  async function end(reason: EndReason) {
    if (stopped) return
    stop()
    events.onEnded(reason)
    const formPatience = formSentAt + FORM_PATIENCE - Date.now()
    if (formPatience > 0) await pause(formPatience)
    const patience = SUCCESSOR_PATIENCE[reason]
    if (patience !== undefined && (await hasSuccessor(sessionId, patience))) loadAnew()
    else events.onSignedOut(reason)
  }

  /** Asks the server whose session this is. No answer changes nothing: a covered page stays covered. */
  async function check() {
    const answer = await askWhoIAm()
    if (stopped) return
    if (answer === UNREACHABLE) {
      if (covered) window.setTimeout(() => void checkAndRefresh(), RETRY_SOON)
    } else if (answer === null) void end('ended')
    else if (answer !== sessionId) void end('replaced')
    else {
      cover(false)
      return 'confirmed'
    }
  }

  /** Refreshes the page only from a server that has just answered: a failed refresh is an error page. */
  async function checkAndRefresh() {
    if ((await check()) === 'confirmed') events.onChanged()
  }

  function cover(yes: boolean) {
    if (covered === yes) return
    covered = yes
    events.onCover(yes)
  }

  function wakeUp() {
    lastTick = Date.now()
    cover(true)
    void checkAndRefresh()
  }

  function tick() {
    const asleep = Date.now() - lastTick > ASLEEP_AFTER
    lastTick = Date.now()
    if (asleep && document.visibilityState === 'visible') wakeUp()
    if (isOpen() && Date.now() - lastHeard > SILENT_AFTER) lost()
  }

  function poll() {
    if (isOpen()) return
    void checkAndRefresh()
  }

  const isOpen = () => socket?.readyState === OPEN

  const onPageShow = (event: PageTransitionEvent) => event.persisted && wakeUp()
  const onVisible = () => {
    if (document.visibilityState === 'visible') tick()
  }
  const onSubmit = (event: Event) => {
    if (!event.defaultPrevented) formSentAt = Date.now()
  }
  const timers = [setInterval(tick, TICK_INTERVAL), setInterval(poll, POLL_INTERVAL)]
  window.addEventListener('pageshow', onPageShow)
  document.addEventListener('visibilitychange', onVisible)
  // After React, whose forms stay on the page unless they say otherwise.
  window.addEventListener('submit', onSubmit)
  connect()

  function stop() {
    stopped = true
    timers.forEach(clearInterval)
    clearTimeout(reconnectTimer)
    window.removeEventListener('pageshow', onPageShow)
    document.removeEventListener('visibilitychange', onVisible)
    window.removeEventListener('submit', onSubmit)
    drop()
  }
  return stop
}

/** Whether this browser has another session by now, or gets one in time. */
async function hasSuccessor(sessionId: string, patience: number): Promise<boolean> {
  const began = Date.now()
  for (let wait = SUCCESSOR_RETRY; ; wait = Math.min(2 * wait, RETRY_SOON)) {
    const answer = await askWhoIAm()
    if (answer !== UNREACHABLE) {
      if (answer !== null && answer !== sessionId) return true
      if (Date.now() - began >= patience) return false
    }
    await pause(wait)
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** By a GET also where this page is the answer to a form, which a reload would send again. */
function loadAnew() {
  location.replace(location.pathname + location.search)
}

/** No answer. Not text, as ids are. */
const UNREACHABLE = Symbol('unreachable')

/** The id of this browser's session, null when it has none, or that nobody answered. */
async function askWhoIAm(): Promise<string | null | typeof UNREACHABLE> {
  try {
    const response = await fetch('/api/v1/session', {
      headers: { [BACKGROUND_HEADER]: '1' },
      cache: 'no-store',
      signal: AbortSignal.timeout(ANSWER_TIMEOUT),
    })
    if (response.status === 401) return null
    if (!response.ok) return UNREACHABLE
    const { session } = (await response.json()) as { session: { id: string } }
    return session.id
  } catch {
    return UNREACHABLE
  }
}

/** Doubling, with jitter, so that a restarted server is not met by everybody at once. */
function backoff(failures: number): number {
  const longest = Math.min(LONGEST_BACKOFF, RETRY_SOON * 2 ** failures)
  return longest * (0.25 + Math.random() * 0.75)
}
