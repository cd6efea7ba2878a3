import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { createCaller } from '../support/caller'
import { openRawTab } from '../support/raw-tab'
import { startOpenServer, type TestServer } from '../support/server'
import { npm } from '../support/stand-in-project'
import { openTab } from '../support/tab'
import { until } from '../support/until'

const CLIENTS = 8

let server: TestServer
afterEach(() => server.dispose())

describe('when it is told to end,', () => {
  test('the server answers what was begun, sends tabs away with 1001 and leaves nothing undone', async () => {
    // Passwords that take a while, so that all sign-ins can be under way at one moment.
    server = await startOpenServer({ PASSWORD_COST: '11' })
    const caller = createCaller(server.origin)
    const people = ['ada', 'bob', 'cyd'].map((name) => `${name}@example.com`)
    const homes = await Promise.all(people.map((email) => caller.signUp(email)))
    const tabs = await Promise.all(homes.map((secret) => openTab(server, secret)))

    const signIns = people.map((email) => caller.signIn(email))
    await until(async () => (await attemptsUnderWay()) === people.length, { interval: 1 })
    expect(await server.stop()).toBe(0)

    const secrets = await Promise.all(signIns)
    await until(() => tabs.every(({ closed }) => closed))
    expect(tabs.map(({ closed }) => closed?.code)).toEqual([1001, 1001, 1001])
    await expect(caller.send('/healthz')).rejects.toThrow()

    await server.start()
    const again = [...homes, ...secrets].map((secret) => caller.check(secret))
    expect(new Set(await Promise.all(again))).toEqual(new Set([200]))
  })

  test('the server writes the activity that was only in memory', async () => {
    server = await startOpenServer()
    const caller = createCaller(server.origin)
    const secret = await caller.signUp('ada@example.com')
    const before = await lastSeen()
    await caller.page('/profile', secret)
    await server.stop()
    expect(await lastSeen()).toBeGreaterThan(before)
  })

  test('the server closes once, however often it is told', async () => {
    server = await startOpenServer({ PASSWORD_COST: '11' })
    const caller = createCaller(server.origin)
    await caller.signUp('ada@example.com')
    const signIn = caller.signIn('ada@example.com')
    await until(async () => (await attemptsUnderWay()) === 1, { interval: 1 })
    const ended = server.stop('SIGINT')
    await until(() => server.logs().includes('"closing"'), { interval: 1 })
    server.process.kill('SIGINT')
    server.process.kill('SIGTERM')
    expect(await signIn).toBeTruthy()
    expect(await ended).toBe(0)
  })

  test('the server lets go of clients that ask again and again over connections that are kept', async () => {
    server = await startOpenServer()
    // So many that some of them wait for an answer when it is told.
    const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS })
    onTestFinished(() => agent.destroy())
    let answers = 0
    async function askAgainAndAgain() {
      for (;;) {
        await answered(server, '/login', agent)
        answers += 1
      }
    }
    // Each ends by being refused, at some moment before or after the server's end.
    const allRefused = Promise.allSettled(Array.from({ length: CLIENTS }, askAgainAndAgain))
    await until(() => answers > 3 * CLIENTS)
    expect(await server.stop()).toBe(0)
    await allRefused
    expect(server.logs()).not.toContain('cut off')
  })

  test('npm start ends the server, also when npm alone is told, and leaves port and database free', async () => {
    server = await startOpenServer()
    await server.stop()
    const [program = '', ...args] = [...npm(), 'start']
    const { port, databaseUrl } = server
    const settings = {
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      LOG_LEVEL: 'warn',
    }
    const child = spawn(program, args, {
      env: { ...process.env, NODE_ENV: 'production', ...settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    await until(() => output.includes('Latchkey is ready'), { timeout: 60_000 })

    child.kill('SIGTERM')
    const [code] = (await once(child, 'exit')) as [number | null]
    expect(code).toBe(0)
    await server.start()
  })

  test('the server does not wait for a tab that never answers, nor for an idle connection', async () => {
    server = await startOpenServer()
    const caller = createCaller(server.origin)
    const secret = await caller.signUp('ada@example.com')
    const deaf = await openRawTab(server, secret)
    deaf.socket.pause()
    expect(await server.stop()).toBe(0)
    deaf.socket.destroy()
  })
})

function answered({ port, origin }: TestServer, path: string, agent: Agent): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = { Host: new URL(origin).host }
    get({ host: '127.0.0.1', port, path, agent, headers }, (answer) => {
      answer.resume().on('end', resolve).on('error', reject)
    }).on('error', reject)
  })
}

/** Sign-ins that were counted and are now at their passwords. */
const attemptsUnderWay = () =>
  server.queryValue(
    `SELECT coalesce(sum("points"), 0) FROM "AttemptCounter" WHERE "key" LIKE 'signInFromAddress%'`,
  )

const lastSeen = async () =>
  Number(await server.queryValue<Date>('SELECT max("lastSeenAt") FROM "Session"'))
