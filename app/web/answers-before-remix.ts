import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Bearer } from '~/accounts/api-tokens/scopes'
import type { Viewer } from '~/accounts/viewer'
import { isDatabaseFull } from '~/database/errors'
import type { Services } from '~/server/services'
import { readAuthorization } from './authorization'
import type { ClientAddress, TrustProxy } from './client-address'
import {
  prepareEmpty,
  prepareJson,
  prepareText,
  sendPrepared,
  type PreparedAnswer,
} from './prepared-answer'
import { isProofOf, PROOF_HEADER } from './same-database'
import type { SessionCookie } from './session-cookie'

/**
 * Answers a request without Remix if it is one of its own.
 *
 * @returns whether it was
 */
export type AnswerBeforeRemix = (request: IncomingMessage, response: ServerResponse) => boolean

/**
 * What machines ask all the time: whether the process lives, whether it is ready, how the request
 * arrived, and whose session or API token this is. They are answered from memory: through
 * Remix the same answer costs a multiple.
 */
export function createAnswersBeforeRemix({
  services: { sessions, tokens, database },
  sessionCookie,
  clientAddress,
  trustProxy,
  headers,
  log,
}: {
  services: {
    sessions: Pick<Services['sessions'], 'verify' | 'verifyFromMemory'>
    tokens: Pick<Services['tokens'], 'verify' | 'verifyFromMemory'>
    database: Pick<Services['database'], 'ping' | 'identity'>
  }
  sessionCookie: Pick<SessionCookie, 'read'>
  clientAddress: ClientAddress
  trustProxy: TrustProxy
  /** What every answer carries. */
  headers: Readonly<Record<string, string>>
  log: Logger
}): AnswerBeforeRemix {
  const healthy = prepareText(200, headers, 'ok')
  const ready = prepareText(200, headers, 'ready')
  const valid = prepareEmpty(204, headers)
  const unavailable = prepareJson(503, headers, { error: 'unavailable' })
  const unauthorized = prepareJson(
    401,
    { ...headers, 'WWW-Authenticate': 'Bearer' },
    { error: 'unauthorized' },
  )
  /** By what is remembered of who asks, which never changes: it is replaced. */
  const descriptions = new WeakMap<Viewer | Bearer, PreparedAnswer>()

  return function answer(request, response) {
    switch (request.url) {
      case '/healthz':
        sendPrepared(response, healthy)
        return true
      case '/readyz':
        void database.ping().then(
          () => sendPrepared(response, ready),
          (error: unknown) => {
            log.error({ err: error }, 'not ready')
            const text = isDatabaseFull(error) ? `not ready: ${error.message}` : NOT_READY
            sendPrepared(response, prepareText(503, headers, text))
          },
        )
        return true
      case '/api/v1/connection':
        sendPrepared(response, prepareJson(200, headers, describeConnection(request)))
        return true
      case '/api/v1/session':
        checkSession(request, response, describe)
        return true
      case '/api/v1/session?check':
        checkSession(request, response, () => valid)
        return true
      default:
        return false
    }
  }

  /** How this request arrived, so that an operator sees what the proxy in front makes of one. */
  function describeConnection(request: IncomingMessage) {
    return {
      address: clientAddress(request),
      host: request.headers.host ?? null,
      isForwarded: request.headers['x-forwarded-for'] !== undefined,
      ...describeNode(request.headers[PROOF_HEADER]),
    }
  }

  /** What doctor asks besides. No stranger is told on which database this is, or how it is set up. */
  function describeNode(proof: string | string[] | undefined) {
    if (proof === undefined) return {}
    const sharesDatabase = isProofOf(database.identity, String(proof))
    return { sharesDatabase, ...(sharesDatabase && { trustProxy }) }
  }

  function checkSession(
    request: IncomingMessage,
    response: ServerResponse,
    answerTo: (asking: Viewer | Bearer) => PreparedAnswer,
  ) {
    const send = (asking: Viewer | Bearer | null) =>
      sendPrepared(response, asking ? answerTo(asking) : unauthorized)
    const asking = whoAsks(request)
    if (!(asking instanceof Promise)) return send(asking)
    void asking.then(send, (error: unknown) => {
      log.error({ err: error }, 'a session could not be checked')
      sendPrepared(response, unavailable)
    })
  }

  /** Whoever sends an Authorization header means it: their cookie is not looked at. */
  function whoAsks(request: IncomingMessage): Found | Promise<Found> {
    const authorization = readAuthorization(request.headers.authorization)
    if (authorization.kind === 'malformed') return null
    if (authorization.kind === 'bearer') {
      const { token } = authorization
      const ip = clientAddress(request)
      return tokens.verifyFromMemory(token, ip) ?? tokens.verify(token, ip)
    }
    const secret = sessionCookie.read(request.headers.cookie)
    return sessions.verifyFromMemory(secret) ?? sessions.verify(secret)
  }

  function describe(asking: Viewer | Bearer): PreparedAnswer {
    let description = descriptions.get(asking)
    if (!description) {
      const known = 'session' in asking ? describeViewer(asking) : describeBearer(asking)
      description = prepareJson(200, headers, known)
      descriptions.set(asking, description)
    }
    return description
  }
}

const NOT_READY = 'not ready: the database does not answer'

type Found = Viewer | Bearer | null

/** Field by field, here and below: what is remembered of people may hold more than they may read. */
const describeViewer = ({ user, session }: Viewer) => ({
  user: describeUser(user),
  session: { id: session.id, createdAt: session.createdAt, endsAt: session.endsAt },
})

const describeBearer = ({ user, token }: Bearer) => ({
  user: token.scopes.includes('profile:read')
    ? describeUser(user)
    : { id: user.id, role: user.role },
  token: { id: token.id, name: token.name, scopes: token.scopes },
})

const describeUser = ({ id, username, name, email, role }: Viewer['user']) => ({
  id,
  username,
  name,
  email,
  role,
})
