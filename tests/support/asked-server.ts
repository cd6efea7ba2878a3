import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Arrived } from './proxied-application'

export type Reply = { status: number; headers?: Record<string, string>; body?: string }

/**
 * Stands where Latchkey stands, for what Latchkey does not tell: how a proxy's questions arrive, and
 * what a proxy makes of each answer that there may be.
 */
export type AskedServer = {
  /** As `host:port`. */
  address: string
  arrived: Arrived[]
  /** How many connections were opened. */
  connections: () => number
  /** What it answers from now on; `hang` is no answer. */
  reply: (how: (request: IncomingMessage) => Reply | 'hang') => void
  close: () => Promise<void>
}

export async function startAskedServer(): Promise<AskedServer> {
  const arrived: Arrived[] = []
  let connections = 0
  let how: (request: IncomingMessage) => Reply | 'hang' = () => ({ status: 200 })
  const server = createServer({ maxHeaderSize: 64 * 1024 }, (request, response) => {
    const { method = '', url = '', rawHeaders } = request
    const it = { method, url, rawHeaders, bytes: 0 }
    arrived.push(it)
    request.on('data', (chunk: Buffer) => (it.bytes += chunk.length))
    const reply = how(request)
    if (reply === 'hang') return
    const { status, headers = {}, body = '' } = reply
    response.writeHead(status, { 'Content-Length': Buffer.byteLength(body), ...headers }).end(body)
  })
  // No idle connection is closed by this side.
  server.keepAliveTimeout = 0
  server.on('connection', () => (connections += 1))
  server.on('upgrade', (_, socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    connections: () => connections,
    reply: (next) => (how = next),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
