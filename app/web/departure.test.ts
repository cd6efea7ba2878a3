import { once } from 'node:events'
import { createServer, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { departureOf } from './departure'

const server = createServer()
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
afterAll(async () => {
  await once(server.close(), 'close')
})

test('nobody has left whose answer was sent whole', async () => {
  const { response, answered } = await ask()
  const departure = departureOf(response)
  response.end('all of it')
  await Promise.all([answered, once(response, 'close')])
  expect(departure.aborted).toBe(false)
  expect(departureOf(response).aborted).toBe(false)
})

test('who leaves in the middle of the answer has left', async () => {
  const { client, response } = await ask()
  const departure = departureOf(response)
  response.write('the first half')
  expect(departure.aborted).toBe(false)
  client.destroy()
  await once(departure, 'abort')
})

test('who left before anybody asked has left as well', async () => {
  const { client, response } = await ask()
  client.destroy()
  await once(response, 'close')
  expect(departureOf(response).aborted).toBe(true)
})

/** A request as it arrived, and the client who sent it. */
async function ask() {
  const { port } = server.address() as AddressInfo
  const client = request({ port, host: '127.0.0.1', agent: false })
  client.on('error', () => undefined)
  const answered = once(client, 'response').then(([answer]) => answer.resume())
  answered.catch(() => undefined)
  client.end()
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse]
  return { client, response, answered }
}
