import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { seconds } from '~/accounts/time'
import type { KnownApplication } from '~/applications/known'
import type { Services } from '~/server/services'
import type { ApplicationPages } from './application-host'
import type { ClientAddress } from './client-address'
import { canonicalOrigin } from './origin'
import { createOwnCookie } from './own-cookie'
import { markup, sendPlainPage, type Markup } from './plain-page'

/** A line of the report: what was looked at, whether it is right, and what to change. */
type Finding = { what: string; isRight: boolean | null; says: string; command?: string }
type Asked = {
  request: IncomingMessage
  response: ServerResponse
  application: KnownApplication
  query: URLSearchParams
}

const PATIENCE = seconds(5)

/**
 * "Check the connection": says how requests to an application arrive here, through its proxy and in the
 * administrator's own browser. Needs a key that works once, made at the account site.
 */
export function createApplicationCheck({
  origin,
  services: { checkKeys },
  clientAddress,
  headers,
}: {
  /** Of the account site. */
  origin: string
  services: Pick<Services, 'checkKeys'>
  clientAddress: ClientAddress
  headers: Readonly<Record<string, string>>
}): ApplicationPages {
  const cookieFor = ({ id, address }: KnownApplication) =>
    createOwnCookie(
      address.startsWith('https:') ? 'latchkey-check' : `latchkey-check-${id}`,
      address,
    )

  async function check({ request, response, application, query }: Asked) {
    const step = await checkKeys.use(application.id, query.get('key') ?? '')
    if (step === 'first') return giveCookie(response, application)
    if (step === null) {
      const body = markup`<p>The key in this address works once, for two minutes. Press “Check the
connection” on the application’s page to get another one.</p>`
      return sendPlainPage(response, { status: 403, title: 'Check the connection', body }, headers)
    }
    const findings = [
      ...arrived(request, application),
      cookieKept(request, application),
      await protection(application),
      identityTest(application),
    ]
    response.setHeader('Set-Cookie', cookieFor(application).clear())
    const isBad = findings.some(({ isRight }) => isRight === false)
    sendPlainPage(
      response,
      {
        status: 200,
        title: isBad
          ? `${application.name} is not protected as it should be`
          : `${application.name} is connected`,
        body: markup`<dl>${findings.map(asMarkup)}</dl>
<p><a href="${origin}/admin/applications/${application.id}">Back to the application’s page</a></p>`,
      },
      headers,
    )
  }

  async function giveCookie(response: ServerResponse, application: KnownApplication) {
    const key = await checkKeys.make(application.id, 'second')
    response.writeHead(303, {
      ...headers,
      'Set-Cookie': cookieFor(application).set(randomBytes(16).toString('base64url')),
      Location: `${application.address}/.latchkey/check?${new URLSearchParams({ key })}`,
      'Content-Length': 0,
    })
    response.end()
  }

  function* arrived(request: IncomingMessage, { address }: KnownApplication): Generator<Finding> {
    const { protocol, host } = new URL(address)
    const seen = request.headers.host ?? ''
    const isHost = canonicalOrigin(protocol, seen) === address
    yield {
      what: 'Host',
      isRight: isHost,
      says: isHost
        ? `${seen} arrives.`
        : `“${seen}” arrives instead of “${host}”. Let the proxy send Host as it is written for /.latchkey/ in the configuration.`,
    }
    const forwarded = request.headers['x-forwarded-proto']?.toString()
    const scheme = protocol.slice(0, -1)
    yield {
      what: 'Scheme',
      isRight: forwarded === scheme,
      says:
        forwarded === scheme
          ? `${scheme} arrives.`
          : `X-Forwarded-Proto is ${forwarded ? `“${forwarded}”` : 'missing'} instead of “${scheme}”. Let the proxy set it.`,
    }
    const seenAddress = clientAddress(request)
    const peer = request.socket.remoteAddress ?? ''
    const isProxys = seenAddress !== 'unknown' && peer.endsWith(seenAddress)
    yield {
      what: 'Your address',
      isRight: isProxys ? null : seenAddress !== 'unknown',
      says: isProxys
        ? `You seem to come from ${seenAddress}, which is where the proxy is. Unless your browser runs on that machine, set TRUST_PROXY=1 at Latchkey, and let the proxy send X-Forwarded-For.`
        : `You come from ${seenAddress}.`,
    }
  }

  function cookieKept(request: IncomingMessage, application: KnownApplication): Finding {
    const isKept = cookieFor(application).read(request.headers.cookie) !== undefined
    return {
      what: 'Cookie',
      isRight: isKept,
      says: isKept
        ? 'Your browser keeps the cookie of this address, and the proxy passes it on.'
        : `No cookie came back. Is ${application.address} the address in your browser, and does the proxy pass Set-Cookie and Cookie on?`,
    }
  }

  return { check: { GET: check } }
}

/** Asks as somebody who is not signed in. Over whatever way this machine has to that address. */
async function protection({ address }: KnownApplication): Promise<Finding> {
  const what = 'Protection'
  const command = `curl -sI -H 'Accept: text/html' ${address}/`
  try {
    const answer = await fetch(`${address}/`, {
      redirect: 'manual',
      headers: { Accept: 'text/html' },
      signal: AbortSignal.timeout(PATIENCE),
    })
    await answer.body?.cancel()
    const location = answer.headers.get('Location') ?? ''
    if (location.startsWith(`${address}/.latchkey/start`)) {
      return { what, isRight: true, says: 'Who is not signed in is sent to sign in.' }
    }
    if (answer.status === 401)
      return { what, isRight: true, says: 'Who is not signed in is refused.' }
    const says =
      answer.status < 400
        ? `The first page is answered with ${answer.status} to somebody who is not signed in: the proxy does not ask Latchkey. Compare the lines with auth_request or forward_auth.`
        : `The first page is answered with ${answer.status}, before anybody is asked to sign in. Compare the path of the question in the proxy’s configuration, and look into Latchkey’s log.`
    return { what, isRight: false, says, command }
  } catch {
    const says =
      'Latchkey’s machine cannot reach this address, so try it from yours. It must print 302, and a location with /.latchkey/start:'
    return { what, isRight: null, says, command }
  }
}

/** What cannot be seen from here: the application could be told another name by whoever asks. */
const identityTest = ({ address }: KnownApplication): Finding => ({
  what: 'Identity',
  isRight: null,
  says: 'Nobody may say who they are. Run this: it must print 302 or 401, never 200. Then open the application, and see that it knows you by your own name:',
  command: `curl -sI -H 'Accept: text/html' -H 'Remote-User: admin' -H 'Remote_User: admin' ${address}/`,
})

function asMarkup({ what, isRight, says, command }: Finding): Markup {
  const mark = isRight === null ? '·' : isRight ? '✓' : '✗'
  const code = command ? markup`<pre>${command}</pre>` : markup``
  return markup`<dt>${mark} ${what}</dt><dd${isRight === false ? markup` class="bad"` : markup``}>${says}${code}</dd>`
}
