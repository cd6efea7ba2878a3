import { STATUS_CODES, type ServerResponse } from 'node:http'
import { KEEP_ALIVE_TIMEOUT } from '~/web/http-server'

/** An answer that was made once and is sent often. Its text is ASCII. */
export type PreparedAnswer = {
  status: number
  /** In pairs, as writeHead takes them. */
  headers: string[]
  body: string
  /** The whole answer as it goes over the wire, around the moment at which it does. */
  wire: { beforeDate: string; afterDate: string }
}

/** @param json what the answer says */
export function prepareJson(
  status: number,
  headers: Readonly<Record<string, string>>,
  json: unknown,
): PreparedAnswer {
  const body = escapeNonAscii(JSON.stringify(json))
  return prepare(status, { ...headers, 'Content-Type': 'application/json; charset=utf-8' }, body)
}

/** @param text in ASCII, a line of it */
export function prepareText(
  status: number,
  headers: Readonly<Record<string, string>>,
  text: string,
): PreparedAnswer {
  return prepare(status, { ...headers, 'Content-Type': 'text/plain; charset=utf-8' }, `${text}\n`)
}

/** An answer whose status says it all. */
export function prepareEmpty(
  status: 204,
  headers: Readonly<Record<string, string>>,
): PreparedAnswer {
  return prepare(status, headers)
}

function prepare(
  status: number,
  headers: Readonly<Record<string, string>>,
  body?: string,
): PreparedAnswer {
  const length = body === undefined ? {} : { 'Content-Length': String(body.length) }
  const pairs = Object.entries({ ...headers, ...length })
  const lines = pairs.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const lasting = `Connection: keep-alive\r\nKeep-Alive: timeout=${KEEP_ALIVE_TIMEOUT / 1000}\r\n`
  return {
    status,
    headers: pairs.flat(),
    body: body ?? '',
    wire: {
      beforeDate: `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}Date: `,
      afterDate: `\r\n${lasting}\r\n${body ?? ''}`,
    },
  }
}

/**
 * Sends it in one write. writeHead() and end() check and join the same headers each time, and hand
 * the body to the socket beside them, which together takes longer than to find out whose session
 * it is. So the whole text is put where a response keeps its head until it is sent. That field is
 * Node's own, the same since its first versions; where it is missing, or the connection is not to
 * be kept, the answer goes the usual way.
 */
export function sendPrepared(response: ServerResponse, answer: PreparedAnswer): void {
  if (!isOrdinary(response)) {
    response.writeHead(answer.status, answer.headers).end(answer.body)
    return
  }
  response.statusCode = answer.status
  response._header = answer.wire.beforeDate + currentDate() + answer.wire.afterDate
  response.end()
}

type Ordinary = ServerResponse & { _header: string | null }

const isOrdinary = (response: ServerResponse): response is Ordinary =>
  response.shouldKeepAlive &&
  response.req.method === 'GET' &&
  '_header' in response &&
  response._header === null

let dated = { second: 0, text: '' }

/** Now, as the Date header has it (RFC 9110, 5.6.7); made once a second. */
function currentDate(): string {
  const second = Math.floor(Date.now() / 1000)
  if (second !== dated.second) dated = { second, text: new Date(second * 1000).toUTCString() }
  return dated.text
}

/** So that its length is its length in bytes, and it is written without being encoded. */
const escapeNonAscii = (json: string): string =>
  json.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
