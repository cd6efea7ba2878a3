import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCaller, type Caller } from '../support/caller'
import { formTokenOf } from '../support/form-token'
import { request } from '../support/request'
import { freePort, startServer, type TestServer } from '../support/server'
import { sessionCookie } from '../support/session-cookie'
import { startInVain } from '../support/start-in-vain'
import { npm } from '../support/stand-in-project'
import { openTab } from '../support/tab'
import { until } from '../support/until'
import { createVisitor } from '../support/visitor'
import { isRunning, workersOf } from './processes'

const EMAIL = 'ada@example.com'
const NODES = 3
/** Connections go to the workers in turn, so that each of them is asked several times. */
const TRIES = 4 * NODES
/** Runs first in every process of a server, and ends those workers that the file beside it names. */
const ENDER = `
const { existsSync, readFileSync } = require('node:fs')
const [, program = '', number] = process.argv
if (program.endsWith('cluster-worker.js') && existsSync('end-workers')) {
  if (readFileSync('end-workers', 'utf8').includes(number)) process.exit(3)
}`

let server: TestServer
afterEach(() => server.dispose())

describe('a start of several nodes', () => {
  beforeEach(async () => {
    server = await startServer()
  })

  async function startNodesInVain(more: Record<string, string>) {
    const settings = { NODES: String(NODES), DATABASE_URL: server.databaseUrl, ...more }
    return startInVain(server.folder, { PORT: String(await freePort()), ...settings })
  }

  test('on SQLite ends with a sentence', async () => {
    expect(await startNodesInVain({ DATABASE_URL: `file:${server.folder}/new.db` })).toEqual({
      code: 1,
      output: '',
      errors:
        'NODES=3 needs PostgreSQL, since an SQLite file is for one process. ' +
        'Let DATABASE_URL start with postgresql:, or leave NODES out.\n',
    })
  })

  test('on a port that is taken says so once', async () => {
    const { code, output, errors } = await startNodesInVain({ PORT: String(server.port) })
    expect({ code, output }).toEqual({ code: 1, output: '' })
    expect(errors).toMatch(/^Port \d+ is in use\. [^\n]+\n$/)
  })

  test('on a database that cannot be reached says so once', async () => {
    const DATABASE_URL = `postgresql://127.0.0.1:${await freePort()}/latchkey`
    const { code, output, errors } = await startNodesInVain({ DATABASE_URL })
    expect({ code, output }).toEqual({ code: 1, output: '' })
    expect(errors).toMatch(/^PostgreSQL cannot be reached[^\n]+\n$/)
  })

  test('of which one cannot start ends all of them, and says so once', async () => {
    writeFileSync(path.join(server.folder, 'ender.cjs'), ENDER)
    writeFileSync(path.join(server.folder, 'end-workers'), '2')
    const { code, output, errors } = await startNodesInVain({
      NODE_OPTIONS: '--require ./ender.cjs',
    })
    expect({ code, output }).toEqual({ code: 1, output: '' })
    const said = errors.split('\n').filter((line) => !line.includes('"closing"'))
    expect(said).toEqual(['A worker could not start: exit code 3.', ''])
    expect(await nodesOnTheList()).toBe(1)
  })
})

