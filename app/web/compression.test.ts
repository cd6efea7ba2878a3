import { once } from 'node:events'
import { createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliDecompressSync, createBrotliDecompress, createGunzip, gunzipSync } from 'node:zlib'
import { sendResponse } from '@remix-run/node-fetch-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compressAnswer } from './compression'

const TEXT = 'All work and no play makes Jack a dull boy. '.repeat(100)

let answer: () => Response
const server = createServer((_, response) => {
  compressAnswer(response)
  void sendResponse(response, answer())
})
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
afterAll(async () => {
  await once(server.close(), 'close')
})

describe('an answer is compressed as whoever asks wants it:', () => {
  const wishes: [accepted: string | undefined, encoding: string | undefined][] = [
    ['br', 'br'],
    ['gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip;q=0.5, br;q=1.0', 'br'],
    ['gzip, *;q=0', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.000, *', 'gzip'],
    ['*', 'br'],
    ['br;q=0, gzip;q=0, deflate;q=0', undefined],
    ['*;q=0', undefined],
    ['identity', undefined],
    ['identity;q=1, *;q=0', undefined],
    ['zstd, compress, x-unheard-of', undefined],
    ['brr, gzipped', undefined],
    [';;;q=, ,', undefined],
    ['', undefined],
    [undefined, undefined],
  ]
  test.each(wishes)('%j brings %s', async (accepted, encoding) => {
    answer = html
    const { headers, body } = await ask(
      accepted === undefined ? {} : { 'Accept-Encoding': accepted },
    )
    expect(headers['content-encoding']).toBe(encoding)
    expect(headers.vary).toBe('Accept-Encoding')
    expect(decoded(body, encoding)).toBe(TEXT)
    if (encoding) {
      expect(headers['content-length']).toBeUndefined()
      expect(body.length).toBeLessThan(TEXT.length / 10)
    }
  })
})

describe('an answer is not compressed', () => {
  const others: [what: string, answer: () => Response, method?: string][] = [
    ['that has no body', () => new Response(null, { status: 204 })],
    ['to a HEAD', html, 'HEAD'],
    ['that says so', () => html({ 'Cache-Control': 'no-store, no-transform' })],
    ['that is compressed already', () => html({ 'Content-Encoding': 'zstd' })],
    ['of a type that would gain nothing', () => html({ 'Content-Type': 'image/png' })],
    ['that is short and says so', () => html({ 'Content-Length': '40' }, TEXT.slice(0, 40))],
  ]
  test.each(others)('%s', async (_, other, method) => {
    answer = other
    const { headers, body } = await ask({ 'Accept-Encoding': 'br, gzip' }, method)
    const given = other()
    expect(headers['content-encoding'] ?? null).toBe(given.headers.get('Content-Encoding'))
    expect(body.toString()).toBe(method === 'HEAD' ? '' : await given.text())
  })

  const Cookie = 'a=b'
  test.each([
    { Cookie, 'Sec-Fetch-Site': 'cross-site' },
    { Cookie, 'Sec-Fetch-Site': 'same-site' },
    { Cookie, 'Sec-Fetch-Site': 'same-origin, cross-site' },
    { Cookie },
  ])('where another site may have made a browser ask, with its cookies: %j', async (headers) => {
    answer = html
    const answered = await ask({ 'Accept-Encoding': 'br', ...headers })
    expect(answered.headers['content-encoding']).toBeUndefined()
    expect(answered.body.toString()).toBe(TEXT)
  })

  test.each([
    { Cookie, 'Sec-Fetch-Site': 'same-origin' },
    { Cookie, 'Sec-Fetch-Site': 'none' },
    { 'Sec-Fetch-Site': 'cross-site' },
  ])('only there, and not for %j', async (headers) => {
    answer = html
    const answered = await ask({ 'Accept-Encoding': 'br', ...headers })
    expect(answered.headers['content-encoding']).toBe('br')
  })
})

test.each(['br', 'gzip'])(
  'what is there arrives while the rest is awaited (%s)',
  async (encoding) => {
    let send!: (piece: string) => void
    let end!: () => void
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        send = (piece) => controller.enqueue(Buffer.from(piece))
        end = () => controller.close()
      },
    })
    answer = () => html({}, body)
    send('the frame')
    const { message } = await start({ 'Accept-Encoding': encoding })
    const decoder = encoding === 'br' ? createBrotliDecompress() : createGunzip()
    const pieces = message.pipe(decoder).setEncoding('utf8')[Symbol.asyncIterator]()
    expect((await pieces.next()).value).toBe('the frame')
    send('the list')
    expect((await pieces.next()).value).toBe('the list')
    end()
    expect(await pieces.next()).toMatchObject({ done: true })
  },
)

test('nothing is made any more for a client that has left, whatever is still being compressed', async () => {
  const noise = () => crypto.getRandomValues(new Uint8Array(60_000))
  let made = 0
  const left = new Promise<void>((cancel) => {
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          made += 1
          controller.enqueue(noise())
        },
        cancel,
      },
      { highWaterMark: 0 },
    )
    answer = () => html({}, body)
  })
  const { asked, message } = await start({ 'Accept-Encoding': 'br' })
  message.pause()
  asked.destroy()
  await left
  const before = made
  answer = html
  await ask({ 'Accept-Encoding': 'br' })
  expect(made).toBe(before)
})

function html(headers: Record<string, string> = {}, body: BodyInit = TEXT): Response {
  return new Response(body, { headers: { 'Content-Type': 'text/html; charset=utf-8', ...headers } })
}

function decoded(body: Buffer, encoding: string | undefined): string {
  if (encoding === 'br') return brotliDecompressSync(body).toString()
  return (encoding === 'gzip' ? gunzipSync(body) : body).toString()
}

async function ask(headers: Record<string, string>, method?: string) {
  const { message } = await start(headers, method)
  const chunks = (await message.toArray()) as Buffer[]
  return { headers: message.headers, body: Buffer.concat(chunks) }
}

async function start(headers: Record<string, string>, method = 'GET') {
  const { port } = server.address() as AddressInfo
  const asked = request({ port, host: '127.0.0.1', method, headers, agent: false }).end()
  const [message] = (await once(asked, 'response')) as [IncomingMessage]
  message.on('error', () => undefined)
  return { asked, message }
}
