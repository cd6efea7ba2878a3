import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { parseAnswer, sendRaw } from '../../tests/support/request'
import { createHttpServer } from './http-server'
import {
  prepareEmpty,
  prepareJson,
  prepareText,
  sendPrepared,
  type PreparedAnswer,
} from './prepared-answer'

const HEADERS = { 'X-One': '1', 'Cache-Control': 'no-store' }
const json = prepareJson(200, HEADERS, { name: 'Zoë 🗝' })

/** Everything that comes back from a server that gives this answer to each request. */
async function exchange(answer: PreparedAnswer, requests: string): Promise<string> {
  const server = createHttpServer()
  server.on('request', (_request, response) => sendPrepared(response, answer))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return sendRaw((server.address() as AddressInfo).port, requests)
}

const get = (more = '') => `GET / HTTP/1.1\r\nHost: h\r\n${more}\r\n`
const LAST = get('Connection: close\r\n')

test('JSON arrives with its headers and its length in bytes', async () => {
  const answer = parseAnswer(await exchange(json, LAST))

  expect(answer.status).toBe(200)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'x-one': '1',
    'cache-control': 'no-store',
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength('{"name":"Zoë 🗝"}')),
    date: expect.any(String) as string,
  })
})

test('text arrives as a line, and an answer without a body has no length', async () => {
  const text = parseAnswer(await exchange(prepareText(503, HEADERS, 'not ready'), LAST))
  const empty = await exchange(prepareEmpty(204, HEADERS), LAST)

  expect([text.status, await text.text()]).toEqual([503, 'not ready\n'])
  expect(empty).toMatch(/^HTTP\/1\.1 204 No Content\r\nX-One: 1\r\n/)
  expect(empty).not.toMatch(/content-(length|type)/i)
})

test('requests that were sent together are all answered, with the same bytes', async () => {
  const answers = await exchange(json, get().repeat(20) + LAST)

  expect(answers.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(21)
  expect(answers.match(/\{"name":[^}]*\}/g)).toHaveLength(21)
})

test('a HEAD is answered without the body', async () => {
  const answer = await exchange(json, LAST.replace('GET', 'HEAD'))

  expect(answer).toMatch(/Content-Length: \d+.*\r\n\r\n$/s)
})
