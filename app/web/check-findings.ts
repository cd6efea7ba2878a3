import type { IncomingMessage } from 'node:http'
import type { ArrivedQuestion } from '~/applications/check-keys'
import type { KnownApplication } from '~/applications/known'
import { CHECKED_PAGE } from './checked-question'
import { canonicalOrigin } from './origin'
import { markup, type Markup } from './plain-page'

/*
 * What the check of a connection finds in what arrived, and which line of the configuration is to be
 * compared, as it is printed.
 */

/** A line of the report: what was looked at, whether it is right, and what to change. */
export type Finding = {
  what: string
  isRight: boolean | null
  says: string
  /** Lines of a configuration, or a command. */
  code?: string | undefined
}

type Checked = Pick<KnownApplication, 'id' | 'address'>

export function asMarkup({ what, isRight, says, code }: Finding): Markup {
  const mark = isRight === null ? '·' : isRight ? '✓' : '✗'
  const shown = code ? markup`<pre>${code}</pre>` : markup``
  return markup`<dt>${mark} ${what}</dt><dd${isRight === false ? markup` class="bad"` : markup``}>${says}${shown}</dd>`
}

export function isHostArriving({ headers }: IncomingMessage, { address }: Checked): boolean {
  return canonicalOrigin(new URL(address).protocol, headers.host ?? '') === address
}

export function hostFinding(request: IncomingMessage, application: Checked): Finding {
  const { host } = new URL(application.address)
  const seen = request.headers.host ?? ''
  const what = 'Host'
  if (isHostArriving(request, application)) return { what, isRight: true, says: `${seen} arrives.` }
  return {
    what,
    isRight: false,
    says: `“${seen}” arrives instead of “${host}”. In the part for /.latchkey/, compare this line:`,
    code: `proxy_set_header Host ${host};   # nginx\nheader_up Host ${host}          # Caddy`,
  }
}

export function schemeFinding({ headers }: IncomingMessage, { address }: Checked): Finding {
  const scheme = schemeOf(address)
  const what = 'Scheme'
  const seen = headers['x-forwarded-proto']?.toString()
  if (seen === scheme) return { what, isRight: true, says: `${scheme} arrives.` }
  return {
    what,
    isRight: false,
    says: `X-Forwarded-Proto is ${seen ? `“${seen}”` : 'missing'} instead of “${scheme}”. Caddy and Traefik set it by themselves; for nginx, compare this line in the part for /.latchkey/:`,
    code: `proxy_set_header X-Forwarded-Proto ${scheme};`,
  }
}

/** @param seen the visitor's address, by TRUST_PROXY */
export function addressFinding({ headers, socket }: IncomingMessage, seen: string): Finding {
  const what = 'Your address'
  if (!headers['x-forwarded-for']) {
    return {
      what,
      isRight: false,
      says: 'X-Forwarded-For is missing. Caddy and Traefik set it by themselves; for nginx, compare this line in the part for /.latchkey/:',
      code: NGINX_VISITOR,
    }
  }
  if (seen === 'unknown') {
    const says = 'X-Forwarded-For holds no address. Let the proxy write the visitor’s.'
    return { what, isRight: false, says }
  }
  if (!(socket.remoteAddress ?? '').endsWith(seen))
    return { what, isRight: true, says: `You come from ${seen}.` }
  return {
    what,
    isRight: null,
    says: `You seem to come from ${seen}, which is where the proxy is. Unless your browser runs on that machine, set TRUST_PROXY=1 at Latchkey.`,
  }
}

/** Of the proxy's question, each thing that is wrong. */
export function questionFindings(arrived: ArrivedQuestion, application: Checked): Finding[] {
  const what = 'Question'
  const wrong = [...(arrived.isNginx ? wrongOfNginx : wrongOfOthers)(arrived, application)]
  if (wrong.length === 0)
    return [
      { what, isRight: true, says: 'The proxy asks about the right application and address.' },
    ]
  const place = arrived.isNginx ? 'location = /.latchkey/question' : 'forward_auth'
  return wrong.map(([says, code]) => ({
    what,
    isRight: false,
    says: code ? `${says} In the part with ${place}, compare this line:` : says,
    code,
  }))
}

