import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ArrivedQuestion, CheckKey } from '~/applications/check-keys'
import { seconds } from '~/accounts/time'
import type { KnownApplication } from '~/applications/known'
import type { Services } from '~/server/services'
import { compareCommand } from './application-forms'
import type { ApplicationPages } from './application-host'
import {
  addressFinding,
  asMarkup,
  hostFinding,
  isHostArriving,
  questionFindings,
  schemeFinding,
  type Finding,
} from './check-findings'
import { checkAt, checkCookie, CHECKED_PAGE } from './checked-question'
import type { ClientAddress } from './client-address'
import { markup, sendPlainPage } from './plain-page'

type Asked = {
  request: IncomingMessage
  response: ServerResponse
  application: KnownApplication
  query: URLSearchParams
}

const PATIENCE = seconds(5)
const TITLE = 'Check the connection'

/**
 * "Check the connection": says how requests to an application arrive here, through its proxy and in the
 * administrator's own browser, and how the proxy asks about them. Needs a key that works once, made at
 * the account site.
 */
export function createApplicationCheck({
  origin,
  services: { checkKeys, forwardAuth, siteName },
  clientAddress,
  headers,
}: {
  /** Of the account site. */
  origin: string
  services: Pick<Services, 'checkKeys' | 'forwardAuth' | 'siteName'>
  clientAddress: ClientAddress
  headers: Readonly<Record<string, string>>
}) {
  /** The application that a key is for, whatever Host says: that is what the check looks at. */
  async function checkedApplication(query: URLSearchParams): Promise<KnownApplication | null> {
    const key = await checkKeys.read(query.get('key') ?? '')
    return key && forwardAuth.byId(key.applicationId)
  }

  async function check({ request, response, application, query }: Asked) {
    const key = await checkKeys.read(query.get('key') ?? '')
    if (key?.applicationId !== application.id) return refuse(response)
    if (!isHostArriving(request, application)) {
      return send(response, application, 403, [hostFinding(request, application)])
    }
    if (key.step === 'question' || !(await checkKeys.use(key))) return refuse(response)
    if (key.step === 'first') return giveCookie(response, application)
    return report(request, response, application, key)
  }

  function refuse(response: ServerResponse) {
    const body = markup`<p>The key in this address works once, for two minutes. Press “${TITLE}”
on the application’s page to get another one.</p>`
    sendPlainPage(response, { status: 403, title: TITLE, body }, { siteName, headers })
  }

  async function giveCookie(response: ServerResponse, application: KnownApplication) {
    response.writeHead(303, {
      ...headers,
      'Set-Cookie': checkCookie(application).set(randomBytes(16).toString('base64url')),
      Location: checkAt(application, await checkKeys.make(application.id, 'second')),
      'Content-Length': 0,
    })
    response.end()
  }

  async function report(
    request: IncomingMessage,
    response: ServerResponse,
    application: KnownApplication,
    { arrived }: CheckKey,
  ) {
    const cookie = checkCookie(application)
    const asked = arrived ? { arrived } : await askFromHere(application)
    const findings = [
      hostFinding(request, application),
      schemeFinding(request, application),
      addressFinding(request, clientAddress(request)),
      cookieKept(cookie.read(request.headers.cookie) !== undefined, application),
      ...('arrived' in asked ? [ASKS, ...questionFindings(asked.arrived, application)] : [asked]),
      ...unseen(application, 'arrived' in asked ? asked.arrived : undefined),
    ]
    response.setHeader(
      'Set-Cookie',
      'arrived' in asked
        ? cookie.clear()
        : cookie.set(await checkKeys.make(application.id, 'question'), checkKeys.lifeSeconds),
    )
    send(response, application, 200, findings, 'arrived' in asked)
  }

  /** @param isOver whether the question was seen; otherwise the browser can show it */
  function send(
    response: ServerResponse,
    { id, name, address }: KnownApplication,
    status: number,
    findings: readonly Finding[],
    isOver = true,
  ) {
    const isBad = findings.some(({ isRight }) => isRight === false)
    const title = isBad
      ? `${name} is not protected as it should be`
      : isOver
        ? `${name} is connected`
        : `${name}: one more step`
    const goOn = isOver
      ? markup``
      : markup`<p><a href="${address}${CHECKED_PAGE}">Open the first page of ${name}</a>, once and within two
minutes. It must lead back to this report. If ${name} opens instead, the proxy asks nobody; if the page is
refused, nginx loses where the answer leads: compare these lines.</p><pre>${PROTECTING_LINES}</pre>`
    const body = markup`<dl>${findings.map(asMarkup)}</dl>${goOn}
<p><a href="${origin}/admin/applications/${id}">Back to the application’s page</a></p>`
    sendPlainPage(response, { status, title, body }, { siteName, headers })
  }

  /** Asks for the first page by whatever way this machine has to that address. */
  async function askFromHere(
    application: KnownApplication,
  ): Promise<Finding | { arrived: ArrivedQuestion }> {
    const { id, address } = application
    const cookie = checkCookie(application).set(await checkKeys.make(id, 'question'))
    try {
      const answer = await fetch(address + CHECKED_PAGE, {
        redirect: 'manual',
        headers: { Accept: 'text/html', Cookie: cookie.split(';', 1)[0]! },
        signal: AbortSignal.timeout(PATIENCE),
      })
      await answer.body?.cancel()
      const location = answer.headers.get('Location') ?? ''
      const at = checkAt(application, '')
      const key = location.startsWith(at) ? await checkKeys.read(location.slice(at.length)) : null
      if (key?.arrived && (await checkKeys.use(key))) return { arrived: key.arrived }
      return notAsked(answer.status, location.startsWith(`${address}/.latchkey/start`))
    } catch {
      const says = 'Latchkey’s machine cannot reach this address. Your browser can: see below.'
      return { what: 'Protection', isRight: null, says }
    }
  }

  return { checkedApplication, pages: { check: { GET: check } } satisfies ApplicationPages }
}

