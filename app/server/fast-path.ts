import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Bearer } from '~/accounts/api-tokens/scopes'
import type { Viewer } from '~/accounts/viewer'
import { readBearer } from '~/http/bearer'
import type { ClientAddress } from '~/http/client-address'
import type { SessionCookie } from '~/http/session-cookie'
import type { Services } from './services'

/**
 * What is asked so often that it is answered before Remix: whether the process lives, whether it is
 * ready, and whose session this is.
 *
 * @returns whether the request was one of these
 */
export type FastPath = (request: IncomingMessage, response: ServerResponse) => boolean

export function createFastPath({
  services,
  sessionCookie,
  clientAddress,
}: {
  services: Services
  sessionCookie: SessionCookie
  clientAddress: ClientAddress
}): FastPath {
  const { sessions, tokens, database } = services

  return function answer(request, response) {
    switch (request.url) {
      case '/healthz':
        reply(response, 200, 'ok')
        return true
      case '/readyz':
        void database.ping().then(
          () => reply(response, 200, 'ready'),
          () => reply(response, 503, 'not ready: the database does not answer'),
        )
        return true
      case '/api/v1/session':
        answerWhoIAm(request, response, describe)
        return true
      case '/api/v1/session?check':
        answerWhoIAm(request, response, () => undefined)
        return true
      default:
        return false
    }
  }

  function answerWhoIAm(
    request: IncomingMessage,
    response: ServerResponse,
    body: (whoever: Viewer | Bearer) => string | undefined,
  ) {
    const { authorization, cookie } = request.headers
    // Whoever sends a token means it: their cookie is not looked at.
    const token = readBearer(authorization)
    const ip = token === undefined ? '' : clientAddress(request)
    const secret = sessionCookie.read(cookie)
    const remembered =
      token === undefined ? sessions.verifyFromMemory(secret) : tokens.verifyFromMemory(token, ip)
    if (remembered) return send(remembered)
    const looked = token === undefined ? sessions.verify(secret) : tokens.verify(token, ip)
    looked.then(send, () => replyJson(response, 503, UNAVAILABLE))

    function send(whoever: Viewer | Bearer | null) {
      if (whoever) return replyJson(response, 200, body(whoever))
      response.setHeader('WWW-Authenticate', 'Bearer')
      replyJson(response, 401, UNAUTHORIZED)
    }
  }
}

const UNAUTHORIZED = JSON.stringify({ error: 'unauthorized' })
const UNAVAILABLE = JSON.stringify({ error: 'unavailable' })

function describe(whoever: Viewer | Bearer): string {
  if ('session' in whoever) return JSON.stringify(whoever)
  const { user, token } = whoever
  const mayKnow = token.scopes.includes('profile:read') ? user : { id: user.id, role: user.role }
  return JSON.stringify({ user: mayKnow, token })
}

function reply(response: ServerResponse, status: number, text: string) {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`)
}

/** Without a body, 204. */
function replyJson(response: ServerResponse, status: number, body: string | undefined) {
  if (body === undefined) response.writeHead(204).end()
  else response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(body)
}
