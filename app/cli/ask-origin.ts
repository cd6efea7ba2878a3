import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { WebSocket } from 'ws'

const PATIENCE_MS = 5_000

/** Names that end in .localhost lead to this machine (RFC 6761), as in browsers. Many systems know none. */
const lookUp = (url: string): { lookup?: LookupFunction } =>
  new URL(url).hostname.endsWith('.localhost')
    ? {
        lookup: (_name, { all }, answer) =>
          all ? answer(null, [HERE]) : answer(null, HERE.address, HERE.family),
      }
    : {}
const HERE = { address: '127.0.0.1', family: 4 }

export type Answered = { status: number; text: string; location: string | undefined }

/**
 * Asks as a browser does, on a connection of its own.
 *
 * @throws Error with the system's code, or that of TLS
 */
export function ask(url: string, headers: Record<string, string> = {}): Promise<Answered> {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const sent = send(url, { headers, agent: false, ...lookUp(url) }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => (text += chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, text, location: answer.headers.location })
      })
    })
    const timer = setTimeout(() => {
      sent.destroy(late(sent.socket?.connecting ?? true))
    }, PATIENCE_MS)
    sent.on('close', () => clearTimeout(timer))
    sent.on('error', reject)
    sent.end()
  })
}

/** The status by which a WebSocket is answered that shows no cookie; 101 when it is opened. */
export function askForSocket(origin: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}/live`, {
      ...lookUp(origin),
      origin,
      handshakeTimeout: PATIENCE_MS,
    })
    socket.on('unexpected-response', (request, { statusCode = 0 }) => {
      request.destroy()
      resolve(statusCode)
    })
    socket.on('open', () => {
      socket.terminate()
      resolve(101)
    })
    // To destroy the request above is one, too, after the answer.
    socket.on('error', reject)
  })
}

const late = (isConnecting: boolean) =>
  Object.assign(new Error('no answer within five seconds'), {
    code: isConnecting ? 'ETIMEDOUT' : 'NO_ANSWER',
  })

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error ? String(error.code) : ''

/** Whether nothing listens there, as far as this machine can see. */
export const isNobodyThere = (error: unknown): boolean =>
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/.test(codeOf(error))

/** Why there was no answer, as a sentence that names the fix where there is one to name. */
export function explain(error: unknown): string {
  const code = codeOf(error)
  return TLS[code] ?? (error instanceof Error && error.message ? error.message : code)
}

const UNKNOWN_AUTHORITY =
  'its certificate is signed by nobody whom this machine knows. Get one from a public authority; if it is ' +
  "your own that browsers know, start with NODE_EXTRA_CA_CERTS=<the authority's certificate>."

const TLS: Record<string, string> = {
  CERT_HAS_EXPIRED: 'its certificate has expired. Renew it.',
  CERT_NOT_YET_VALID:
    "its certificate is not valid yet. Look at this machine's clock, or get another.",
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for another name. Get one for the name in ORIGIN, or mend ORIGIN.',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate comes without the one that signed it. Let the proxy send the whole chain (fullchain.pem).',
  EPROTO: 'it does not speak TLS there. Let the proxy do so, or mend ORIGIN.',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there. Let the proxy do so, or mend ORIGIN.',
  ERR_SSL_PACKET_LENGTH_TOO_LONG:
    'it does not speak TLS there. Let the proxy do so, or mend ORIGIN.',
}