describe('several nodes behind one port', () => {
  let caller: Caller
  let home: string
  beforeEach(async () => {
    server = await startServer({ NODES: String(NODES) })
    caller = createCaller(server.origin)
    const visitor = createVisitor(server.origin)
    await visitor.setUp(server.setUpToken(), EMAIL)
    home = visitor.secret()!
  })

  const workers = () => workersOf(server.process.pid!)

  /** What every worker says of a session; each question comes over a connection of its own. */
  async function checkEverywhere(secret: string) {
    const headers = { Cookie: sessionCookie(server.origin, secret) }
    const statuses = new Set<number>()
    for (let tries = 0; tries < TRIES; tries += 1) {
      statuses.add((await request(server, '/api/v1/session', { headers })).status)
    }
    return [...statuses]
  }

  /** At whichever worker has its turn. */
  async function signOut(secret: string) {
    const { origin } = server
    const formToken = await formTokenOf(origin, secret)
    return request(server, '/logout', {
      method: 'POST',
      headers: {
        Cookie: sessionCookie(origin, secret),
        Origin: origin,
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ formToken }).toString(),
    })
  }

  /** The numbers of the workers to which connections go. */
  async function workersThatAnswer() {
    for (let tries = 0; tries < TRIES; tries += 1) {
      await request(server, '/csp-reports', { method: 'POST', body: '{}' })
    }
    const numbers = [...server.logs().matchAll(/"worker":(\d+),"report"/g)].map(([, one]) => one)
    return [...new Set(numbers)].sort()
  }

  /** How long it was waited before a worker was started again, each time. */
  const pauses = () =>
    [...server.logs().matchAll(/"pause":(\d+),"msg":"a worker ended, and is started again"/g)].map(
      ([, pause]) => Number(pause),
    )

  test('refuse a session that one of them ended, each from the answer on', async () => {
    for (let round = 0; round < NODES; round += 1) {
      const secret = await caller.signIn(EMAIL)
      expect(await checkEverywhere(secret)).toEqual([200])
      expect((await signOut(secret)).status).toBe(302)
      expect(await checkEverywhere(secret)).toEqual([401])
    }
    expect(await workersThatAnswer()).toEqual(['1', '2', '3'])
  })

  test('count as one each in the receipt of a sign-out', async () => {
    await caller.signIn(EMAIL)
    const receipt = await (await caller.endOthers(home)).text()
    expect(receipt).toContain('Signed out of 1 other session; confirmed by 3 of 3 nodes')
  })

  test('answer while one that was killed is started again', async () => {
    const before = workers()
    process.kill(before[1]!, 'SIGKILL')
    await until(() => pauses().length === 1)
    const statuses = new Set<number>()
    await until(async () => {
      for (const status of await checkEverywhere(home)) statuses.add(status)
      return workers().length === NODES
    })
    expect([...statuses]).toEqual([200])
    expect(workers()).toEqual(expect.arrayContaining([before[0], before[2]]))
    // It answers as well, under the number of the one whose place it took.
    await until(async () => (await workersThatAnswer()).length === NODES)
    const listens = `ready and listens at 127.0.0.1:${server.port}, with ${NODES} nodes. Create the`
    expect(server.output().split(listens)).toHaveLength(2)
    expect(server.output().match(/ready/g)).toHaveLength(1)
  })

  test('leave no connection without an answer, also one on its way to a worker that is killed', async () => {
    const [, stuck] = workers()
    process.kill(stuck!, 'SIGSTOP')
    let answered = 0
    const asked = Array.from({ length: TRIES }, () =>
      request(server, '/healthz').then(() => (answered += 1)),
    )
    // One at most waits for a worker that takes nothing; the others have the rest.
    await until(() => answered >= TRIES - 1)
    expect(answered).toBe(TRIES - 1)
    process.kill(stuck!, 'SIGKILL')
    await Promise.allSettled(asked)
    expect(answered).toBe(TRIES - 1)
  })

  test('do not start again at full speed one that ends at once, and do when it can be', async () => {
    const { folder } = server
    await server.stop()
    writeFileSync(path.join(folder, 'ender.cjs'), ENDER)
    await server.start({ NODE_OPTIONS: '--require ./ender.cjs' })

    writeFileSync(path.join(folder, 'end-workers'), '2')
    process.kill(workers()[1]!, 'SIGKILL')
    await until(() => pauses().length === 3)
    expect(pauses()).toEqual([250, 500, 1000])
    expect(await checkEverywhere(home)).toEqual([200])

    rmSync(path.join(folder, 'end-workers'))
    await until(async () => (await workersThatAnswer()).length === NODES)
  })

  test('close when their primary is told to, send tabs away and leave nobody behind', async () => {
    const tabs = await Promise.all(Array.from({ length: TRIES }, () => openTab(server, home)))
    const all = workers()
    expect(await server.stop()).toBe(0)
    await until(() => tabs.every(({ closed }) => closed))
    expect(new Set(tabs.map(({ closed }) => closed?.code))).toEqual(new Set([1001]))
    expect(all.filter(isRunning)).toEqual([])
    expect(await nodesOnTheList()).toBe(0)
  })

  test('end with their primary, also one that hears nothing', async () => {
    const all = workers()
    process.kill(all[1]!, 'SIGSTOP')
    expect(await server.stop()).toBe(0)
    expect(all.filter(isRunning)).toEqual([])
  })

  test('close in good order when their primary is gone', async () => {
    const tabs = await Promise.all(Array.from({ length: TRIES }, () => openTab(server, home)))
    const all = workers()
    await server.stop('SIGKILL')
    await until(() => !all.some(isRunning) && tabs.every(({ closed }) => closed))
    expect(new Set(tabs.map(({ closed }) => closed?.code))).toEqual(new Set([1001]))
    expect(await nodesOnTheList()).toBe(0)
  })

  test('end when npm is told to', async () => {
    await server.stop()
    const [program = '', ...args] = [...npm(), 'start']
    const settings = {
      PORT: String(server.port),
      NODES: String(NODES),
      DATABASE_URL: server.databaseUrl,
    }
    const child = spawn(program, args, {
      env: { ...process.env, NODE_ENV: 'production', ...settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    await until(() => output.includes('Latchkey is ready'), { timeout: 60_000 })
    child.kill('SIGTERM')
    expect((await once(child, 'exit'))[0]).toBe(0)
    expect(await nodesOnTheList()).toBe(0)
    await server.start()
  })
})

const nodesOnTheList = () => server.queryValue('SELECT count(*) FROM "Node"')
