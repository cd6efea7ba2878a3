import type { IncomingMessage } from 'node:http'
import type { Admitted, Door } from '~/live/admission'
import type { KnownApplication } from '~/applications/known'
import type { Services } from '~/server/services'
import { cookiesOf } from './application-cookies'
import { hostNameOf, isSameOrigin } from './origin'

/*
 * Open pages of an application know of the end of their session, when they have our script.
 */

/** From a request for a socket to the application whose pages ask, by its host. */
export function createApplicationDoor({ forwardAuth }: Pick<Services, 'forwardAuth'>) {
  return async function applicationDoor({ headers }: IncomingMessage): Promise<Door | null> {
    const application = await forwardAuth.byHost(hostNameOf(headers.host))
    if (!application) return null
    return {
      isOurOrigin: (origin) => isSameOrigin(application.address, origin),
      verify: () => verify(application, cookiesOf(application).signIn.read(headers.cookie)),
    }
  }

  async function verify(
    application: KnownApplication,
    cookie: string | undefined,
  ): Promise<Admitted | null> {
    const visitor = await forwardAuth.visitorAt(application, cookie)
    const { session, user, mayUse } = visitor?.value ?? {}
    if (!visitor || !session || !user || !mayUse) return null
    const { id: sessionId, applicationSessionId } = session
    return { userId: user.id, sessionId, applicationSessionId, expiresAt: visitor.expiresAt }
  }
}

/** Whose session an open page is of: asked by the script when it may have slept. */
export type PageSession =
  | { state: 'signed-in'; id: string }
  /** There is a cookie, and it opens nothing any more. */
  | { state: 'ended' }
  /** A page that is open to everybody. */
  | { state: 'none' }

/**
 * The script for an application's pages: one tag, `<script src="/.latchkey/live.js"></script>`. It hides
 * the page at once when the session ends, and leaves it. Only our own word for the end counts, told on
 * the socket or answered to a question: that a socket is refused says nothing, for a page that is open
 * to everybody has no session.
 */
export const LIVE_SCRIPT = `(() => {
  'use strict'
  if (window.latchkeyLive) return
  window.latchkeyLive = true
  const CLOSED_AS_ENDED = 4001
  const ASLEEP_MS = 10000, SILENT_MS = 33000, TICK_MS = 2000, POLL_MS = 30000, LONGEST_PAUSE_MS = 30000
  let socket, session, failures = 0, over = false, lastTick = Date.now(), lastHeard = Date.now()

  const hide = (yes) => document.documentElement.style.setProperty('display', yes ? 'none' : '', yes ? 'important' : '')

  function leave(reason) {
    if (over) return
    over = true
    hide(true)
    const to = encodeURIComponent(location.pathname + location.search)
    location.replace('/.latchkey/signed-out?reason=' + encodeURIComponent(reason) + '&to=' + to)
  }

  async function ask() {
    const answer = await fetch('/.latchkey/session', { cache: 'no-store', credentials: 'same-origin' })
    if (!answer.ok) throw new Error('no answer')
    return answer.json()
  }

  /** What cannot be asked changes nothing: a page that is hidden stays hidden until it can. */
  async function check() {
    let now
    try {
      now = await ask()
    } catch {
      if (hidden()) setTimeout(check, 2000)
      return
    }
    if (now.state === 'ended' || (session && now.state === 'none')) return leave('ended')
    if (session && now.id !== session) return location.reload()
    session = now.id
    hide(false)
    if (session && !socket) connect()
  }
  const hidden = () => document.documentElement.style.display === 'none'

  function connect() {
    if (over || socket) return
    try {
      socket = new WebSocket(location.origin.replace(/^http/, 'ws') + '/.latchkey/live')
    } catch {
      return
    }
    socket.onopen = () => { failures = 0; lastHeard = Date.now() }
    socket.onmessage = ({ data }) => {
      lastHeard = Date.now()
      const message = JSON.parse(data)
      if (message.type === 'signed-out') leave(message.reason)
    }
    socket.onclose = ({ code }) => {
      drop()
      if (code === CLOSED_AS_ENDED) return leave('ended')
      failures += 1
      setTimeout(check, Math.random() * Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** failures))
    }
  }
  function drop() {
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
    socket = undefined
  }

  function wakeUp() {
    lastTick = Date.now()
    if (session) hide(true)
    check()
  }
  function tick() {
    const asleep = Date.now() - lastTick > ASLEEP_MS
    lastTick = Date.now()
    if (asleep) wakeUp()
    if (socket && socket.readyState === 1 && Date.now() - lastHeard > SILENT_MS) { drop(); check() }
  }
  setInterval(tick, TICK_MS)
  setInterval(() => { if (session && !(socket && socket.readyState === 1)) check() }, POLL_MS)
  addEventListener('pageshow', (event) => { if (event.persisted) wakeUp() })
  document.addEventListener('visibilitychange', () => { if (!document.hidden) tick() })
  check()
})()
`
