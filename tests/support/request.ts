import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import type { TestServer } from './server'

export type Sent = {
  method?: string
  headers?: Record<string, string | string[]>
  body?: string | Buffer
  /** The address of this machine that it comes from. */
  from?: string
}

/**
 * A request with exactly these headers, to where the server listens, under the host of its ORIGIN.
 * For what `fetch` does not let one say.
 */
export function request(
  { port, origin }: Pick<TestServer, 'port' | 'origin'>,
  path: string,
  { method = 'GET', headers = {}, body, from }: Sent = {},
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        headers: { Host: new URL(origin).host, ...headers },
        agent: false,
        ...(from !== undefined && { localAddress: from }),
      },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () => {
          const status = answer.statusCode!
          const text = status === 204 || status === 304 ? null : Buffer.concat(chunks)
          resolve(new Response(text, { status, headers: headersOf(answer.rawHeaders) }))
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Sends bytes that need not be HTTP, and resolves to everything that comes back until the end. */
export function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'))
    let answer = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => (answer += chunk.toString()))
    socket.on('error', (error) => (answer === '' ? reject(error) : resolve(answer)))
    socket.on('close', () => resolve(answer))
  })
}

/** The headers of an answer that came as text, by name in lower case. */
export function parseAnswer(answer: string): Response {
  const [head = '', body = ''] = answer.split(/\r\n\r\n(.*)/s)
  const [statusLine = '', ...lines] = head.split('\r\n')
  const headers = new Headers(lines.map((line) => line.split(/: (.*)/s, 2) as [string, string]))
  return new Response(body, { status: Number(statusLine.split(' ')[1]), headers })
}

function headersOf(rawHeaders: readonly string[]): Headers {
  const headers = new Headers()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index]!, rawHeaders[index + 1]!)
  }
  return headers
}
