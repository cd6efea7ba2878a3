import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { KnownApplication } from '~/applications/known'
import type { Decision, Question } from '~/applications/forward-auth'
import type { VerifiedVisitor } from '~/applications/visitors'
import type { Services } from '~/server/services'
import type { AnswerBeforeRemix } from './answers-before-remix'
import { cookiesOf } from './application-cookies'
import { refusedPage, unavailablePage } from './application-pages'
import { createCheckedQuestions } from './checked-question'
import type { ClientAddress } from './client-address'
import {
  describedRequest,
  isDescribedAt,
  isQuestionPath,
  QUESTION_PATHS,
  type Described,
} from './forwarded-request'
import { createConfigurationWarnings } from './proxy-warnings'
import { sendPlainPage } from './plain-page'
import { prepareEmpty, prepareJson, sendPrepared, type PreparedAnswer } from './prepared-answer'

type Headers = Readonly<Record<string, string>>
type Asked = { id: string; isNginx: boolean }

/**
 * The question that proxies ask about every request to an application, in the two ways in which they
 * ask it: `/api/v1/forward-auth/wiki` (Caddy, Traefik), whose answer the proxy passes on unless it is
 * 200, and `/api/v1/auth-request/wiki` (nginx), of whose answer the proxy sees status and headers only.
 *
 * The path names the application, since it stands in the proxy's own configuration; everything else in
 * the request may come from a visitor. No answer that a proxy throws away has a body: the proxy would
 * have to close the connection to get rid of it.
 */
export function createForwardAuth({
  services,
  clientAddress,
  headers,
  log,
}: {
  services: Pick<Services, 'forwardAuth' | 'visits' | 'checkKeys' | 'siteName'>
  clientAddress: ClientAddress
  /** What every answer at an application's host carries. */
  headers: Headers
  log: Logger
}): AnswerBeforeRemix {
  const { forwardAuth, visits, siteName } = services
  const frame = { siteName, headers }
  const noStore = { 'Cache-Control': 'no-store' }
  const nobody = prepareEmpty(200, { ...noStore, ...identityOf(null) })
  const malformed = prepareEmpty(400, noStore)
  const forbidden = prepareEmpty(403, noStore)
  const unauthorized = prepareEmpty(401, { ...noStore, 'X-Latchkey-Location': '' })
  const unavailable = prepareEmpty(503, { ...noStore, 'Retry-After': '5' })
  const identities = new WeakMap<VerifiedVisitor, PreparedAnswer>()
  const warnOfConfiguration = createConfigurationWarnings(log)
  const reportOf = createCheckedQuestions({ services, clientAddress })

  return function answer(request, response) {
    const { url = '' } = request
    if (url === KEYS_PATH) {
      sendKeys(response).catch((error: unknown) => fail(response, error, { isNginx: false }))
      return true
    }
    if (!isQuestionPath(url)) return false
    const isNginx = url.startsWith(QUESTION_PATHS.authRequest)
    const prefix = isNginx ? QUESTION_PATHS.authRequest : QUESTION_PATHS.forwardAuth
    const id = url.slice(prefix.length).split('?', 1)[0]!
    const asked = { id, isNginx }
    try {
      const asking =
        reportOf(request, isNginx)?.then((report) =>
          report === null
            ? begin(request, response, asked)
            : sendPrepared(response, leadTo(report, isNginx)),
        ) ?? begin(request, response, asked)
      asking?.catch((error: unknown) => fail(response, error, asked))
    } catch (error) {
      fail(response, error, asked)
    }
    return true
  }

  function begin(request: IncomingMessage, response: ServerResponse, asked: Asked) {
    if (!APPLICATION_ID.test(asked.id)) return sendPrepared(response, forbidden)
    const application = forwardAuth.byId(asked.id)
    return application instanceof Promise
      ? application.then((found) => ask(request, response, asked, found))
      : ask(request, response, asked, application)
  }

  async function sendKeys(response: ServerResponse) {
    sendPrepared(response, prepareJson(200, noStore, await forwardAuth.publicKeys()))
  }

  function ask(
    request: IncomingMessage,
    response: ServerResponse,
    asked: Asked,
    application: KnownApplication | null,
  ): void | Promise<void> {
    const described = describedRequest(request, asked.isNginx)
    if (described === 'malformed') return sendPrepared(response, malformed)
    if (!application || !isDescribedAt(application.address, described)) {
      warnOfConfiguration(asked.id, application, described.origin)
      return sendPrepared(response, forbidden)
    }
    const question = questionOf(request, described, application)
    const decision = forwardAuth.decide(question, application)
    const reply = (made: Decision) =>
      send(request, response, { ...asked, application, question, made })
    if (decision instanceof Promise) return decision.then(reply)
    return reply(decision)
  }

  function send(
    request: IncomingMessage,
    response: ServerResponse,
    {
      application,
      question,
      isNginx,
      made,
    }: { application: KnownApplication; question: Question; isNginx: boolean; made: Decision },
  ): void | Promise<void> {
    switch (made.kind) {
      case 'allowed':
        return allow(request, response, application, question, made.visitor)
      case 'sign-in':
        return sendPrepared(response, leadTo(made.location, isNginx))
      case 'unauthorized':
        return sendPrepared(
          response,
          isBrowser(request) ? unauthorized : unauthorizedProgram(application),
        )
      case 'cross-site':
        log.warn(
          { application: application.id, from: question.origin },
          'cross-site request refused',
        )
        return sendPrepared(response, forbidden)
      case 'not-theirs':
        if (isNginx || !question.isNavigation) return sendPrepared(response, forbidden)
        return sendPlainPage(response, refusedPage(application, made.visitor.value.user), frame)
    }
  }

  function allow(
    request: IncomingMessage,
    response: ServerResponse,
    application: KnownApplication,
    question: Question,
    visitor: VerifiedVisitor | null,
  ): void | Promise<void> {
    if (!visitor) return sendPrepared(response, nobody)
    // Programs open no pages, and all that they do is use of their token.
    const isNews = question.isNavigation || visitor.value.tokenId !== undefined
    const noted = isNews ? visits.note(visitor, () => clientAddress(request)) : undefined
    if (application.assertion) return allowWithAssertion(response, application, visitor, noted)
    const reply = () => sendPrepared(response, identityAnswer(visitor))
    return noted ? noted.then(reply) : reply()
  }

  function identityAnswer(visitor: VerifiedVisitor): PreparedAnswer {
    let prepared = identities.get(visitor)
    if (!prepared) {
      prepared = prepareEmpty(200, { ...noStore, ...identityOf(visitor) })
      identities.set(visitor, prepared)
    }
    return prepared
  }

  async function allowWithAssertion(
    response: ServerResponse,
    application: KnownApplication,
    visitor: VerifiedVisitor,
    noted: Promise<void> | undefined,
  ) {
    await noted
    const assertion = await forwardAuth.assert(visitor, application)
    const identity = { ...identityOf(visitor), 'X-Latchkey-Assertion': assertion }
    sendPrepared(response, prepareEmpty(200, { ...noStore, ...identity }))
  }

  /** Closed, not open: proxies refuse then, whatever number they show. */
  function fail(response: ServerResponse, error: unknown, { isNginx }: { isNginx: boolean }) {
    log.error({ err: error }, 'a request to an application could not be decided')
    if (response.headersSent) return
    if (isNginx) return sendPrepared(response, unavailable)
    response.setHeader('Retry-After', '5')
    sendPlainPage(response, unavailablePage, frame)
  }
}

