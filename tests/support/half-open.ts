import { connect, type Socket } from 'node:net'
import { until } from './until'

/**
 * A client that never closes its side: it sends something, and keeps the connection for as long as
 * the server does.
 */
export type HalfOpenClient = {
  socket: Socket
  /** What came so far. */
  received(): string
  /** Resolves to the whole answer once the server has let go of the connection altogether. */
  letGo(): Promise<string>
}

export async function connectHalfOpen(port: number, text: string): Promise<HalfOpenClient> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let received = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk) => (received += chunk.toString()))
  socket.on('error', () => undefined)
  socket.write(text, 'latin1')
  await until(() => !socket.connecting)
  return {
    socket,
    received: () => received,
    async letGo() {
      await until(() => socket.readableEnded || socket.destroyed, { timeout: 60_000 })
      // To a server that only said goodbye one can go on talking; one that let go resets that.
      await until(() => (socket.write('?'), socket.destroyed))
      return received
    },
  }
}
