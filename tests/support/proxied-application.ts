import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

/** What a request looked like when it reached the application. */
export type Arrived = {
  method: string
  url: string
  rawHeaders: string[]
  /** The length of its body. */
  bytes: number
}

/**
 * A small application as it may stand behind a proxy. It answers with what arrived, as JSON; `/events`
 * is an event stream, `/page` a page with our script, and a WebSocket, at any path, is sent back what it says, after what arrived.
 */
export type ProxiedApplication = {
  /** Where the proxy finds it. */
  upstream: string
  /** Everything that reached it, WebSockets too. */
  arrived: Arrived[]
  /** Sends an event to all streams. */
  emit: (text: string) => void
  close: () => Promise<void>
}

export async function startProxiedApplication(): Promise<ProxiedApplication> {
  const arrived: Arrived[] = []
  const streams = new Set<ServerResponse>()

  const server = createServer({ maxHeaderSize: 64 * 1024 }, (request, response) => {
    const it = note(request)
    request.on('data', (chunk: Buffer) => (it.bytes += chunk.length))
    request.on('end', () => {
      if (request.url?.startsWith('/events')) return stream(response)
      if (request.url?.startsWith('/page')) return void response.end(PAGE)
      response.setHeader('Content-Type', 'application/json')
      response.end(JSON.stringify(it))
    })
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, request) => {
    socket.send(JSON.stringify(note(request)))
    socket.on('message', (data: Buffer) => socket.send(data.toString()))
  })

  function note({ method = '', url = '', rawHeaders }: IncomingMessage): Arrived {
    const it = { method, url, rawHeaders, bytes: 0 }
    arrived.push(it)
    return it
  }

  function stream(response: ServerResponse) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    response.write(': open\n\n')
    streams.add(response)
    response.on('close', () => streams.delete(response))
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    upstream: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    emit: (text) => streams.forEach((response) => response.write(`data: ${text}\n\n`)),
    async close() {
      for (const socket of sockets.clients) socket.terminate()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

const PAGE =
  '<!doctype html><title>Wiki</title><script src="/.latchkey/live.js"></script><h1>Private notes</h1>'

/** The values of a header among raw ones, each line for itself, in whatever case it came. */
export const valuesOf = (rawHeaders: readonly string[], name: string): string[] =>
  rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]!.toLowerCase() === name.toLowerCase(),
  )

/** The names of headers among raw ones, as they came. */
export const namesOf = (rawHeaders: readonly string[]): string[] =>
  rawHeaders.filter((_, index) => index % 2 === 0)
