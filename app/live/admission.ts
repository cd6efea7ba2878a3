import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Sessions } from '~/accounts/sessions/sessions'
import type { Viewer } from '~/accounts/viewer'
import { CLOSE, LIVE_PATH } from './messages'
import { Tab } from './tabs'

export type HandleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** Answers an upgrade that is not granted with a status, and closes the connection. */
export type RefuseUpgrade = (socket: Duplex, status: number) => void

/** Tabs have nothing to say, so what they send can be small. */
const MAX_FRAME_BYTES = 1024
const MAX_FRAGMENTS = 16

/** Who gets a socket: a page of ours, with a session that is active, and not too many of each. */
export function createAdmission({
  sessions,
  isOurOrigin,
  readSecret,
  refuse,
  isFull,
  register,
  onEnded,
  log,
}: {
  sessions: Pick<Sessions, 'verifySession'>
  isOurOrigin: (originHeader: string) => boolean
  readSecret: (cookieHeader: string | undefined) => string | undefined
  refuse: RefuseUpgrade
  isFull: (viewer: Viewer) => boolean
  register: (tab: Tab) => void
  /** Called for a registered tab whose session ended before anybody could have told it. */
  onEnded: (tab: Tab) => void
  log: Logger
}): HandleUpgrade {
  const upgrades = new WebSocketServer({
    WebSocket: Tab,
    noServer: true,
    // It would cost memory for each tab.
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    maxFragments: MAX_FRAGMENTS,
    clientTracking: false,
  })

  // A version or a key that is none. The answer of the library's own has none of our headers.
  upgrades.on('wsClientError', (_, socket) => refuse(socket, 400))

  return function handleUpgrade(request, socket, head) {
    socket.on('error', destroy)
    if (request.url !== LIVE_PATH) return refuse(socket, 404)
    const { origin } = request.headers
    if (origin === undefined || !isOurOrigin(origin)) {
      log.warn({ from: origin }, 'socket from another site refused')
      return refuse(socket, 403)
    }
    admit(request, socket, head).catch((error: unknown) => {
      log.error({ err: error }, 'a socket could not be opened')
      if (socket.writable) refuse(socket, 503)
    })
  }

  async function admit(request: IncomingMessage, socket: Duplex, head: Buffer) {
    const secret = readSecret(request.headers.cookie)
    const session = await sessions.verifySession(secret)
    if (!session) return refuse(socket, 401)
    const { value: viewer, expiresAt } = session
    if (isFull(viewer)) return refuse(socket, 429)
    if (!socket.writable) return

    upgrades.handleUpgrade(request, socket, head, (tab) => {
      tab.sessionId = viewer.session.id
      tab.userId = viewer.user.id
      tab.expiresAt = expiresAt
      tab.on('error', terminate)
      tab.on('message', refuseMessage)
      register(tab)
      // The session may have ended between the check and the registration, when nobody told us.
      sessions.verifySession(secret).then(
        (again) => again ?? onEnded(tab),
        () => tab.close(CLOSE.goingAway),
      )
    })
  }
}

/** These are no closures: those would keep the request in memory for as long as the socket is open. */
function destroy(this: Duplex) {
  this.destroy()
}

function terminate(this: WebSocket) {
  this.terminate()
}

function refuseMessage(this: WebSocket) {
  this.close(CLOSE.notAllowed, 'only the server speaks')
}
