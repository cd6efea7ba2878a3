import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { request, sendRaw } from '../support/request'
import { startOpenServer, type TestServer } from '../support/server'
import { until } from '../support/until'
import { createVisitor } from '../support/visitor'

const NOISE = fileURLToPath(new URL('../support/noise.cjs', import.meta.url))

describe('the log', () => {
  let server: TestServer
  beforeAll(async () => {
    // Deprecations of the future as well.
    server = await startOpenServer({ NODE_OPTIONS: `--require=${NOISE} --pending-deprecation` })
  })
  afterAll(() => server.dispose())

  function expectOnlyJson() {
    for (const line of server.logs().trimEnd().split('\n')) {
      expect(() => JSON.parse(line) as unknown, line).not.toThrow()
    }
    expect(server.output().trim().split('\n')).toHaveLength(1)
  }

  test('holds nothing but JSON, whatever libraries and Node itself print', async () => {
    server.process.kill('SIGUSR2')
    await until(() => server.logs().includes('nobody caught it'))
    expectOnlyJson()
    const said = [
      'by trace',
      'by table',
      'stack',
      'warned of something',
      'DEP0999',
      'without a type',
    ]
    for (const text of said) expect(server.logs()).toContain(text)
  })

  test('holds nothing but JSON, whatever clients send and however they leave', async () => {
    const host = `Host: ${new URL(server.origin).host}\r\n`
    const pages = `GET /login HTTP/1.1\r\n${host}\r\n`.repeat(50)
    await sendRaw(server.port, `${pages}no HTTP\r\n\r\n`)
    for (const path of ['/login', '/profile', '/nowhere', '/favicon.svg', '/api/v1/session']) {
      const socket = connect(server.port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write(`GET ${path} HTTP/1.1\r\n${host}\r\n`.repeat(50), () => socket.resetAndDestroy())
      for (const method of ['GET', 'POST', 'DELETE', 'TRACE', 'FOO']) {
        await sendRaw(
          server.port,
          `${method} ${path} HTTP/1.1\r\n${host}Connection: close\r\n\r\nX`,
        )
      }
      await request(server, `${path}.data?_data=root&_routes=root&index`)
    }
    expectOnlyJson()
    expect(server.logs()).not.toMatch(/rendering failed|a request failed/)
  })

  test('holds nothing but JSON, whatever goes wrong in the database', async () => {
    await server.query('ALTER TABLE "Session" RENAME TO "Lost"')
    const visitor = createVisitor(server.origin)
    expect((await visitor.signUp('ada@example.com')).status).toBe(500)
    await server.query('ALTER TABLE "Lost" RENAME TO "Session"')
    expectOnlyJson()
  })
})
