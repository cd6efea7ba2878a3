import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startLatchkeyBehind, type LatchkeyBehind } from '../support/latchkey-behind'
import { CALLS, NAVIGATES } from '../support/proxied-browser'
import { RUN_PROXIES } from '../support/proxies'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy'
import { until } from '../support/until'

const QUESTIONS = {
  nginx: /^ {2}location = \/\.latchkey\/question \{.*?^ {2}\}/gms,
  caddy: /^\t\tforward_auth .*?^\t\t\}/gms,
}
const LIMIT = { nginx: 'proxy_read_timeout 5s;', caddy: 'response_header_timeout 5s' }

describe.each(RUN_PROXIES)('behind %s', (proxy) => {
  let all: LatchkeyBehind
  let ada: Awaited<ReturnType<LatchkeyBehind['newPerson']>>
  /** From Latchkey to PostgreSQL. */
  let way: TcpProxy
  beforeAll(async () => {
    all = await startLatchkeyBehind(proxy)
    way = await startTcpProxy(Number(new URL(all.latchkey.databaseUrl).port))
    await all.latchkey.stop()
    await start()
    ada = await all.newPerson('Ada')
    await ada.open(all.wiki, '/')
  })
  beforeEach(() => {
    all.wikiApplication.arrived.length = 0
  })
  afterAll(async () => {
    await all.dispose()
    await way.close()
  })

  function start() {
    const url = new URL(all.latchkey.databaseUrl)
    url.port = String(way.port)
    return all.latchkey.start({ DATABASE_URL: url.href })
  }

  /** Everything that may be asked for ends with a page, and nothing reaches the application. */
  async function expectClosed() {
    const nobody = all.newBrowser()
    const Cookie = ada.cookieHeader(all.wiki)
    const [socket, ...answers] = await Promise.all([
      all.client.openSocket(all.wiki, '/', { Cookie }),
      ada.ask(all.wiki, '/page', { headers: NAVIGATES }),
      ada.ask(all.wiki, '/page', { headers: CALLS }),
      ada.ask(all.wiki, '/save', { method: 'POST', body: 'a=b', headers: { Origin: all.wiki } }),
      nobody.ask(all.wiki, '/page', { headers: NAVIGATES }),
      nobody.ask(all.wiki, '/health'),
      ada.ask(all.wiki, '/.latchkey/start', { headers: NAVIGATES }),
      ada.ask(all.wiki, '/.latchkey/enter?code=x', { headers: NAVIGATES }),
    ])
    for (const { status, text, headers } of answers) {
      expect([500, 502, 503, 504]).toContain(status)
      expect(text).toMatch(/<title>.*[Nn]ot available/)
      expect(headers['cache-control']).toBe('no-store')
    }
    expect(socket.status).toBeGreaterThanOrEqual(500)
    expect(all.wikiApplication.arrived).toEqual([])
  }

  async function expectOpenAgain() {
    const page = () => ada.ask(all.wiki, '/page', { headers: NAVIGATES })
    await until(async () => (await page()).status === 200)
    const start = () => all.newBrowser().open(all.wiki, '/page')
    await until(async () => (await start()).url.startsWith(`${all.account}/login`))
  }

  /** By themselves nginx would wait for a minute, and Caddy for ever. */
  test('its configuration says how long Latchkey may take for an answer', () => {
    const questions = all.configuration.match(QUESTIONS[proxy]) ?? []
    expect(questions).toHaveLength(2)
    for (const question of questions) expect(question).toContain(LIMIT[proxy])
  })

  test('nobody is let in while Latchkey hangs', async () => {
    all.latchkey.process.kill('SIGSTOP')
    await expectClosed()
    all.latchkey.process.kill('SIGCONT')
    await expectOpenAgain()
  })

  test('nobody is let in while Latchkey is gone', async () => {
    await all.latchkey.stop('SIGKILL')
    await expectClosed()
    await start()
    await expectOpenAgain()
  })

  test('nobody is let in while Latchkey cannot reach its database', async () => {
    way.cut()
    await until(async () => (await ada.person.get('/api/v1/session')).status === 503)
    await expectClosed()
    way.heal()
    await expectOpenAgain()
  })
})
