import { once } from 'node:events'
import { WebSocket, type ClientOptions } from 'ws'
import type { LiveMessage } from '../../app/live/messages'
import { sessionCookie } from './session-cookie'

/** An open tab's socket, as the page opens it. */
export type OpenTab = {
  socket: WebSocket
  /** What it was told so far, beats not counted. */
  messages: LiveMessage[]
  /** How many beats it heard. */
  readonly beats: number
  /** How it was closed; undefined while it is open. */
  readonly closed: { code: number } | undefined
}

type Place = { origin: string; port: number }

export const liveUrl = ({ port }: { port: number }, path = '/live') =>
  `ws://127.0.0.1:${port}${path}`

/** Opens the socket of a session's tab. Rejects with the status when it is refused. */
export async function openTab(
  { origin, port }: Place,
  secret: string | undefined,
  { path = '/live', ...options }: ClientOptions & { path?: string } = {},
): Promise<OpenTab> {
  const socket = new WebSocket(liveUrl({ port }, path), {
    ...(secret !== undefined && { headers: { Cookie: sessionCookie(origin, secret) } }),
    origin,
    perMessageDeflate: false,
    ...options,
  })
  const messages: LiveMessage[] = []
  let closed: OpenTab['closed']
  let beats = 0
  socket.on('message', (data) => {
    const message = JSON.parse((data as Buffer).toString()) as LiveMessage
    if (message.type === 'beat') beats += 1
    else messages.push(message)
  })
  socket.on('close', (code) => (closed = { code }))
  const refused = new Promise<never>((_, reject) => {
    socket.once('unexpected-response', (_request, response) => {
      response.resume()
      reject(new Refused(response.statusCode ?? 0))
    })
    socket.once('error', reject)
  })
  await Promise.race([once(socket, 'open'), refused])
  socket.on('error', () => undefined)
  return {
    socket,
    messages,
    get beats() {
      return beats
    },
    get closed() {
      return closed
    },
  }
}

/** What a tab was told, with everything that was on its way when this was asked. */
export async function heardSoFar({ socket, messages }: OpenTab): Promise<LiveMessage[]> {
  const answered = new Promise((resolve) => socket.once('pong', resolve))
  socket.ping()
  await answered
  return messages
}

/** An upgrade that was not granted. */
export class Refused extends Error {
  constructor(readonly status: number) {
    super(`The socket was refused: ${status}`)
  }
}

/** The status with which a tab is refused; 101 when it is not. */
export async function statusOf(opening: Promise<OpenTab>): Promise<number> {
  try {
    const { socket } = await opening
    socket.terminate()
    return 101
  } catch (error) {
    if (error instanceof Refused) return error.status
    throw error
  }
}
