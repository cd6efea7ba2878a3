import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dump } from '../support/dump'
import { request } from '../support/request'
import { startOpenServer, type TestServer } from '../support/server'
import { sessionCookieName } from '../support/session-cookie'
import { openTab, statusOf } from '../support/tab'
import { createVisitor, type Visitor } from '../support/visitor'

/** From the cookie of somebody who is signed in to one that must open nothing. */
const wrongSecrets: [what: string, wrong: (secret: string) => string][] = [
  ['is empty', () => ''],
  [
    'has its first character changed',
    (secret) => (secret[0] === 'A' ? 'B' : 'A') + secret.slice(1),
  ],
  ['has another case', (secret) => swapCase(secret)],
  ['is cut', (secret) => secret.slice(0, -1)],
  ['has something behind it', (secret) => `${secret}A`],
  ['is padded as base64', (secret) => `${secret}=`],
  ['has a space inside', (secret) => `${secret.slice(0, 20)} ${secret.slice(20)}`],
  ['is quoted twice', (secret) => `""${secret}""`],
  ['is made of bytes above ASCII', () => '\xFF\xFE\x80'.repeat(20)],
  ['does not decode', (secret) => `%E0%A4%A${secret}`],
  ['holds a NUL', (secret) => `${secret}%00`],
  ['is 10 kB long', () => 'A'.repeat(10_000)],
  ['is JSON', () => '{"userId":"1"}'],
  ['is the name of a property of every object', () => '__proto__'],
]

/** Whole headers that give no session; NAME is the cookie's name and SECRET what opens the account. */
const wrongHeaders = [
  ';;;;',
  '====',
  'NAME',
  '=NAME',
  'SECRET',
  '__proto__=x; constructor=y; toString=z',
  'NAME=A; NAME=B; NAME=C',
  'NAME=SECRET; NAME=B',
  'NAME=B; NAME=SECRET',
  'NAME=SECRET; NAME=SECRET',
  'NAME=SECRET; NAME=',
  'NAME=SECRET; a=1;NAME =SECRET',
  'NAME=SECRET, NAME=SECRET',
  'NAME:SECRET',
  '%6catchkey=SECRET',
  Array.from({ length: 500 }, (_, index) => `c${index}=1`).join('; '),
]

describe('a session cookie', () => {
  let server: TestServer
  let secret: string
  let name: string

  beforeAll(async () => {
    server = await startOpenServer()
    name = sessionCookieName(server.origin)
    const ada = createVisitor(server.origin)
    await ada.signUp('ada@example.com')
    secret = ada.secret()!
  })
  afterAll(() => server.dispose())

  async function expectRefusal(Cookie: string | string[]) {
    const before = await dump(server)
    const headers = { Cookie, Origin: server.origin }
    const [page, check, form] = await Promise.all([
      request(server, '/profile', { headers }),
      request(server, '/api/v1/session', { headers }),
      request(server, '/profile', {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
        body: 'intent=sign-out-of-sessions&confirmed=yes',
      }),
    ])
    expect([page.status, check.status, form.status]).toEqual([302, 401, 302])
    expect(await dump(server)).toEqual(before)
  }

  it.each(wrongSecrets)('that %s opens nothing', async (_, wrong) => {
    await expectRefusal(`${name}=${wrong(secret)}`)
  })

  it.each(wrongHeaders)('opens nothing in a header like "%s"', async (header) => {
    await expectRefusal(header.replaceAll('NAME', name).replaceAll('SECRET', secret))
  })

  it('opens nothing when it comes in two headers, and no socket either when it comes twice', async () => {
    const one = `${name}=${secret}`
    await expectRefusal([one, one])
    const headers = { Cookie: `${one}; ${one}` }
    expect(await statusOf(openTab(server, undefined, { headers }))).toBe(401)
    expect(await statusOf(openTab(server, secret))).toBe(101)
  })

  it('under another name opens nothing', async () => {
    const { port } = server
    const names = [name.toUpperCase(), `__Host-${name}`, `latchkey-link-${port}`]
    // The name that it had before the port was part of it, and that at another port.
    for (const wrong of [...names, 'latchkey', `latchkey-${port + 1}`, `${name}0`]) {
      await expectRefusal(`${wrong}=${secret}`)
    }
  })

  it('elsewhere than in the Cookie header opens nothing', async () => {
    const elsewhere = await request(server, `/api/v1/session`, {
      headers: { Authorization: `Bearer ${secret}`, 'X-Latchkey': secret },
    })
    const inQuery = await request(server, `/profile?${name}=${secret}`)
    expect([elsewhere.status, inQuery.status]).toEqual([401, 302])
  })

  it('opens the account as it was given, among cookies of others', async () => {
    const Cookie = `a=1; ${name}=${secret}; __proto__=x; b="2"`
    expect((await request(server, '/profile', { headers: { Cookie } })).status).toBe(200)
  })
})

describe('two installations at two ports of one host', () => {
  let servers: [TestServer, TestServer]

  beforeAll(async () => {
    servers = await Promise.all([startOpenServer(), startOpenServer()])
  })
  afterAll(() => Promise.all(servers.map((server) => server.dispose())))

  it('share a browser, and neither signs the person out of the other', async () => {
    const [one, other] = servers.map(({ origin }) => createVisitor(origin)) as [Visitor, Visitor]
    /** Browsers send the cookies of a host to every port of it. */
    const share = () => {
      for (const [name, value] of one.cookies) other.cookies.set(name, value)
      for (const [name, value] of other.cookies) one.cookies.set(name, value)
    }
    await one.signUp('ada@example.com')
    share()
    expect(await other.isSignedIn()).toBe(false)
    await other.signUp('ada@example.com')
    share()
    expect([await one.isSignedIn(), await other.isSignedIn()]).toEqual([true, true])
    await one.submit('/logout')
    expect([await one.isSignedIn(), await other.isSignedIn()]).toEqual([false, true])
  })
})

const swapCase = (text: string) =>
  text.replace(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  )
