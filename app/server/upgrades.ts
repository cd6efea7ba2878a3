import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { SocketHub } from '~/live/socket-hub'
import type { AnswerBeforeRemix } from '~/web/answers-before-remix'
import { isQuestionPath } from '~/web/forwarded-request'
import { isWebSocket, refuseOnSocket, responseOnSocket } from '~/web/http-server'
import { namesOneHost } from '~/web/origin'

/** Gives requests for a WebSocket to the hub, and proxies that ask about one their answer. */
export function acceptUpgrades(
  server: Server,
  {
    hub,
    answerQuestion,
    headers,
    development,
  }: {
    hub: SocketHub
    answerQuestion: AnswerBeforeRemix
    headers: Readonly<Record<string, string>>
    development: boolean
  },
) {
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    // Vite's own sockets; Vite answers them.
    const isVite = request.headers['sec-websocket-protocol']?.startsWith('vite-')
    if (development && isVite) return
    if (!namesOneHost(request)) return refuseOnSocket(socket, 400, headers)
    if (isQuestionPath(request.url ?? '')) {
      return void answerQuestion(request, responseOnSocket(request, socket))
    }
    if (!isWebSocket(request)) refuseOnSocket(socket, 400, headers)
    else hub.handleUpgrade(request, socket, head)
  })
}
