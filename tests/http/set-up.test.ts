import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCommand } from '../support/command-line'
import { dump } from '../support/dump'
import { startServer, type TestServer } from '../support/server'
import { checkCookie, sessionCookieName } from '../support/session-cookie'
import { createVisitor, PASSWORD } from '../support/visitor'

const NOT_SET_UP =
  /The Hoppers is not set up yet\. The link that creates its first administrator was printed/

const administrators = async (server: TestServer) =>
  (await dump(server)).User!.filter(({ role }) => role === 'admin')

describe('the set-up link', () => {
  let server: TestServer
  beforeEach(async () => {
    server = await startServer({ SIGNUP: 'open', SITE_NAME: 'The Hoppers' })
  })
  afterEach(() => server.dispose())

  const visitor = () => createVisitor(server.origin)
  const person = (index = 0) => ({
    name: `Admin ${index}`,
    email: `admin-${index}@example.com`,
    password: PASSWORD,
  })

  it('is needed, since no other secret opens the page and none is guessed by default', async () => {
    for (const token of ['', 'x', 'A'.repeat(43), `${server.setUpToken()}A`, '%00']) {
      const stranger = visitor()
      expect((await stranger.get(`/setup?token=${token}`)).status).toBe(410)
      expect((await stranger.get('/setup')).status).toBe(410)
      expect((await stranger.post('/setup', person())).status).toBe(410)
    }
    for (const [email, password] of [
      ['admin', 'admin'],
      ['admin@localhost', 'admin'],
    ] as const) {
      expect((await visitor().signIn(email, password)).status).toBe(422)
    }
    expect((await dump(server)).User).toEqual([])
  })

  it('comes first, since nobody signs up before it was used, and the pages say so', async () => {
    const signUps = [await visitor().get('/signup'), await visitor().signUp('eve@example.com')]
    for (const answer of signUps) {
      expect(answer.status).toBe(403)
      expect(await answer.text()).toMatch(NOT_SET_UP)
    }
    expect(await (await visitor().get('/login')).text()).toMatch(NOT_SET_UP)
    expect((await dump(server)).User).toEqual([])

    await visitor().setUp(server.setUpToken(), 'admin@example.com')
    const login = await (await visitor().get('/login')).text()
    expect(login).not.toMatch(NOT_SET_UP)
    expect(login).toContain('href="/signup"')
    expect((await visitor().signUp('eve@example.com')).status).toBe(302)
  })

  it('makes the one who invites the others, where nothing else is set', async () => {
    const token = server.setUpToken()
    await server.stop()
    // Within the minute, so that it prints no other.
    await server.start({ SIGNUP: '' })
    expect(server.output()).toContain('“npm run latchkey -- setup-link” prints another one')
    await visitor().setUp(token, 'admin@example.com')
    for (const answer of [
      await visitor().get('/signup'),
      await visitor().signUp('eve@example.com'),
    ]) {
      expect(answer.status).toBe(403)
      expect(await answer.text()).toContain('Accounts are made by an administrator here.')
    }
    const login = await (await visitor().get('/login')).text()
    expect(login).toContain('No account yet? Ask an administrator for one.')
    expect(login).not.toContain('href="/signup')
    expect((await dump(server)).User).toHaveLength(1)
  })

  it('is made anew by the command line, in place of the one before, until there is an administrator', async () => {
    const [before, made] = [server.setUpToken(), await runCommand(server, 'setup-link')]
    expect(made).toMatchObject({ code: 0 })
    const token = /setup\?token=([\w-]+)/.exec(made.output)?.[1] ?? ''
    expect((await visitor().get(`/setup?token=${before}`)).status).toBe(410)
    await visitor().setUp(token, 'admin@example.com')

    const refused = await runCommand(server, 'setup-link')
    expect(refused).toMatchObject({ code: 1, output: '' })
    expect(refused.errors).toContain('There is an administrator already')
  })

  it('leaves the address bar, makes one administrator, and is used up', async () => {
    const first = visitor()
    const token = server.setUpToken()
    const moved = await first.get(`/setup?token=${token}`)
    expect([moved.status, moved.headers.get('Location')]).toEqual([302, '/setup'])
    expect(await (await first.get('/setup')).text()).not.toContain(token)

    const late = visitor()
    await late.get(`/setup?token=${token}`)
    expect((await first.post('/setup', person())).headers.get('Location')).toBe('/profile')
    expect(await first.isSignedIn()).toBe(true)
    expect([...first.cookies.keys()]).toEqual([
      checkCookie(server.origin).name,
      sessionCookieName(server.origin),
      `latchkey-known-${server.port}`,
    ])
    expect((await late.post('/setup', person(1))).status).toBe(410)
    expect((await visitor().get(`/setup?token=${token}`)).status).toBe(410)
    expect(await administrators(server)).toHaveLength(1)

    await server.stop()
    await server.start()
    expect(server.setUpToken()).toBe('')
    expect((await visitor().get(`/setup?token=${token}`)).status).toBe(410)
  })

  it('makes one administrator when sixteen try at once', async () => {
    const crowd = await Promise.all(
      Array.from({ length: 16 }, async () => {
        const one = visitor()
        await one.get(`/setup?token=${server.setUpToken()}`)
        return one
      }),
    )
    const answers = await Promise.all(crowd.map((one, index) => one.post('/setup', person(index))))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 302)).toHaveLength(1)
    expect(statuses.filter((status) => status === 410)).toHaveLength(15)
    expect((await dump(server)).User).toHaveLength(1)
    expect((await dump(server)).Session).toHaveLength(1)
  })

  it('is dead a day later, and the next start prints another one', async () => {
    const dead = server.setUpToken()
    await server.query('UPDATE "OneTimeLink" SET "expiresAt" = ?', new Date('2020-01-01'))
    expect((await visitor().get(`/setup?token=${dead}`)).status).toBe(410)

    await server.stop()
    await server.start()
    expect(server.setUpToken()).toMatch(/^[\w-]{43}$/)
    expect(server.setUpToken()).not.toBe(dead)
    expect((await visitor().get(`/setup?token=${dead}`)).status).toBe(410)
    await visitor().setUp(server.setUpToken(), 'admin@example.com')
    expect(await administrators(server)).toHaveLength(1)
  })
})
