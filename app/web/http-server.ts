import {
  createServer,
  ServerResponse,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerOptions,
} from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { seconds } from '~/accounts/time'
import { isQuestionPath } from './forwarded-request'

/** The questions of proxies carry all that a browser sends to applications, whose cookies add up. */
const MAX_HEADER_BYTES = 64 * 1024

/** Longer than proxies keep theirs, so that it is not we who close what they are about to use. */
const KEEP_ALIVE_TIMEOUT = seconds(65)

type Headers = Readonly<Record<string, string>>

/** An option of Node 22.21 and 24.9. An older Node emits 'upgrade' for every protocol. */
type UpgradeOption = { shouldUpgradeCallback: (request: IncomingMessage) => boolean }

const OPTIONS: ServerOptions & UpgradeOption = {
  maxHeaderSize: MAX_HEADER_BYTES,
  headersTimeout: seconds(10),
  requestTimeout: seconds(30),
  // How often Node looks who is over these limits.
  connectionsCheckingInterval: seconds(5),
  keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
  // We answer a missing Host ourselves, with our headers.
  requireHostHeader: false,
  // Node would keep the first of two Host or Authorization headers and drop the other in silence,
  // and a proxy may have read the other. As a list they are refused by whoever reads them.
  joinDuplicateHeaders: true,
  // A wish for a protocol that we do not speak is ignored (RFC 9110, 7.8).
  shouldUpgradeCallback: (request) => isWebSocket(request) && !isQuestionPath(request.url ?? ''),
}

/** A node:http server with limits on how slow and how large a request may be. */
export const createHttpServer = (): Server => createServer(OPTIONS)

/** Whether a request asks for a WebSocket (RFC 6455, 4.2.1). */
export function isWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket'
}

/**
 * Answers what never becomes a request: no HTTP, too slow, too long, or with an expectation that
 * nobody here can meet (RFC 9110, 10.1.1).
 *
 * @param headers what every answer carries
 */
export function refuseMalformedRequests(server: Server, headers: Headers) {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
    refuseOnSocket(socket, statusOf(error.code), headers)
  })
  server.on('checkExpectation', (_, response) => {
    response.writeHead(417, { ...headers, ...refusalHeaders }).end()
  })
}

function statusOf(code: string | undefined): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408
  return 400
}

const refusalHeaders = {
  'Content-Type': 'text/plain; charset=utf-8',
  'Content-Length': '0',
  Connection: 'close',
}

/**
 * Answers where there is no response object, and lets go of the connection once that is sent. A mere
 * end() would leave it open for as long as the client likes, since Node's http sockets are
 * allowed to be half open.
 */
export function refuseOnSocket(socket: Duplex, status: number, headers: Headers) {
  const lines = Object.entries({ ...headers, ...refusalHeaders }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  socket.on('error', () => socket.destroy())
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', ''].join('\r\n'), () =>
    socket.destroy(),
  )
}

/**
 * A response for a request that arrived as an upgrade and is none: proxies ask about a WebSocket with
 * its headers. The connection is of no further use then.
 */
export function responseOnSocket(request: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(socket)
  socket.on('error', () => socket.destroy())
  response.once('finish', () => socket.end())
  return response
}
