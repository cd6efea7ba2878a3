import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { namesOf, valuesOf, type Arrived } from '../support/proxied-application'
import {
  ADA,
  isQuestion,
  NOBODY,
  startProxiedWorld,
  type ProxiedWorld,
} from '../support/proxied-world'
import { RUN_PROXIES } from '../support/proxies'
import { until } from '../support/until'

describe.each(RUN_PROXIES)('%s, configured as it is printed,', (proxy) => {
  let world: ProxiedWorld
  const asks = proxy === 'nginx' ? 'auth-request' : 'forward-auth'
  beforeAll(async () => {
    world = await startProxiedWorld(proxy)
  })
  beforeEach(() => {
    world.asked.reply(() => ({ status: 200, headers: ADA }))
    world.asked.arrived.length = world.application.arrived.length = 0
  })
  afterAll(() => world.dispose())

  test('asks with the host written out and the path as the visitor wrote it, without the body', async () => {
    const path = '/a%2Fb/../c,d?e=f,g&h=%0A'
    const answer = await world.visitor.ask(world.wiki, path, {
      method: 'POST',
      body: 'x'.repeat(100_000),
    })
    expect(answer.status).toBe(200)
    expect(world.asked.arrived.map(world.questionOf)).toEqual([
      { path: `/api/v1/${asks}/wiki`, method: 'POST', url: `${world.wiki}${path}` },
    ])
    expect(world.asked.arrived[0]).toMatchObject({ bytes: 0, method: 'GET' })
    expect(valuesOf(world.asked.arrived[0]!.rawHeaders, 'Host')).toEqual([
      new URL(world.account).host,
    ])
    expect(valuesOf(world.asked.arrived[0]!.rawHeaders, 'X-Forwarded-For')).toEqual(['127.0.0.1'])
    expect(world.application.arrived).toMatchObject([{ method: 'POST', url: path, bytes: 100_000 }])
  })

  test('tells the application who it is in place of what the visitor says', async () => {
    const headers = {
      'Remote-User': ['root', 'admin'],
      Remote_User: 'root',
      'Remote.User': 'root',
      'remote-groups': 'wheel',
      'X-Latchkey-Assertion': 'forged',
      'X-Latchkey-Location': 'https://evil.example',
      'X-WebAuth-User': 'root',
      'X-Forwarded-User': 'root',
      'X-Forwarded-For': '203.0.113.9',
      'X-Forwarded-Proto': 'http',
      X_Forwarded_For: '203.0.113.9',
      'X-Original-URL': '/elsewhere',
      'X-Original-Method': 'GET',
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Uri': '/elsewhere',
      'X-Real-IP': '203.0.113.9',
      Forwarded: 'for=203.0.113.9',
      Connection: 'keep-alive, Remote-User, Remote-Groups, X-Forwarded-For',
    }
    await world.visitor.ask(world.wiki, '/', { headers })
    const { rawHeaders } = world.application.arrived[0]!
    for (const [name, value] of Object.entries(ADA))
      expect(valuesOf(rawHeaders, name)).toEqual([value])
    expect(valuesOf(rawHeaders, 'X-Forwarded-For')).toEqual(['127.0.0.1'])
    expect(valuesOf(rawHeaders, 'X-Forwarded-Proto')).toEqual(['https'])
    expect(valuesOf(rawHeaders, 'X-Forwarded-Host')).toEqual([new URL(world.wiki).host])
    expect(valuesOf(rawHeaders, 'Host')).toEqual([new URL(world.wiki).host])
    expect(rawHeaders.join('\n')).not.toMatch(/root|admin|wheel|forged|evil|elsewhere|203\.0\.113/)
    expect(world.questionOf(world.asked.arrived[0]!).url).toBe(`${world.wiki}/`)
    expect(valuesOf(world.asked.arrived[0]!.rawHeaders, 'X-Forwarded-For')).toEqual(['127.0.0.1'])
  })

  test('tells the application of nobody where the answer names nobody', async () => {
    world.asked.reply(() => ({ status: 200, headers: NOBODY }))
    await world.visitor.ask(world.wiki, '/', {
      headers: { 'Remote-User': 'root', 'Remote-Name': 'Root' },
    })
    const { rawHeaders } = world.application.arrived[0]!
    for (const name of Object.keys(ADA)) expect(valuesOf(rawHeaders, name).join('')).toBe('')
  })

  test('lets a WebSocket through, once it was asked about as a question', async () => {
    const socket = await world.visitor.openSocket(world.wiki, '/socket?a=b', {
      Connection: 'Upgrade, Remote-User',
    })
    expect(socket.status).toBe(101)
    socket.send('hello')
    await until(() => socket.messages.includes('hello'))
    const { rawHeaders } = JSON.parse(socket.messages[0]!) as Arrived
    expect(valuesOf(rawHeaders, 'Remote-User')).toEqual(['ada'])
    expect(valuesOf(world.asked.arrived[0]!.rawHeaders, 'Sec-WebSocket-Key')).toHaveLength(1)
    expect(namesOf(world.asked.arrived[0]!.rawHeaders)).not.toContain('Upgrade')
    socket.close()
    world.asked.reply(() => ({ status: 401 }))
    expect((await world.visitor.openSocket(world.wiki, '/socket')).status).toBe(401)
  })

  test('lets no other protocol through', async () => {
    const headers = {
      Connection: 'Upgrade, HTTP2-Settings',
      Upgrade: 'h2c',
      'HTTP2-Settings': 'AAMAAABkAAQAAP__',
    }
    expect((await world.visitor.ask(world.wiki, '/', { headers })).status).toBe(200)
    expect(valuesOf(world.application.arrived[0]!.rawHeaders, 'Upgrade')).toEqual([])
  })

  test('lets an event stream through as it goes', async () => {
    const stream = await world.visitor.openStream(world.wiki, '/events')
    await until(() => stream.received().includes(': open'))
    world.application.emit('one')
    await until(() => stream.received().includes('data: one'))
    expect(stream.closed).toBe(false)
    stream.close()
  })

  test('hands what is under /.latchkey/ to Latchkey with the host of the application', async () => {
    for (const path of ['/.latchkey/start?to=%2Fa%2Cb', '/.latchkey/sign-out', '/.latchkey/live']) {
      world.asked.arrived.length = 0
      await world.visitor.ask(world.wiki, path, { headers: { 'X-Forwarded-For': '203.0.113.9' } })
      expect(world.asked.arrived.map(({ url }) => url)).toEqual([path])
      expect(valuesOf(world.asked.arrived[0]!.rawHeaders, 'Host')).toEqual([
        new URL(world.wiki).host,
      ])
      expect(valuesOf(world.asked.arrived[0]!.rawHeaders, 'X-Forwarded-For')).toEqual(['127.0.0.1'])
    }
    expect(world.application.arrived).toEqual([])
  })

  test('keeps its connections to Latchkey', async () => {
    const before = world.asked.connections()
    const ask = () => world.visitor.ask(world.wiki, '/')
    for (let round = 0; round < 40; round += 1) await Promise.all(Array.from({ length: 10 }, ask))
    expect(world.asked.arrived.filter(isQuestion)).toHaveLength(400)
    expect(world.asked.connections() - before).toBeLessThan(40)
  })

  test("hands the account site's pages over with one address, the visitor's own", async () => {
    await world.visitor.ask(world.account, '/login?a=b', {
      headers: { 'X-Forwarded-For': '203.0.113.9' },
    })
    expect(world.asked.arrived.map(({ url }) => url)).toEqual(['/login?a=b'])
    expect(valuesOf(world.asked.arrived[0]!.rawHeaders, 'Host')).toEqual([
      new URL(world.account).host,
    ])
    expect(valuesOf(world.asked.arrived[0]!.rawHeaders, 'X-Forwarded-For')).toEqual(['127.0.0.1'])
  })
})
