import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { GivenCookie } from '~/applications/enter'
import type { KnownApplication } from '~/applications/known'
import type { Services } from '~/server/services'
import type { AnswerBeforeRemix } from './answers-before-remix'
import { cookiesOf, nonceHashOf } from './application-cookies'
import {
  failedEntryPage,
  nothingHerePage,
  refusedPage,
  refusedRequestPage,
  unavailablePage,
} from './application-pages'
import type { ClientAddress } from './client-address'
import { hostNameOf, isHostOf } from './origin'
import { createApplicationCheck } from './application-check'
import { LIVE_SCRIPT, type PageSession } from './application-live'
import { createApplicationSignOut } from './application-sign-out'
import { prepareJson, prepareScript, sendPrepared } from './prepared-answer'
import { sendPlainPage, type PlainPage } from './plain-page'

/** What is Latchkey's at an application's host, spelled exactly so. */
const PREFIX = '/.latchkey/'

type Asked = {
  request: IncomingMessage
  response: ServerResponse
  application: KnownApplication
  query: URLSearchParams
}

/** By their names below /.latchkey/, what is done for each method. */
export type ApplicationPages = Record<
  string,
  Partial<Record<'GET' | 'POST', (asked: Asked) => unknown>>
>

/**
 * Latchkey's pages at the hosts of applications, which their proxies hand over. They are told apart by
 * the path as it was sent and by Host, before anything else looks at either: another spelling of the
 * path is not ours, and a host that nobody registered has none of them.
 */
export function createApplicationHost({
  origin,
  services,
  clientAddress,
  headers,
  log,
}: {
  origin: string
  services: Pick<
    Services,
    | 'forwardAuth'
    | 'enterApplication'
    | 'clock'
    | 'sessions'
    | 'applicationSignIns'
    | 'checkKeys'
    | 'siteName'
  >
  clientAddress: ClientAddress
  headers: Readonly<Record<string, string>>
  log: Logger
}): AnswerBeforeRemix {
  const { forwardAuth, enterApplication, clock, siteName } = services
  const frame = { siteName, headers }
  const check = createApplicationCheck({ origin, services, clientAddress, headers })
  const pages: ApplicationPages = {
    start: { GET: start },
    enter: { GET: enter },
    refused: { GET: refused },
    'live.js': { GET: liveScript },
    session: { GET: pageSession },
    ...createApplicationSignOut({ services, clientAddress, headers }),
    ...check.pages,
  }

  // Asked for again by every page, and small.
  const script = prepareScript({ ...headers, 'Cache-Control': 'no-cache' }, LIVE_SCRIPT)

  return function answer(request, response) {
    const { url = '' } = request
    const { host = '' } = request.headers
    if (!url.startsWith(PREFIX) || isHostOf(origin, host)) return false
    const [path = '', query = ''] = url.slice(PREFIX.length).split(/\?(.*)/s, 2)
    dispatch(request, response, path, new URLSearchParams(query)).catch((error: unknown) => {
      log.error({ err: error, path: PREFIX + path }, "a page at an application's host failed")
      if (response.headersSent) return response.destroy()
      response.setHeader('Retry-After', '5')
      sendPlainPage(response, unavailablePage, frame)
    })
    return true
  }

  async function dispatch(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: URLSearchParams,
  ) {
    const checked = path === 'check' ? await check.checkedApplication(query) : null
    const application = checked ?? (await forwardAuth.byHost(hostNameOf(request.headers.host)))
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined
    if (!application || !page) return sendPlainPage(response, nothingHerePage, frame)
    const act = page[request.method as 'GET' | 'POST']
    if (!act) {
      response.setHeader('Allow', Object.keys(page).join(', '))
      const refusal = { ...nothingHerePage, status: 405, title: 'That cannot be done here' }
      return sendPlainPage(response, refusal, frame)
    }
    await act({ request, response, application, query })
  }

  /** Remembers which browser this is, and sends it to sign in. */
  function start({ request, response, application, query }: Asked) {
    const { nonceHash, setCookies } = cookiesOf(application).startNonce(request.headers.cookie)
    const to = forwardAuth.returnTarget(query.get('to'))
    const wanted = new URLSearchParams({ application: application.id, nonce: nonceHash, to })
    redirect(response, `${origin}/open?${wanted}`, setCookies)
  }

  /** Exchanges a code for this host's cookie, and goes to the very page that was asked for. */
  async function enter({ request, response, application, query }: Asked) {
    const cookies = cookiesOf(application)
    const { cookie } = request.headers
    const nonces = cookies.nonces(cookie)
    const entered = await enterApplication({
      code: query.get('code') ?? '',
      applicationId: application.id,
      nonceHashes: nonces.map(nonceHashOf),
      current: cookies.signIn.read(cookie),
    })
    if (!entered.ok) return send(response, failedEntryPage(application))
    const { cookie: given, returnTo, nonceHash } = entered
    const used = nonces.filter((nonce) => nonceHashOf(nonce) === nonceHash)
    redirect(response, application.address + returnTo, [
      ...(given ? [cookies.signIn.set(given.secret, secondsOf(given))] : []),
      ...used.map((nonce) => cookies.clearNonce(nonce)),
    ])
  }

  /** None for a cookie that the browser forgets when it ends. */
  function secondsOf({ kept, endsAt }: GivenCookie): number | undefined {
    return kept ? Math.floor((endsAt.getTime() - clock.time()) / 1000) : undefined
  }

  /** What nginx shows with 403, of which it has thrown our page away. */
  async function refused({ request, response, application }: Asked) {
    const visitor = await forwardAuth.visitorAt(application, cookieOf(request, application))
    const mayUse = visitor?.value.mayUse ?? false
    const refusal = refusedPage(application, visitor?.value.user ?? null)
    send(response, mayUse ? refusedRequestPage(application) : refusal)
  }

  function liveScript({ response }: Asked) {
    sendPrepared(response, script)
  }

  async function pageSession({ request, response, application }: Asked) {
    const cookie = cookieOf(request, application)
    const visitor = await forwardAuth.visitorAt(application, cookie)
    const id = visitor?.value.mayUse ? visitor.value.session?.applicationSessionId : undefined
    const ended: PageSession = { state: cookie === undefined ? 'none' : 'ended' }
    const answer: PageSession = id === undefined ? ended : { state: 'signed-in', id }
    sendPrepared(response, prepareJson(200, headers, answer))
  }

  function redirect(response: ServerResponse, to: string, setCookies: string[]) {
    response.writeHead(303, {
      ...headers,
      // What comes with an address of ours is not for the page that it leads to.
      'Referrer-Policy': 'no-referrer',
      Location: to,
      'Set-Cookie': setCookies,
      'Content-Length': 0,
    })
    response.end()
  }

  function send(response: ServerResponse, page: PlainPage) {
    sendPlainPage(response, page, frame)
  }
}

const cookieOf = ({ headers }: IncomingMessage, application: KnownApplication) =>
  cookiesOf(application).signIn.read(headers.cookie)