/** What is wrong, and the line; without one when the proxy writes it by itself. */
type Wrong = readonly [says: string, line?: string | undefined]

function* wrongOfNginx(arrived: ArrivedQuestion, { id, address }: Checked): Generator<Wrong> {
  const path = `/api/v1/auth-request/${id}`
  yield* wrongPath(arrived, path, `proxy_pass http://latchkey${path};`)
  yield* wrongHeader(arrived, {
    name: 'X-Original-Method',
    expected: 'GET',
    line: 'proxy_set_header X-Original-Method $request_method;',
  })
  yield* wrongHeader(arrived, {
    name: 'X-Original-URL',
    expected: address + CHECKED_PAGE,
    line: `proxy_set_header X-Original-URL ${address}$request_uri;`,
    isSame: (value) => URL.canParse(value) && new URL(value).href === address + CHECKED_PAGE,
  })
  yield* wrongVisitor(arrived, NGINX_VISITOR)
  if (arrived.closes || arrived.headers.upgrade) {
    const says = 'It would get a connection of its own each time, or become another protocol.'
    yield [says, 'proxy_set_header Connection "";']
  }
}

const NGINX_VISITOR = 'proxy_set_header X-Forwarded-For $remote_addr;'

function* wrongOfOthers(arrived: ArrivedQuestion, { id, address }: Checked): Generator<Wrong> {
  const path = `/api/v1/forward-auth/${id}`
  const { protocol, host } = new URL(address)
  const scheme = schemeOf(address)
  yield* wrongPath(arrived, path, `uri ${path}?`)
  yield* wrongHeader(arrived, {
    name: 'X-Forwarded-Host',
    expected: host,
    line: `header_up X-Forwarded-Host ${host}`,
    isSame: (value) => canonicalOrigin(protocol, value) === address,
  })
  yield* wrongHeader(arrived, {
    name: 'X-Forwarded-Proto',
    expected: scheme,
    line: `header_up X-Forwarded-Proto ${scheme}`,
  })
  yield* wrongHeader(arrived, { name: 'X-Forwarded-Method', expected: 'GET' })
  yield* wrongHeader(arrived, { name: 'X-Forwarded-Uri', expected: CHECKED_PAGE })
  yield* wrongVisitor(arrived)
  if (arrived.closes) yield ['It would get a connection of its own each time.', CADDY_CONNECTION]
  if (arrived.headers.upgrade) yield ['It would become another protocol.', 'header_up -Upgrade']
}

const CADDY_CONNECTION = 'header_up -Connection'

function* wrongPath({ url }: ArrivedQuestion, path: string, line: string): Generator<Wrong> {
  const [asked = '', query] = url.split('?', 2)
  if (asked !== path) yield [`It is asked at “${asked}” instead of “${path}”.`, line]
  else if (query) yield [`The visitor’s query “?${query}” is in its address.`, line]
}

function* wrongHeader(
  { headers }: ArrivedQuestion,
  {
    name,
    expected,
    line,
    isSame = (value) => value === expected,
  }: { name: string; expected: string; line?: string; isSame?: (value: string) => boolean },
): Generator<Wrong> {
  const [value, ...more] = headers[name.toLowerCase()] ?? []
  const add = line ? '' : ' The proxy writes it by itself; something changes it there.'
  if (value === undefined) yield [`${name} is missing.${add}`, line]
  else if (more.length > 0) yield [`${name} arrives more than once.${add}`, line]
  else if (!isSame(value)) yield [`${name} is “${value}” instead of “${expected}”.${add}`, line]
}

function* wrongVisitor({ headers, address }: ArrivedQuestion, line?: string): Generator<Wrong> {
  if (!headers['x-forwarded-for']) yield ['X-Forwarded-For is missing.', line]
  else if (address === 'unknown') yield ['X-Forwarded-For holds no address.', line]
}

const schemeOf = (address: string) => new URL(address).protocol.slice(0, -1)
