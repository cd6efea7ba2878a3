import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCaller } from '../support/caller'
import { connectHalfOpen } from '../support/half-open'
import { parseAnswer, request, sendRaw } from '../support/request'
import { startOpenServer, type TestServer } from '../support/server'
import { sessionCookie } from '../support/session-cookie'
import { openTab } from '../support/tab'
import { until } from '../support/until'

let server: TestServer
let secret: string
let busy: string
beforeAll(async () => {
  server = await startOpenServer()
  const caller = createCaller(server.origin)
  secret = await caller.signUp('ada@example.com')
  busy = await caller.signUp('busy@example.com')
  await Promise.all(Array.from({ length: 50 }, () => openTab(server, busy)))
})
afterAll(() => server.dispose())

/** An upgrade as a browser asks for it, with one thing different. */
function upgrade({ method = 'GET', path = '/live', ...headers }: Record<string, string> = {}) {
  const lines = {
    Host: new URL(server.origin).host,
    Origin: server.origin,
    Cookie: sessionCookie(server.origin, secret),
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    ...headers,
  }
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${head.join('')}\r\n`
}

describe('an upgrade', () => {
  const refusals: [what: string, status: number, different: () => Record<string, string>][] = [
    ['another path', 404, () => ({ path: '/profile' })],
    ['a page of another site', 403, () => ({ Origin: 'https://evil.example' })],
    ['nobody who is signed in', 401, () => ({ Cookie: '' })],
    ['one tab too many', 429, () => ({ Cookie: sessionCookie(server.origin, busy) })],
    ['an old version of the protocol', 400, () => ({ 'Sec-WebSocket-Version': '7' })],
    ['no version', 400, () => ({ 'Sec-WebSocket-Version': '' })],
    ['a key that is none', 400, () => ({ 'Sec-WebSocket-Key': 'x' })],
    ['a subprotocol that is none', 400, () => ({ 'Sec-WebSocket-Protocol': ',' })],
    ['two hosts', 400, () => ({ host: 'evil.example' })],
  ]

  test.each(refusals)(
    'for %s is refused with %i and let go, though the client keeps its side open',
    async (_, status, given) => {
      const client = await connectHalfOpen(server.port, upgrade(given()))
      const answer = parseAnswer(await client.letGo())
      expect(answer.status).toBe(status)
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringContaining("default-src 'none'") as string,
        'cache-control': 'no-store',
        connection: 'close',
      })
      expect(await answer.text()).toBe('')
    },
  )

  test.each(refusals)(
    'for %s is let go, though the client goes on talking',
    async (_, status, given) => {
      const talk = upgrade(given()) + 'more'.repeat(10_000)
      const client = await connectHalfOpen(server.port, talk)
      await client.letGo()
      expect((await request(server, '/healthz')).status).toBe(200)
    },
  )

  test.runIf(existsSync('/proc/self/fd'))(
    'whose client is gone before the answer leaves no connection behind',
    async () => {
      const before = descriptors()
      const leave = [(socket: Socket) => socket.end(), (socket: Socket) => socket.resetAndDestroy()]
      for (const [, , given] of [...refusals, ['granted', 101, () => ({})] as const]) {
        for (const goAway of leave) {
          const { socket } = await connectHalfOpen(server.port, upgrade(given()))
          goAway(socket)
        }
      }
      await until(() => descriptors() <= before)
    },
  )
})

/** How many files and connections the server has open. */
const descriptors = () => readdirSync(`/proc/${server.process.pid}/fd`).length

/** Since Node 22.21 and 24.9 a server can say which upgrades it takes; before, it has to refuse. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const canIgnoreUpgrades = major > 24 || (major === 24 && minor >= 9) || (major === 22 && minor > 20)

describe.runIf(canIgnoreUpgrades)('when an upgrade is to what we do not speak,', () => {
  const H2C = { Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAAQAAP__', Connection: 'Upgrade' }

  test.each(['h2c', 'TLS/1.0', 'x', 'websocket-2', 'h2c, websocket'])(
    'a page is answered as ever, and the connection serves on: %s',
    async (Upgrade) => {
      const client = await connectHalfOpen(server.port, upgrade({ path: '/login', Upgrade }))
      await until(() => client.received().startsWith('HTTP/1.1 302'))
      client.socket.write(upgrade({ path: '/profile', Connection: 'close' }))
      expect(await client.letGo()).toContain('HTTP/1.1 200')
    },
  )

  test('a form is taken as ever', async () => {
    const headers = { ...H2C, 'Content-Type': 'application/x-www-form-urlencoded' }
    const sent = { method: 'POST', headers: { ...headers, Origin: server.origin }, body: 'email=x' }
    expect((await request(server, '/login', sent)).status).toBe(422)
  })

  test('a request by another method than GET opens no socket', async () => {
    const text = upgrade({ method: 'POST', path: '/login', 'Content-Length': '0' })
    expect(await sendRaw(server.port, text.replace('Upgrade\r\n', 'Upgrade, close\r\n'))).toMatch(
      /^HTTP.1.1 415/,
    )
  })
})