/** Spares the database what no application is called. */
const APPLICATION_ID = /^[a-z0-9-]{1,40}$/

/** What applications verify assertions with. */
const KEYS_PATH = '/.well-known/jwks.json'

function questionOf(
  { headers }: IncomingMessage,
  { method, target, isNavigation, token }: Described,
  application: KnownApplication,
): Question {
  return {
    method,
    target,
    isNavigation,
    isWebSocket: headers['sec-websocket-key'] !== undefined,
    origin: headers.origin,
    fetchSite: headers['sec-fetch-site']?.toString(),
    cookie: cookiesOf(application).signIn.read(headers.cookie),
    token,
  }
}

/** Every browser of these years sends it. Programs are told which passwords are asked for. */
const isBrowser = ({ headers }: IncomingMessage) => headers['sec-fetch-mode'] !== undefined

/** By which a browser is sent elsewhere, in either way of asking. */
const leadTo = (location: string, isNginx: boolean): PreparedAnswer =>
  prepareEmpty(isNginx ? 401 : 302, {
    'Cache-Control': 'no-store',
    [isNginx ? 'X-Latchkey-Location' : 'Location']: location,
  })

const unauthorizedProgram = ({ name }: KnownApplication) =>
  prepareEmpty(401, {
    'Cache-Control': 'no-store',
    'X-Latchkey-Location': '',
    'WWW-Authenticate': `Basic realm="${asHeader(name.replace(/["\\]/g, ''))}", charset="UTF-8"`,
  })

/** Each is always set: an application gets an empty one or none, never what the visitor sent. */
function identityOf(visitor: VerifiedVisitor | null): Headers {
  const { username = '', name = '', email = '', groups = [] } = visitor?.value.user ?? {}
  return {
    'Remote-User': username,
    'Remote-Name': asHeader(name),
    'Remote-Email': asHeader(email),
    'Remote-Groups': asHeader(groups.join(',')),
    'X-Latchkey-Assertion': '',
  }
}

/** As bytes of UTF-8, each of which is a character to Node's headers. */
const asHeader = (text: string): string => Buffer.from(text).toString('latin1')
