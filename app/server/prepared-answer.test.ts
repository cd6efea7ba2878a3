import { connect, type AddressInfo } from 'node:net'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { parseAnswer, sendRaw } from '../../tests/support/request'
import { createHttpServer } from '~/web/http-server'
import {
  prepareEmpty,
  prepareJson,
  prepareText,
  sendPrepared,
  type PreparedAnswer,
} from './prepared-answer'

const HEADERS = { 'X-One': '1', 'Cache-Control': 'no-store' }
const json = prepareJson(200, HEADERS, { name: 'Zoë 🗝' })

/** A server that answers everything so, and its port. */
async function serve(listener: RequestListener) {
  const server = createHttpServer()
  server.on('request', listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const servePrepared = (answer: PreparedAnswer) =>
  serve((_request, response) => sendPrepared(response, answer))

const usual = ({ status, headers, body }: PreparedAnswer) =>
  serve((_request, response) => response.writeHead(status, headers).end(body))

const get = (more = '') => `GET / HTTP/1.1\r\nHost: h\r\n${more}\r\n`
const AND_CLOSE = get('Connection: close\r\n')

/** The first answer on a connection that is kept, as it came. */
async function firstAnswer(port: number): Promise<string> {
  const both = await sendRaw(port, get() + AND_CLOSE)
  return both.slice(0, both.indexOf('HTTP/1.1', 1))
}

const withoutDate = (answer: string) => answer.replace(/\r\nDate: [^\r]+/, '')
const linesOf = (answer: string) => withoutDate(answer).split('\r\n').sort()

test.each([
  ['a text', prepareText(503, HEADERS, 'not ready')],
  ['JSON', json],
  ['no body', prepareEmpty(204, HEADERS)],
])('%s goes over the wire as writeHead and end would send it', async (_what, answer) => {
  const prepared = await firstAnswer(await servePrepared(answer))

  expect(linesOf(prepared)).toEqual(linesOf(await firstAnswer(await usual(answer))))
})

test('carries the time at which it is sent, and its length in bytes', async () => {
  const answer = parseAnswer(await firstAnswer(await servePrepared(json)))

  const age = Date.now() - Date.parse(answer.headers.get('Date') ?? '')
  expect(age).toBeGreaterThanOrEqual(0)
  expect(age).toBeLessThan(10_000)
  const body = await answer.text()
  expect(answer.headers.get('Content-Length')).toBe(String(Buffer.byteLength(body)))
  expect(JSON.parse(body)).toEqual({ name: 'Zoë 🗝' })
})

test('many requests sent at once are answered one after the other', async () => {
  const port = await servePrepared(json)

  const answers = await sendRaw(port, get().repeat(20) + AND_CLOSE)

  expect(answers.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(21)
})

test('a request that comes later on the same connection is answered as well', async () => {
  const port = await servePrepared(json)
  const socket = connect(port, '127.0.0.1').setEncoding('latin1')
  onTestFinished(() => void socket.destroy())

  for (let count = 0; count < 3; count += 1) {
    socket.write(get())
    const [answer] = await new Promise<string[]>((resolve) =>
      socket.once('data', (text) => resolve([text.toString()])),
    )
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK.*\}$/s)
  }
})

test.each([
  ['that asks for it', AND_CLOSE],
  ['of HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n'],
])('the connection of a request %s is closed', async (_what, text) => {
  const answer = await sendRaw(await servePrepared(json), text)

  expect(parseAnswer(answer).headers.get('Connection')).toBe('close')
})

test('HEAD is answered without the body', async () => {
  const port = await servePrepared(json)

  const answers = await sendRaw(port, get().replace('GET', 'HEAD') + AND_CLOSE)

  expect(answers.slice(0, answers.indexOf('HTTP/1.1', 1))).toMatch(
    /Content-Length: \d+.*\r\n\r\n$/s,
  )
})

test('where Node has no such field, it goes the usual way', async () => {
  const port = await serve((_request: IncomingMessage, response: ServerResponse) => {
    const without = new Proxy(response, {
      has: (target, name) => name !== '_header' && name in target,
      get(target, name) {
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
      set() {
        throw new Error('Nothing may be set')
      },
    })
    sendPrepared(without, json)
  })

  expect(linesOf(await firstAnswer(port))).toEqual(linesOf(await firstAnswer(await usual(json))))
})
