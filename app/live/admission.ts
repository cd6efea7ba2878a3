import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { WebSocketServer, type WebSocket } from 'ws'
import { CLOSE } from './messages'
import { Tab } from './tabs'

export type HandleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** Answers an upgrade that is not granted with a status, and closes the connection. */
export type RefuseUpgrade = (socket: Duplex, status: number) => void

/** Tabs have nothing to say, so what they send can be small. */
const MAX_FRAME_BYTES = 1024
const MAX_FRAGMENTS = 16

/** Whose page asks for a socket. */
export type Admitted = {
  userId: string
  sessionId: string
  /** Of a page of an application. */
  applicationSessionId: string | null
  /** Milliseconds since 1970. */
  expiresAt: number
}

/** Where pages ask for sockets: whose they are, and how it is known who asks. */
export type Door = {
  isOurOrigin(originHeader: string): boolean
  /** Asked twice; null when nobody is signed in there. */
  verify(): Promise<Admitted | null>
}

/** Who gets a socket: a page of ours, with a session that is active, and not too many of each. */
export function createAdmission({
  refuse,
  isFull,
  register,
  onEnded,
  log,
}: {
  refuse: RefuseUpgrade
  isFull: (admitted: Admitted) => boolean
  register: (tab: Tab) => void
  /** Called for a registered tab whose session ended before anybody could have told it. */
  onEnded: (tab: Tab) => void
  log: Logger
}) {
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

  /** @param door found by where the request goes; null when there is none */
  return function handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    door: Door | null | Promise<Door | null>,
  ) {
    socket.on('error', destroy)
    admit(request, socket, head, door).catch((error: unknown) => {
      log.error({ err: error }, 'a socket could not be opened')
      if (socket.writable) refuse(socket, 503)
    })
  }

  async function admit(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    opening: Door | null | Promise<Door | null>,
  ) {
    const door = await opening
    if (!door) return refuse(socket, 404)
    const { origin } = request.headers
    if (origin === undefined || !door.isOurOrigin(origin)) {
      log.warn({ from: origin }, 'socket from another site refused')
      return refuse(socket, 403)
    }
    const admitted = await door.verify()
    if (!admitted) return refuse(socket, 401)
    if (isFull(admitted)) return refuse(socket, 429)
    if (!socket.writable) return

    upgrades.handleUpgrade(request, socket, head, (tab) => {
      Object.assign(tab, admitted)
      tab.on('error', terminate)
      tab.on('message', refuseMessage)
      register(tab)
      // The session may have ended between the check and the registration, when nobody told us.
      door.verify().then(
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
