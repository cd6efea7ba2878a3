import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { newId } from '~/accounts/row-id'
import { createRowSecret } from '~/accounts/row-secret'
import { createCaller, type Caller } from '../support/caller'
import { startOpenServer, type TestServer } from '../support/server'
import { liveUrl, openTab, statusOf } from '../support/tab'
import { until } from '../support/until'

let server: TestServer
let caller: Caller
let secret: string
beforeAll(async () => {
  server = await startOpenServer({ SESSION_IDLE: '3s' })
  caller = createCaller(server.origin)
  secret = await caller.signUp('ada@example.com')
})
afterAll(() => server.dispose())

describe('a tab is refused before the upgrade', () => {
  test('without a cookie', async () => {
    expect(await statusOf(openTab(server, undefined))).toBe(401)
  })

  test('with a cookie that opens nothing', async () => {
    expect(await statusOf(openTab(server, createRowSecret(newId())))).toBe(401)
    expect(await statusOf(openTab(server, ''))).toBe(401)
  })

  test('with the cookie of a session that ended', async () => {
    const ended = await caller.signIn('ada@example.com')
    await caller.signOut(ended)
    expect(await statusOf(openTab(server, ended))).toBe(401)
  })

  test('with the cookie of a session that expired', async () => {
    const idle = await caller.signUp('idle@example.com')
    await until(async () => (await caller.check(idle)) === 401)
    expect(await statusOf(openTab(server, idle))).toBe(401)
  })

  const foreign = {
    'another site': 'https://evil.example',
    'a site whose name ends like ours': 'http://evil-localhost',
    'a site whose name begins with ours': 'ORIGIN.evil.example',
    'another port': 'http://localhost:1',
    'another scheme': 'https://localhost',
    'a null origin': 'null',
    'a path at our origin': 'ORIGIN/',
    'an origin with a name before it': 'http://ORIGIN@evil.example',
    'two origins': 'ORIGIN, ORIGIN',
  }
  test.each(Object.entries(foreign))('when it comes from %s', async (_, origin) => {
    const from = origin.replaceAll('ORIGIN', server.origin)
    expect(await statusOf(openTab(server, secret, { origin: from }))).toBe(403)
  })

  test('without any origin', async () => {
    // The client sends no header for an empty one.
    expect(await statusOf(openTab(server, secret, { origin: '' }))).toBe(403)
  })

  test.each(['/', '/live/', '/live?x=1', '/livestock', '/profile'])(
    'when it asks at %s',
    async (path) => {
      expect(await statusOf(openTab(server, secret, { path }))).toBe(404)
    },
  )

  test('when the session has fifty open already, and only that session', async () => {
    const busy = await caller.signUp('busy@example.com')
    const quiet = await caller.signIn('busy@example.com')
    const tabs = await Promise.all(Array.from({ length: 50 }, () => openTab(server, busy)))
    expect(await statusOf(openTab(server, busy))).toBe(429)
    expect(await statusOf(openTab(server, quiet))).toBe(101)
    tabs[0]!.socket.terminate()
    await until(async () => (await statusOf(openTab(server, busy))) === 101)
    for (const { socket } of tabs) socket.terminate()
  })
})

test('a refusal carries the headers that every answer has', async () => {
  const socket = new WebSocket(liveUrl(server))
  const headers = await new Promise<NodeJS.Dict<string | string[]>>((resolve) => {
    socket.on('error', () => undefined)
    socket.on('unexpected-response', (_, response) => resolve(response.headers))
  })
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    connection: 'close',
  })
})

test('an open tab is told when its session expires, since it keeps none alive', async () => {
  const idle = await caller.signUp('sleeper@example.com')
  const tab = await openTab(server, idle)
  await until(() => tab.closed)
  expect(tab.messages).toContainEqual({ type: 'signed-out', reason: 'expired' })
  expect(tab.closed?.code).toBe(4001)
})
