import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createCertificate, type Certificate } from '../support/certificate'
import { runCommand } from '../support/command-line'
import { documentedConfiguration, startNginx, type Nginx } from '../support/nginx'
import { freePort, startServer, type TestServer } from '../support/server'

let certificate: Certificate
let port: number
let origin: string
let server: TestServer
let nginx: Nginx | undefined

beforeAll(async () => {
  certificate = createCertificate()
  port = await freePort()
  origin = `https://localhost:${port}`
  server = await startServer({ ORIGIN: origin, TRUST_PROXY: '1' })
})
afterAll(async () => {
  await server.dispose()
  certificate.remove()
})
afterEach(() => nginx?.stop().finally(() => (nginx = undefined)))

type Setting = {
  /** What is wrong with the configuration that operators are given. */
  replace?: [line: string | RegExp, by: string]
  settings?: Record<string, string>
  shown?: Certificate
}

/** What doctor says through nginx, in lines, and how it ends. */
async function doctor({ replace, settings = {}, shown = certificate }: Setting = {}) {
  await nginx?.stop()
  const { key, certificate: file } = shown
  const right = documentedConfiguration({ port, nodes: [server.port], key, certificate: file })
  const configuration = replace ? right.replace(...replace) : right
  if (replace) expect(configuration).not.toBe(right)
  nginx = await startNginx(configuration, port)
  return ask(settings)
}

async function ask(settings: Record<string, string> = {}) {
  const { databaseUrl, folder } = server
  const NODE_EXTRA_CA_CERTS = certificate.certificate
  const all = { ORIGIN: origin, TRUST_PROXY: '1', NODE_EXTRA_CA_CERTS, ...settings }
  const where = { databaseUrl, folder, port: server.port, settings: all }
  const { code, output } = await runCommand(where, 'doctor')
  return { code, lines: output.trimEnd().split('\n') }
}

const says = (line: RegExp) =>
  expect.arrayContaining([expect.stringMatching(line) as string]) as string[]

const bad = (line: RegExp) => ({ code: 1, lines: says(line) })
const FINE = { code: 0, lines: says(/^Nothing is wrong\.$/) }

const FORWARDED = 'proxy_set_header X-Forwarded-For $remote_addr;'
const HOST = /proxy_set_header Host .*;/

