import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Bearer } from '~/accounts/api-tokens/scopes'
import type { Viewer } from '~/accounts/viewer'
import { readAuthorization } from './authorization'
import type { ClientAddress } from './client-address'
import type { SessionCookie } from './session-cookie'
import {
  prepareEmpty,
  prepareJson,
  prepareText,
  sendPrepared,
  type PreparedAnswer,
} from '~/server/prepared-answer'
import type { Services } from '~/server/services'

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
  const healthy = prepareText(200, headers, 'ok')
  const ready = prepareText(200, headers, 'ready')
  const notReady = prepareText(503, headers, 'not ready: the database does not answer')
  const known = prepareEmpty(204, headers)
  const unavailable = prepareJson(503, headers, { error: 'unavailable' })
  const unauthorized = prepareJson(
    401,
    { ...headers, 'WWW-Authenticate': 'Bearer' },
    { error: 'unauthorized' },
  )
  /** Whoever asks once asks again; what is remembered about them never changes, it is replaced. */
  const descriptions = new WeakMap<Viewer | Bearer, PreparedAnswer>()

  return function answer(request, response) {
    switch (request.url) {
      case '/healthz':
        sendPrepared(response, healthy)
        return true
      case '/readyz':
        void database.ping().then(
          () => sendPrepared(response, ready),
          () => sendPrepared(response, notReady),
        )
        return true
      case '/api/v1/session':
        answerWhoIAm(request, response, (whoever) => sendPrepared(response, describe(whoever)))
        return true
      case '/api/v1/session?check':
        answerWhoIAm(request, response, () => sendPrepared(response, known))
        return true
      default:
        return false
    }
  }

  function answerWhoIAm(
    request: IncomingMessage,
    response: ServerResponse,
    say: (whoever: Viewer | Bearer) => void,
  ) {
    const { cookie } = request.headers
    const authorization = readAuthorization(request.headers.authorization)
    if (authorization.kind === 'malformed') return sendPrepared(response, unauthorized)
    // Whoever sends a token means it: their cookie is not looked at.
    const token = authorization.kind === 'bearer' ? authorization.token : undefined
    const ip = token === undefined ? '' : clientAddress(request)
    const secret = token === undefined ? sessionCookie.read(cookie) : undefined
    const remembered =
      token === undefined ? sessions.verifyFromMemory(secret) : tokens.verifyFromMemory(token, ip)
    if (remembered) return say(remembered)
    const looked = token === undefined ? sessions.verify(secret) : tokens.verify(token, ip)
    looked.then(
      (whoever) => (whoever ? say(whoever) : sendPrepared(response, unauthorized)),
      () => sendPrepared(response, unavailable),
    )
  }

  function describe(whoever: Viewer | Bearer): PreparedAnswer {
    const described = descriptions.get(whoever)
    if (described) return described
    const description = prepareJson(
      200,
      headers,
      'session' in whoever ? whoever : asFarAsAllowed(whoever),
    )
    descriptions.set(whoever, description)
    return description
  }
}

function asFarAsAllowed({ user, token }: Bearer) {
  const mayKnow = token.scopes.includes('profile:read') ? user : { id: user.id, role: user.role }
  return { user: mayKnow, token }
}
