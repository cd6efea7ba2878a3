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
  headers,
}: {
  services: Services
  sessionCookie: SessionCookie
  clientAddress: ClientAddress
  /** What every answer carries. */
  headers: Readonly<Record<string, string>>
}): FastPath {
  const { sessions, tokens, database } = services
  // Given to writeHead as it wants to have them: setting a dozen one by one on every response
  // costs more than finding the session.
  const common = Object.entries(headers).flat()
  const asText = [...common, 'Content-Type', 'text/plain; charset=utf-8']
  const asJson = [...common, 'Content-Type', 'application/json; charset=utf-8']
  const asRefusal = [...asJson, 'WWW-Authenticate', 'Bearer']

  return function answer(request, response) {
    switch (request.url) {
      case '/healthz':
        reply(response, 200, asText, 'ok\n')
        return true
      case '/readyz':
        void database.ping().then(
          () => reply(response, 200, asText, 'ready\n'),
          () => reply(response, 503, asText, 'not ready: the database does not answer\n'),
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
    const secret = token === undefined ? sessionCookie.read(cookie) : undefined
    const remembered =
      token === undefined ? sessions.verifyFromMemory(secret) : tokens.verifyFromMemory(token, ip)
    if (remembered) return send(remembered)
    const looked = token === undefined ? sessions.verify(secret) : tokens.verify(token, ip)
    looked.then(send, () => reply(response, 503, asJson, UNAVAILABLE))

    function send(whoever: Viewer | Bearer | null) {
      if (!whoever) return reply(response, 401, asRefusal, UNAUTHORIZED)
      const text = body(whoever)
      if (text === undefined) response.writeHead(204, common).end()
      else reply(response, 200, asJson, text)
    }
  }
}

const UNAUTHORIZED = JSON.stringify({ error: 'unauthorized' })
const UNAVAILABLE = JSON.stringify({ error: 'unavailable' })

/** Whoever asks once asks again; what is remembered about them never changes, it is replaced. */
const descriptions = new WeakMap<Viewer | Bearer, string>()

function describe(whoever: Viewer | Bearer): string {
  const known = descriptions.get(whoever)
  if (known !== undefined) return known
  const text = JSON.stringify('session' in whoever ? whoever : asFarAsAllowed(whoever))
  descriptions.set(whoever, text)
  return text
}

function asFarAsAllowed({ user, token }: Bearer) {
  const mayKnow = token.scopes.includes('profile:read') ? user : { id: user.id, role: user.role }
  return { user: mayKnow, token }
}

function reply(response: ServerResponse, status: number, headers: readonly string[], body: string) {
  // Without the length the answer would go out in chunks, in three pieces instead of one.
  const length = String(Buffer.byteLength(body))
  response.writeHead(status, [...headers, 'Content-Length', length]).end(body)
}
