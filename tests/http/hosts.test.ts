import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAnswer, request, sendRaw } from '../support/request'
import { startServer, type TestServer } from '../support/server'

const ORIGIN = 'https://accounts.example.test'

/** Each given before Remix, by somebody else in the code. */
const early = ['/healthz', '/readyz', '/api/v1/session', '/api/v1/session?check', '/favicon.svg']

let server: TestServer
beforeAll(async () => {
  server = await startServer({ ORIGIN })
})
afterAll(() => server.dispose())

/** The status of a GET with exactly these lines between the first and the end. */
async function statusOf(path: string, lines: string[], version = '1.1'): Promise<number> {
  const text = [`GET ${path} HTTP/${version}`, ...lines, 'Connection: close', '', ''].join('\r\n')
  return parseAnswer(await sendRaw(server.port, text)).status
}

describe('a request that does not name one host', () => {
  const wrong: [what: string, lines: string[]][] = [
    ['names none', []],
    ['names an empty one', ['Host:']],
    ['names ours twice', ['Host: accounts.example.test', 'Host: accounts.example.test']],
    ['names ours and another', ['Host: accounts.example.test', 'host: evil.example']],
    ['names another and ours', ['Host: evil.example', 'Host: accounts.example.test']],
    ['names a list', ['Host: accounts.example.test, evil.example']],
    ['names a path', ['Host: accounts.example.test/x']],
    ['names a person', ['Host: ada@accounts.example.test']],
    ['names a space', ['Host: accounts.example .test']],
    ['names a query', ['Host: accounts.example.test?x']],
    ['names a backslash', ['Host: accounts.example.test\\x']],
    ['names something encoded', ['Host: accounts%2eexample.test']],
    ['names something that is not ASCII', ['Host: b\xFCcher.example']],
  ]

  it.each(wrong)('but %s is refused, whatever it asks for', async (_, lines) => {
    for (const path of [...early, '/login', '/login.data', '/nowhere', '/live']) {
      expect([path, await statusOf(path, lines)]).toEqual([path, 400])
    }
    const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', `Origin: ${ORIGIN}`]
    expect(await statusOf('/live', [...upgrade, ...lines])).toBe(400)
  })
})

describe('health, readiness and the session check', () => {
  it.each(['127.0.0.1:3000', '[::1]:3000', 'latchkey_web:3000', 'LOCALHOST', 'other.example.'])(
    'are answered to load balancers and proxies that name the host "%s"',
    async (Host) => {
      const statuses = early
        .slice(0, 4)
        .map(async (path) => (await request(server, path, { headers: { Host } })).status)
      expect(await Promise.all(statuses)).toEqual([200, 200, 401, 401])
    },
  )

  it('are answered to load balancers that still speak HTTP/1.0 and name no host', async () => {
    expect(await statusOf('/healthz', [], '1.0')).toBe(200)
    expect(await statusOf('/readyz', [], '1.0')).toBe(200)
    expect(await statusOf('/api/v1/session', [], '1.0')).toBe(401)
  })
})
