import { hash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAnswer, request, sendRaw } from '../support/request'
import { startServer, type TestServer } from '../support/server'
import { until } from '../support/until'

const ORIGIN = 'https://accounts.example.test'

/** Each given before Remix, by somebody else in the code. */
const early = [
  ...['/healthz', '/readyz', '/api/v1/connection', '/api/v1/session', '/api/v1/session?check'],
  '/favicon.svg',
]

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

describe('a request', () => {
  const wrong: [what: string, lines: string[]][] = [
    ['names no host', []],
    ['names an empty host', ['Host:']],
    ['names our host twice', ['Host: accounts.example.test', 'Host: accounts.example.test']],
    ['names our host and another', ['Host: accounts.example.test', 'host: evil.example']],
    ['names another host and ours', ['Host: evil.example', 'Host: accounts.example.test']],
    ['names a list of hosts', ['Host: accounts.example.test, evil.example']],
    ['names a host with a path', ['Host: accounts.example.test/x']],
    ['names a host with a person', ['Host: ada@accounts.example.test']],
    ['names a host with a space', ['Host: accounts.example .test']],
    ['names a host with a query', ['Host: accounts.example.test?x']],
    ['names a host with a backslash', ['Host: accounts.example.test\\x']],
    ['names something encoded', ['Host: accounts%2eexample.test']],
    ['names something that is not ASCII', ['Host: b\xFCcher.example']],
  ]

  it.each(wrong)('that %s is refused, whatever it asks for', async (_, lines) => {
    for (const path of [...early, '/login', '/login.data', '/nowhere', '/live']) {
      expect([path, await statusOf(path, lines)]).toEqual([path, 400])
    }
    const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', `Origin: ${ORIGIN}`]
    expect(await statusOf('/live', [...upgrade, ...lines])).toBe(400)
  })
})

describe('health, readiness, the connection and the session check', () => {
  it.each(['127.0.0.1:3000', '[::1]:3000', 'latchkey_web:3000', 'LOCALHOST', 'other.example.'])(
    'are answered to load balancers and proxies that name the host "%s"',
    async (Host) => {
      const statuses = early
        .slice(0, 5)
        .map(async (path) => (await request(server, path, { headers: { Host } })).status)
      expect(await Promise.all(statuses)).toEqual([200, 200, 200, 401, 401])
    },
  )

  it('are answered to load balancers that still speak HTTP/1.0 and name no host', async () => {
    expect(await statusOf('/healthz', [], '1.0')).toBe(200)
    expect(await statusOf('/readyz', [], '1.0')).toBe(200)
    expect(await statusOf('/api/v1/session', [], '1.0')).toBe(401)
  })
})

describe('whoever asks under another name', () => {
  const others = [
    ['localhost'],
    ['127.0.0.1:3000'],
    ['latchkey_web:3000'],
    ['accounts.example.test:8443'],
    ['accounts.example.test.evil.example'],
  ]
  it.each(others)('is shown a link to the right one, on the same page: %s', async (Host) => {
    const answer = await request(server, '/setup?token=a&b="<x>\'', { headers: { Host } })
    const html = await answer.text()
    expect([answer.status, answer.headers.get('Location')]).toEqual([421, null])
    expect(answer.headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect(html).toContain(`<a href="${ORIGIN}/setup?token=a&#38;b=%22%3Cx%3E%27">${ORIGIN}</a>`)
    expect(html.replaceAll(ORIGIN, '')).not.toContain(Host)
    const policy = answer.headers.get('Content-Security-Policy')!
    const [, style] = /<style>(.*)<\/style>/s.exec(html)!
    expect(policy).toContain(`style-src 'sha256-${hash('sha256', style!, 'base64')}'`)
    expect(policy).toContain("default-src 'none'")
  })

  it.each(['/profile', '/logout', '/api/v1/users/1'])(
    'is told so by forms and programs as well: POST %s',
    async (path) => {
      const headers = { Host: 'localhost', Origin: 'http://localhost' }
      const answer = await request(server, path, { method: 'POST', headers, body: 'a=1' })
      expect(answer.status).toBe(421)
      expect(await answer.text()).toContain(`<a href="${ORIGIN}/">`)
    },
  )

  it('is not led elsewhere by what only looks like a path', async () => {
    for (const path of ['//evil.example/x', '/@evil.example', '/.evil.example']) {
      const answer = await request(server, path, { headers: { Host: 'localhost' } })
      const [, href] = /href="([^"]*)"/.exec(await answer.text())!
      expect([path, new URL(href!).origin]).toEqual([path, ORIGIN])
    }
  })

  it('gets the head alone when the method is HEAD', async () => {
    const answer = await request(server, '/login', { method: 'HEAD', headers: { Host: 'x' } })
    expect([answer.status, await answer.text()]).toEqual([421, ''])
    expect(Number(answer.headers.get('Content-Length'))).toBeGreaterThan(0)
  })

  it('leaves a sentence in the log, once, that says what to set at the proxy', async () => {
    const about = await until(() => {
      const found = warnings(server).filter(({ msg }) => msg.includes('named another host'))
      return found.length > 0 ? found : undefined
    })
    expect(about).toHaveLength(1)
    expect(about[0]!.msg).toContain('proxy_set_header Host accounts.example.test;')
  })
})

describe('the right name', () => {
  it.each([
    'accounts.example.test',
    'Accounts.Example.TEST',
    'accounts.example.test:443',
    'accounts.example.test.',
    'ACCOUNTS.example.test.:443',
  ])('may be spelled "%s"', async (Host) => {
    const page = await request(server, '/login', { headers: { Host } })
    const form = await request(server, '/login', {
      method: 'POST',
      headers: { Host, Origin: `https://${Host.toLowerCase()}` },
      body: '',
    })
    expect([page.status, form.status]).toEqual([200, 415])
  })
})

describe('headers by which proxies say for whom they ask', () => {
  const visit = (to: TestServer, headers: Record<string, string>) =>
    request(to, '/login', { headers })

  it('lead to one warning while no proxy is trusted', async () => {
    expect(warnings(server).some(isAboutTrust)).toBe(false)
    await visit(server, { 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '192.0.2.1' })
    await visit(server, { Forwarded: 'for=192.0.2.1' })
    const about = await until(() => {
      const found = warnings(server).filter(isAboutTrust)
      return found.length > 0 ? found : undefined
    })
    expect(about).toHaveLength(1)
    expect(about[0]!.msg).toContain('set TRUST_PROXY to the number of proxies')
  })

  it('lead to none once one is', async () => {
    const behind = await startServer({ ORIGIN, TRUST_PROXY: '1' })
    await visit(behind, { 'X-Forwarded-For': '192.0.2.1' })
    await behind.stop()
    expect(warnings(behind)).toEqual([])
    await behind.dispose()
  })
})

const isAboutTrust = ({ msg }: { msg: string }) => msg.includes('TRUST_PROXY')

/** What it logged at the level of a warning or above. */
const warnings = (from: TestServer) =>
  from
    .logs()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { level: number; msg: string })
    .filter(({ level }) => level >= 40)