describe('a proxy', () => {
  const faults: [fault: string, replace: [string | RegExp, string], line: RegExp][] = [
    [
      'asks for a host of its own',
      [HOST, ''],
      /^✗ host name arrives unchanged: The proxy asks for the host "latchkey", .*proxy_set_header Host localhost:\d+;/,
    ],
    [
      'takes the port from the host',
      [HOST, 'proxy_set_header Host $host;'],
      /^✗ host name arrives unchanged: The proxy asks for the host "localhost", where browsers ask for "localhost:\d+"/,
    ],
    [
      'does not say for whom it asks',
      [FORWARDED, 'proxy_set_header X-Forwarded-For "";'],
      /^✗ addresses of visitors are known: The proxy does not say for whom .*X-Forwarded-For \$remote_addr;/,
    ],
    [
      'passes on what visitors write about their address',
      [FORWARDED, ''],
      /^✗ addresses of visitors are known: Visitors can choose .*replace that header \(nginx "proxy_set_header X/,
    ],
    [
      'writes something else in place of the address',
      [FORWARDED, 'proxy_set_header X-Forwarded-For hidden;'],
      /^✗ addresses of visitors are known: What the proxy sends as X-Forwarded-For holds no address/,
    ],
    [
      'keeps Upgrade to itself',
      [/proxy_set_header Upgrade .*;/, ''],
      /^✗ open tabs can be reached \(WebSocket\): .*answered with status 404, not by Latchkey.*proxy_set_header Upgrade/,
    ],
    [
      'takes Origin away',
      [FORWARDED, `${FORWARDED} proxy_set_header Origin "";`],
      /^✗ open tabs can be reached \(WebSocket\): .*answered with status 403.*pass on Upgrade, Connection and Origin/,
    ],
    [
      'asks elsewhere',
      [/server 127\.0\.0\.1:\d+/, 'server 127.0.0.1:1'],
      /^✗ Latchkey answers at ORIGIN: The proxy at .* answers 502, though something listens at http:\/\/127\.0\.0\.1:\d+/,
    ],
    [
      'answers by itself',
      ['proxy_pass http://latchkey;', 'return 200 hello;'],
      /^✗ Latchkey answers at ORIGIN: .* is answered by something else than Latchkey, with status 200/,
    ],
    [
      'only leads on to another address',
      ['proxy_pass http://latchkey;', 'return 301 https://accounts.example.com/;'],
      /^✗ Latchkey answers at ORIGIN: .*only leads on to https:\/\/accounts\.example\.com\/\. Set ORIGIN/,
    ],
    [
      'does not speak TLS',
      [' ssl http2', ''],
      /^✗ Latchkey answers at ORIGIN: .* cannot be asked: it does not speak TLS there\. Let the proxy do so/,
    ],
  ]

  it.each(faults)('that %s is refused, until it is as documented', async (_, replace, line) => {
    expect(await doctor({ replace })).toEqual(bad(line))
    expect(await doctor()).toEqual(FINE)
  })

  it('that keeps the question itself leaves three checks undone', async () => {
    const { code, lines } = await doctor({
      replace: ['location / {', 'location = /api/v1/connection { return 404; } location / {'],
    })
    expect(code).toBe(0)
    expect(lines).toEqual(
      says(/^- host name arrives unchanged: skipped: .*keeps \/api\/v1\/connection to itself$/),
    )
    expect(lines).toEqual(says(/^✓ open tabs can be reached \(WebSocket\)$/))
  })

  it('whose server does not run is not refused', async () => {
    await server.stop()
    const { code, lines } = await doctor()
    await server.start()
    expect(code).toBe(0)
    expect(lines).toEqual(
      says(/^- Latchkey answers at ORIGIN: skipped: the proxy at .* runs, and the server does not/),
    )
    expect(await doctor()).toEqual(FINE)
  })

  it('that takes a question and never answers is refused', async () => {
    const silent = createServer().listen(port, '127.0.0.1')
    await once(silent, 'listening')
    const found = await ask({ ORIGIN: `http://localhost:${port}` })
    silent.close()
    expect(found).toEqual(
      bad(/^✗ Latchkey answers at ORIGIN: .* cannot be asked: no answer within five seconds/),
    )
  })
})

describe('TRUST_PROXY', () => {
  it('that is 0 behind a proxy is refused, until it counts that', async () => {
    await server.stop()
    await server.start({ TRUST_PROXY: '0' })
    const found = await doctor({ settings: { TRUST_PROXY: '0' } })
    await server.stop()
    await server.start()
    expect(found).toEqual(
      bad(/^✗ addresses of visitors are known: .*Set TRUST_PROXY to the number of proxies/),
    )
    expect(await doctor()).toEqual(FINE)
  })

  it('that counts more proxies than there are is refused, until it is lower', async () => {
    const adding: [string, string] = [
      FORWARDED,
      FORWARDED.replace('$remote_addr', '$proxy_add_x_forwarded_for'),
    ]
    await server.stop()
    await server.start({ TRUST_PROXY: '2' })
    const found = await doctor({ replace: adding, settings: { TRUST_PROXY: '2' } })
    await server.stop()
    await server.start()
    expect(found).toEqual(
      bad(/^✗ addresses of visitors are known: .*counts more proxies .*lower it/),
    )
    expect(await doctor({ replace: adding })).toEqual(FINE)
  })
})

describe('a certificate', () => {
  it('of an authority that this machine does not know is refused, until it does', async () => {
    const found = await doctor({ settings: { NODE_EXTRA_CA_CERTS: '' } })
    expect(found).toEqual(
      bad(
        /^✗ Latchkey answers at ORIGIN: .*signed by nobody whom this machine knows.*NODE_EXTRA_CA/,
      ),
    )
    expect(await doctor()).toEqual(FINE)
  })

  it.each([
    [
      'that has expired',
      ['localhost', -1],
      /^✗ Latchkey answers at ORIGIN: .*has expired\. Renew it/,
    ],
    [
      'of another name',
      ['other.example', 2],
      /^✗ Latchkey answers at ORIGIN: .*for another name\. Get one for the name/,
    ],
  ] as const)('%s is refused, until there is a right one', async (_, [name, days], line) => {
    const shown = createCertificate(name, days)
    const settings = { NODE_EXTRA_CA_CERTS: shown.certificate }
    expect(await doctor({ shown, settings })).toEqual(bad(line))
    shown.remove()
    expect(await doctor()).toEqual(FINE)
  })
})
