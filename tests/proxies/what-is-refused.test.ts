import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Reply } from '../support/asked-server'
import { ADA, isQuestion, startProxiedWorld, type ProxiedWorld } from '../support/proxied-world'
import { RUN_PROXIES } from '../support/proxies'

describe.each(RUN_PROXIES)('%s, configured as it is printed,', (proxy) => {
  let world: ProxiedWorld
  beforeAll(async () => {
    world = await startProxiedWorld(proxy)
  })
  beforeEach(() => {
    world.asked.reply(() => ({ status: 200, headers: ADA }))
    world.asked.arrived.length = world.application.arrived.length = 0
  })
  afterAll(() => world.dispose())

  // What hangs is given up by the printed time-outs: by itself nginx waits for a minute, which two
  // requests of a test have not got, and Caddy for ever.
  test.each([
    ['stops', { status: 502 }],
    ['answers 503', { status: 503, headers: { 'Retry-After': '5' }, body: 'Not now' }],
    ['answers 404', { status: 404, body: 'Nothing here' }],
    ['answers 500', { status: 500 }],
    ['hangs', 'hang'],
  ] as const)('lets nobody in while Latchkey %s', async (_, reply) => {
    world.asked.reply(() => reply)
    for (const path of ['/', '/page?a=b']) {
      const answer = await world.visitor.ask(world.wiki, path, { headers: { Accept: 'text/html' } })
      expect(answer.status).toBeGreaterThanOrEqual(400)
    }
    expect(world.application.arrived).toEqual([])
  })

  test('ends with a page when Latchkey hangs under its own paths', async () => {
    world.asked.reply(() => 'hang')
    const answer = await world.visitor.ask(world.wiki, '/.latchkey/start?to=/')
    expect([503, 504]).toContain(answer.status)
    expect(answer.text).toContain('<title>Not available</title>')
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  test('refuses a host that is neither of these', async () => {
    const answer = await world.visitor.ask(world.wiki, '/', { headers: { Host: 'evil.localhost' } })
    expect(world.application.arrived).toEqual([])
    // Caddy answers with nothing, as it does for hosts that it does not know.
    expect(answer.text).not.toContain('rawHeaders')
  })

  test('passes a refusal on, to sign in only where the answer says so', async () => {
    const start = `${world.wiki}/.latchkey/start?to=%2Fpage`
    const headers: Record<string, string> =
      proxy === 'nginx' ? { 'X-Latchkey-Location': start } : { Location: start }
    world.asked.reply(() => ({ status: proxy === 'nginx' ? 401 : 302, headers }))
    const navigation = await world.visitor.ask(world.wiki, '/page')
    expect([navigation.status, navigation.headers.location]).toEqual([302, start])
    const challenge = { 'WWW-Authenticate': 'Basic realm="Wiki"' }
    world.asked.reply(() => ({ status: 401, headers: challenge }))
    const call = await world.visitor.ask(world.wiki, '/page')
    expect([call.status, call.headers.location]).toEqual([401, undefined])
    expect(call.headers['www-authenticate']).toBe(challenge['WWW-Authenticate'])
    expect(world.application.arrived).toEqual([])
  })

  test('shows the page for people who may not use it, and keeps what their form held', async () => {
    const page: Reply = { status: 403, body: 'You may not use Wiki' }
    world.asked.reply((request) =>
      proxy === 'nginx' && request.url?.startsWith('/api') ? { status: 403 } : page,
    )
    const answer = await world.visitor.ask(world.wiki, '/form', {
      method: 'POST',
      body: 'secret=1',
    })
    expect([answer.status, answer.text]).toEqual([403, page.body])
    expect(world.asked.arrived.map(({ bytes }) => bytes)).toEqual(world.asked.arrived.map(() => 0))
    expect(world.application.arrived).toEqual([])
  })

  test.each([
    '/.latchkey/question',
    '/.latchkey/refused',
    '/.latchkey%2fquestion',
    '/x/../.latchkey/question',
    '//.latchkey/question',
    '/.LATCHKEY/question',
  ])(
    'leaves nobody at the application, or at a question, without being asked by %s',
    async (path) => {
      world.asked.reply(() => ({ status: 401 }))
      await world.visitor.ask(world.wiki, path)
      expect(world.application.arrived).toEqual([])
      for (const one of world.asked.arrived.filter(isQuestion)) {
        expect(world.questionOf(one)).toMatchObject({ method: 'GET', url: `${world.wiki}${path}` })
      }
    },
  )
})
