import { once } from 'node:events'
import { createServer, request, type ServerResponse, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { abortOnDisconnect } from './abort-on-disconnect'

const server = createServer()
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
afterAll(async () => {
  await once(server.close(), 'close')
})

test('a client whose answer was sent whole has not gone', async () => {
  const { response, answered } = await ask()
  const signal = abortOnDisconnect(response)
  response.end('all of it')
  await Promise.all([answered, once(response, 'close')])
  expect(signal.aborted).toBe(false)
  expect(abortOnDisconnect(response).aborted).toBe(false)
})

test('a client that disconnects in the middle of the answer has gone', async () => {
  const { client, response } = await ask()
  const signal = abortOnDisconnect(response)
  response.write('the first half')
  expect(signal.aborted).toBe(false)
  client.destroy()
  await once(signal, 'abort')
})

test('a client that disconnected before anybody asked has gone as well', async () => {
  const { client, response } = await ask()
  client.destroy()
  await once(response, 'close')
  expect(abortOnDisconnect(response).aborted).toBe(true)
})

/** A request as it arrived, and the client who sent it. */
async function ask() {
  const { port } = server.address() as AddressInfo
  const client = request({ port, host: '127.0.0.1', agent: false })
  client.on('error', () => undefined)
  const answered = once(client, 'response').then(([answer]: IncomingMessage[]) => answer!.resume())
  answered.catch(() => undefined)
  client.end()
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse]
  return { client, response, answered }
}
