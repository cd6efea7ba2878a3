import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectHalfOpen } from '../support/half-open'
import { parseAnswer, request, sendRaw } from '../support/request'
import { startServer, type TestServer } from '../support/server'

let server: TestServer
let host: string
beforeAll(async () => {
  server = await startServer()
  host = `Host: ${new URL(server.origin).host}\r\n`
})
afterAll(() => server.dispose())

describe('a connection that sends', () => {
  const texts: [what: string, status: number, text: () => string][] = [
    ['no HTTP at all', 400, () => 'hello\r\n\r\n'],
    ['a head that never ends', 408, () => `GET / HTTP/1.1\r\n${host}`],
    ['nothing but a line end', 408, () => '\r\n'],
    ['nothing', 408, () => ''],
    ['a head that is too long', 431, () => `GET / HTTP/1.1\r\n${host}X: ${'a'.repeat(66_000)}`],
    ['a target that is too long', 431, () => `GET /${'a/'.repeat(35_000)} HTTP/1.1\r\n${host}\r\n`],
    [
      'too many headers',
      431,
      () => `GET / HTTP/1.1\r\n${host}${'a-header: b\r\n'.repeat(6_000)}\r\n`,
    ],
    ['two lengths', 400, () => `POST / HTTP/1.1\r\n${host}Content-Length: 1, 2\r\n\r\nab`],
    ['a name with a space', 400, () => `GET / HTTP/1.1\r\n${host}X Y: z\r\n\r\n`],
    ['a value with a line end', 400, () => `GET / HTTP/1.1\r\n${host}X: a\rb\r\n\r\n`],
    ['an expectation', 417, () => `GET /login HTTP/1.1\r\n${host}Expect: miracles\r\n\r\n`],
  ]

  test.concurrent.each(texts)(
    '%s is answered by %i and let go, though the client keeps its side open',
    async (_, status, text) => {
      const client = await connectHalfOpen(server.port, text())
      const answer = parseAnswer(await client.letGo())
      expect(answer.status).toBe(status)
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringContaining("default-src 'none'") as string,
        'cache-control': 'no-store',
        connection: 'close',
      })
    },
  )
})

describe('an expectation', () => {
  const form = (expect: string) =>
    `POST /login HTTP/1.1\r\n${host}Origin: ${server.origin}\r\nConnection: close\r\n` +
    `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\nExpect: ${expect}\r\n\r\n`

  test.each(['100-continue', '100-Continue'])('to go on is met: %s', async (text) => {
    const client = await connectHalfOpen(server.port, form(text))
    client.socket.write('email=x')
    const answer = await client.letGo()
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 422 /)
  })

  test('of anything else is refused, and nothing is done', async () => {
    expect(await sendRaw(server.port, `${form('100-continued')}email=x`)).toMatch(/^HTTP.1.1 417 /)
  })

  test('of HTTP/1.0 is ignored, since that has none', async () => {
    const answer = await sendRaw(server.port, `GET /login HTTP/1.0\r\n${host}Expect: x\r\n\r\n`)
    expect(answer).toMatch(/^HTTP.1.1 200 /)
  })
})

test('the server lives on through all of these connections', async () => {
  expect((await request(server, '/healthz')).status).toBe(200)
})
