import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Viewer } from '~/accounts/viewer'
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
}: {
  services: Services
  sessionCookie: SessionCookie
}): FastPath {
  const { sessions, database } = services

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
        answerSession(request, response, describe)
        return true
      case '/api/v1/session?check':
        answerSession(request, response, () => undefined)
        return true
      default:
        return false
    }
  }

  function answerSession(
    request: IncomingMessage,
    response: ServerResponse,
    body: (viewer: Viewer) => string | undefined,
  ) {
    const secret = sessionCookie.read(request.headers.cookie)
    const remembered = sessions.verifyFromMemory(secret)
    if (remembered) return send(remembered)
    sessions.verify(secret).then(send, () => replyJson(response, 503, UNAVAILABLE))

    function send(viewer: Viewer | null) {
      if (!viewer) return replyJson(response, 401, UNAUTHORIZED)
      replyJson(response, 200, body(viewer))
    }
  }
}

const UNAUTHORIZED = JSON.stringify({ error: 'unauthorized' })
const UNAVAILABLE = JSON.stringify({ error: 'unavailable' })

function describe({ user, session }: Viewer): string {
  return JSON.stringify({
    user: { id: user.id, name: user.name, email: user.email, role: user.role },
    session: { id: session.id, createdAt: session.createdAt, endsAt: session.endsAt },
  })
}

function reply(response: ServerResponse, status: number, text: string) {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`)
}

/** Without a body, 204. */
function replyJson(response: ServerResponse, status: number, body: string | undefined) {
  if (body === undefined) response.writeHead(204).end()
  else response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(body)
}
