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
  const text = (body: string) => prepare([...common, ...CONTENT_TYPE.text], `${body}\n`)
  const json = (body: unknown) => prepare([...common, ...CONTENT_TYPE.json], JSON.stringify(body))

  const healthy = text('ok')
  const ready = text('ready')
  const notReady = text('not ready: the database does not answer')
  const unavailable = json({ error: 'unavailable' })
  const refusal = json({ error: 'unauthorized' })
  const unauthorized = { ...refusal, headers: [...refusal.headers, 'WWW-Authenticate', 'Bearer'] }
  /** Whoever asks once asks again; what is remembered about them never changes, it is replaced. */
  const descriptions = new WeakMap<Viewer | Bearer, Prepared>()

  return function answer(request, response) {
    switch (request.url) {
      case '/healthz':
        send(response, 200, healthy)
        return true
      case '/readyz':
        void database.ping().then(
          () => send(response, 200, ready),
          () => send(response, 503, notReady),
        )
        return true
      case '/api/v1/session':
        answerWhoIAm(request, response, (whoever) => send(response, 200, describe(whoever)))
        return true
      case '/api/v1/session?check':
        answerWhoIAm(request, response, () => response.writeHead(204, common).end())
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
    const { authorization, cookie } = request.headers
    // Whoever sends a token means it: their cookie is not looked at.
    const token = readBearer(authorization)
    const ip = token === undefined ? '' : clientAddress(request)
    const secret = token === undefined ? sessionCookie.read(cookie) : undefined
    const remembered =
      token === undefined ? sessions.verifyFromMemory(secret) : tokens.verifyFromMemory(token, ip)
    if (remembered) return say(remembered)
    const looked = token === undefined ? sessions.verify(secret) : tokens.verify(token, ip)
    looked.then(
      (whoever) => (whoever ? say(whoever) : send(response, 401, unauthorized)),
      () => send(response, 503, unavailable),
    )
  }

  function describe(whoever: Viewer | Bearer): Prepared {
    const known = descriptions.get(whoever)
    if (known) return known
    const description = json('session' in whoever ? whoever : asFarAsAllowed(whoever))
    descriptions.set(whoever, description)
    return description
  }
}

const CONTENT_TYPE = {
  text: ['Content-Type', 'text/plain; charset=utf-8'],
  json: ['Content-Type', 'application/json; charset=utf-8'],
}

/** An answer made once and sent often: what it says, and its headers as writeHead takes them. */
type Prepared = { headers: string[]; body: string }

/** Without the length the answer would go out in chunks, in three pieces instead of one. */
const prepare = (headers: string[], body: string): Prepared => ({
  headers: [...headers, 'Content-Length', String(Buffer.byteLength(body))],
  body,
})

function send(response: ServerResponse, status: number, { headers, body }: Prepared) {
  response.writeHead(status, headers).end(body)
}

function asFarAsAllowed({ user, token }: Bearer) {
  const mayKnow = token.scopes.includes('profile:read') ? user : { id: user.id, role: user.role }
  return { user: mayKnow, token }
}
