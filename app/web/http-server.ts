import { createServer, STATUS_CODES, type RequestListener, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { seconds } from '~/accounts/duration'

const MAX_HEADER_BYTES = 16 * 1024

/** Longer than proxies keep theirs, so that it is not we who close what they are about to use. */
export const KEEP_ALIVE_TIMEOUT = seconds(65)

/** A node:http server with limits on how slow and how large a request may be. */
export function createHttpServer(): Server {
  return createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: seconds(10),
    requestTimeout: seconds(30),
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    // We answer a missing Host ourselves, with our headers.
    requireHostHeader: false,
    // Node would keep the first of two Host or Authorization headers and drop the other in silence,
    // and a proxy may have read the other. As a list they are refused by whoever reads them.
    joinDuplicateHeaders: true,
  })
}

/** Answers requests that are no HTTP with the headers that every answer has. */
export function answerMalformedRequests(
  server: Server,
  handle: RequestListener,
  headers: Readonly<Record<string, string>>,
) {
  server.on('request', handle)
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
    socket.end(rawAnswer(statusFor(error.code), headers))
  })
}

function statusFor(code: string | undefined): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408
  return 400
}

/** An answer written by hand, for when there is no response object. */
export function rawAnswer(status: number, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({
    ...headers,
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': '0',
    Connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', ''].join('\r\n')
}
