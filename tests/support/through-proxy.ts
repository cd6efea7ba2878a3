import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import { WebSocket } from 'ws'
import type { Certificate } from './certificate'
import { until } from './until'

export type Asked = {
  method?: string
  /** Several values are several lines. */
  headers?: Record<string, string | string[]>
  body?: string | Buffer
}

export type Answered = {
  status: number
  headers: http.IncomingHttpHeaders
  rawHeaders: string[]
  text: string
}

/** An answer that goes on. */
export type OpenStream = {
  status: number
  received: () => string
  readonly closed: boolean
  close: () => void
}

/** A WebSocket that may be refused. */
export type OpenSocket = {
  /** Of the refusal; 101 otherwise. */
  status: number
  messages: string[]
  /** Undefined while it is open. */
  readonly closeCode: number | undefined
  send: (text: string) => void
  close: () => void
}

/** A client that finds every host on this machine, at the port of its address, as a browser would by DNS. */
export type Visitor = {
  /** Sends the path exactly as it is written. */
  ask: (origin: string, path: string, asked?: Asked) => Promise<Answered>
  openStream: (origin: string, path: string, asked?: Asked) => Promise<OpenStream>
  openSocket: (
    origin: string,
    path: string,
    headers?: Record<string, string | string[]>,
  ) => Promise<OpenSocket>
  close: () => void
}

const hereAsWell: LookupFunction = (_, { all }, callback) =>
  all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4)

/**
 * @param certificate what it trusts, and nothing else
 * @param connections how many it opens to one address at most, and keeps
 */
export function createVisitor({
  certificate,
  connections = 16,
}: { certificate?: Certificate | undefined; connections?: number } = {}): Visitor {
  const keeping = { keepAlive: true, maxSockets: connections, lookup: hereAsWell }
  const plain = new http.Agent(keeping)
  const ca = certificate && readFileSync(certificate.certificate)
  const secure = new https.Agent({ ...keeping, ca })

  const send = (
    origin: string,
    path: string,
    { method = 'GET', headers = {}, body }: Asked,
    alone: boolean,
  ) =>
    new Promise<http.IncomingMessage>((resolve, reject) => {
      const { protocol, hostname, port, host } = new URL(origin)
      const isSecure = protocol === 'https:'
      // Without an agent that keeps it, closing a stream closes its connection.
      const agent = alone ? false : isSecure ? secure : plain
      const sent = (isSecure ? https : http).request({
        ...{ hostname, port, path, method, agent, lookup: hereAsWell },
        ...(isSecure && { ca, servername: hostname }),
        headers: { Host: host, ...headers },
      })
      sent.on('response', resolve).on('error', reject)
      sent.end(body)
    })

  return {
    async ask(origin, path, asked = {}) {
      const response = await send(origin, path, asked, false)
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk as Buffer)
      const { statusCode, headers, rawHeaders } = response
      return { status: statusCode!, headers, rawHeaders, text: Buffer.concat(chunks).toString() }
    },
    async openStream(origin, path, asked = {}) {
      const response = await send(origin, path, asked, true)
      let received = ''
      let closed = false
      response.on('data', (chunk: Buffer) => (received += chunk.toString()))
      response.on('error', () => undefined)
      response.on('close', () => (closed = true))
      return {
        status: response.statusCode!,
        received: () => received,
        get closed() {
          return closed
        },
        close: () => response.destroy(),
      }
    },
    async openSocket(origin, path, headers = {}) {
      const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}${path}`, {
        ...{ ca, lookup: hereAsWell, servername: new URL(origin).hostname },
        headers: { Origin: origin, ...headers },
      })
      const messages: string[] = []
      let status: number | undefined
      let closeCode: number | undefined
      socket.on('upgrade', () => (status = 101))
      socket.on('message', (data: Buffer) => messages.push(data.toString()))
      socket.on('unexpected-response', (request, response) => {
        status = response.statusCode
        request.destroy()
      })
      socket.on('error', () => undefined)
      socket.on('close', (code) => (closeCode = code))
      await until(() =>
        status === 101 ? socket.readyState === WebSocket.OPEN : (status ?? closeCode),
      )
      return {
        status: status ?? 0,
        messages,
        get closeCode() {
          return closeCode
        },
        send: (text) => socket.send(text),
        close: () => socket.terminate(),
      }
    },
    close() {
      plain.destroy()
      secure.destroy()
    },
  }
}