const ASKS: Finding = {
  what: 'Protection',
  isRight: true,
  says: 'The proxy asks Latchkey before it opens a page, and goes by the answer.',
}

const PROTECTING_LINES = `auth_request /.latchkey/question;   # nginx
auth_request_set $latchkey_location $upstream_http_x_latchkey_location;
error_page 401 = @latchkey_sign_in;
forward_auth …                      # Caddy
middlewares: […, question-…]        # Traefik`

function cookieKept(isKept: boolean, { address }: KnownApplication): Finding {
  return {
    what: 'Cookie',
    isRight: isKept,
    says: isKept
      ? 'Your browser keeps the cookie of this address, and the proxy passes it on.'
      : `No cookie came back. Is ${address} the address in your browser, and does the proxy pass Set-Cookie and Cookie on?`,
  }
}

/** What an answer to the first page means that does not lead to the report. */
function notAsked(status: number, asksToSignIn: boolean): Finding {
  const what = 'Protection'
  if (asksToSignIn) {
    const says = 'The proxy asks, and does not pass Cookie on with its question. Traefik: compare'
    return { what, isRight: false, says, code: 'authRequestHeaders: [Cookie, …]' }
  }
  if (status === 401) {
    const says =
      'The first page is refused, and nobody is sent to sign in: either the application refuses by itself, and the proxy does not ask, or it loses where Latchkey’s answer leads. Compare these lines:'
    return { what, isRight: false, says, code: PROTECTING_LINES }
  }
  const says =
    status < 400
      ? `Latchkey’s machine gets ${status} for the first page: the proxy does not ask Latchkey, or another machine answers there. Compare these lines:`
      : `Latchkey’s machine gets ${status} for the first page, before anybody is asked to sign in: the question finds no way to Latchkey. Compare its part of the configuration.`
  return { what, isRight: false, says, code: status < 400 ? PROTECTING_LINES : undefined }
}

/** What no request shows: what the application is told, and that it is told by nobody else. */
function* unseen({ id, address }: KnownApplication, arrived?: ArrivedQuestion): Generator<Finding> {
  yield {
    what: 'Identity',
    isRight: null,
    says: 'No request may say by itself who it is from. Run this: it must print 302 or 401, never 200. Then open the application, and see that it knows you by your own name:',
    code: `curl -sI -H 'Accept: text/html' -H 'Remote-User: admin' -H 'Remote_User: admin' ${address}/`,
  }
  yield {
    what: 'The other lines',
    isRight: null,
    says: 'What your application is told cannot be seen from here. On Latchkey’s machine, compare your file with what is printed. Each line that it lacks is named:',
    code: compareCommand(arrived?.isNginx === false ? 'caddy' : 'nginx', id),
  }
}
