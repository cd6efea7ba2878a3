import cluster from 'node:cluster'
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from 'pino'
import { seconds } from '~/accounts/time'
import type { SocketHub } from '~/live/socket-hub'

export type Closable = { close(): Promise<void> }

/** What is not finished by then is cut off. */
const PATIENCE = seconds(8)
/** How soon a connection is closed on which an answer was under way when that began. */
const SWEEP_INTERVAL = 100
/** Whatever keeps it from ending then, a database that is away, say, is not waited for. */
export const LONGEST = seconds(9)

/**
 * On SIGTERM or SIGINT: accept nothing new, finish what was begun, tell open tabs to reconnect
 * elsewhere, write what is only in memory, and exit.
 */
export function closeOnSignals({
  log,
  server,
  hub,
  finish,
}: {
  log: Logger
  server: Server
  hub: SocketHub
  finish: () => Promise<void>
}): Closable {
  const connections = new Set<Socket>()

  server.on('connection', (socket: Socket) => {
    connections.add(socket)
    socket.on('close', forget)
  })

  /** One for all of them: a page that is left open keeps its connection for days. */
  function forget(this: Socket) {
    connections.delete(this)
  }

  async function close() {
    const late = setTimeout(() => {
      log.error('closing took too long')
      process.exit(1)
    }, LONGEST)
    const stopped = new Promise<void>((resolve) => server.close(() => resolve()))
    hub.close()
    // Who goes on asking over a connection that is kept open would be answered until they are cut off.
    server.prependListener('request', (_, response) => response.setHeader('Connection', 'close'))
    server.closeIdleConnections()
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_INTERVAL)
    // Not closeAllConnections(): that spares the sockets of tabs, which may never answer a farewell.
    const cutOff = setTimeout(() => {
      log.warn({ connections: connections.size }, 'what is not finished is cut off')
      connections.forEach((socket) => socket.destroy())
    }, PATIENCE)
    await stopped
    clearTimeout(cutOff)
    clearInterval(sweep)
    await finish().finally(() => clearTimeout(late))
  }

  return endOnSignals({ log, close })
}

/**
 * Calls `close`, once, when this process is told to end, and ends it then. A worker is told so as well
 * by the end of its primary, through which it was reached.
 */
export function endOnSignals({
  log,
  close,
}: {
  log: Logger
  close: () => Promise<void>
}): Closable {
  let closing: Promise<void> | undefined
  const closeOnce = () => (closing ??= close())

  function end(why: { signal: string } | { reason: string }) {
    // npm passes on what a terminal or a service manager has already sent to everybody.
    if (closing) return
    log.info(why, 'closing')
    closeOnce().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'closing failed')
        process.exit(1)
      },
    )
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end({ signal }))
  const { worker } = cluster
  worker?.on('disconnect', () => {
    // Without this Node would end it here and now.
    worker.exitedAfterDisconnect = true
    end({ reason: 'the primary is gone' })
  })
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'nobody caught this'))
  process.on('uncaughtException', (error) => {
    // What was half done when this was thrown is unknown, so a fresh start is the safe way on.
    log.fatal({ err: error }, 'the server stops')
    closeOnce()
      .catch((failure: unknown) => log.error({ err: failure }, 'closing failed'))
      .finally(() => process.exit(1))
  })
  return { close: closeOnce }
}
