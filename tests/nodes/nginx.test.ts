import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { checkCookie, sessionCookie } from '../support/session-cookie'
import { documentedConfiguration, startNginx, type Nginx } from '../support/nginx'
import { startNodes, type TestNode, type TestNodes } from '../support/nodes'
import { request } from '../support/request'
import { freePort } from '../support/server'
import { openTab } from '../support/tab'
import { until } from '../support/until'
import { secretIn } from '../support/caller'
import { PASSWORD } from '../support/visitor'

const NODES = 3
/** nginx asks the nodes in turn, so that each is asked several times. */
const TRIES = 4 * NODES
const CLIENT = '127.0.0.5'
const FORGED = '203.0.113.9'

let world: TestNodes
let nginx: Nginx
/** Which node gave each answer, or the last one that was asked for it. */
const log = path.join(mkdtempSync(path.join(tmpdir(), 'latchkey-nginx-log-')), 'answered-by')
/** The address of nginx, as browsers see the nodes. */
let site: { origin: string; port: number }
/** Calls through nginx. */
let caller: TestNode['caller']
let email: string
beforeAll(async () => {
  const port = await freePort()
  site = { origin: `http://localhost:${port}`, port }
  world = await startNodes(NODES, { ORIGIN: site.origin, TRUST_PROXY: '1' })
  nginx = await startNginx(configuration(), port)
  ;({ caller } = world.nodes[0]!)
})
beforeEach(async () => (email = await world.newEmail()))
afterAll(async () => {
  await nginx.stop()
  rmSync(path.dirname(log), { recursive: true })
  await world.dispose()
})

/** That of the documentation without encryption, and with a log. */
const configuration = () =>
  `log_format answered-by '$upstream_addr';\n` +
  documentedConfiguration({ port: site.port, nodes: portsOfNodes(), certificate: '', key: '' })
    .replace(' ssl http2;', ';')
    .replaceAll(/^ *ssl_.*\n/gm, '')
    .replace('server_name localhost;', `server_name localhost;\n  access_log ${log} answered-by;`)

const answeredBy = () =>
  readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((addresses) => Number(addresses.split(':').at(-1)))

const portsOfNodes = () => world.nodes.map(({ port }) => port)

/** What comes of asking often, each time over a connection of its own. */
async function askOften(secret: string): Promise<number[]> {
  const headers = { Cookie: sessionCookie(site.origin, secret) }
  const statuses: number[] = []
  for (let tries = 0; tries < TRIES; tries += 1) {
    statuses.push((await request(site, '/api/v1/session', { headers })).status)
  }
  return [...new Set(statuses)]
}

/** Waits until nginx asks a node that it had left out. */
async function untilAsked({ port }: TestNode) {
  const before = answeredBy().length
  await until(async () => {
    await request(site, '/healthz')
    return answeredBy().slice(before).includes(port)
  })
}

describe('behind nginx, as the documentation configures it, three nodes', () => {
  test('answer one browser in turn', async () => {
    const secret = await caller.signUp(email)
    const before = answeredBy().length
    expect(await askOften(secret)).toEqual([200])
    await until(() => answeredBy().length >= before + TRIES)
    expect(new Set(answeredBy().slice(before))).toEqual(new Set(portsOfNodes()))
  })

  test('refuse a session, each of them, from the answer to its sign-out on', async () => {
    for (let round = 0; round < NODES; round += 1) {
      const secret = await (round === 0 ? caller.signUp(email) : caller.signIn(email))
      expect(await askOften(secret)).toEqual([200])
      expect((await caller.signOut(secret)).status).toBe(302)
      expect(await askOften(secret)).toEqual([401])
      for (const node of world.nodes) {
        const headers = { Cookie: sessionCookie(site.origin, secret) }
        expect((await request(node, '/api/v1/session', { headers })).status).toBe(401)
      }
    }
  })

  test('tell open tabs, wherever their sockets are', async () => {
    const acting = await caller.signUp(email)
    const ended = await caller.signIn(email)
    const tabs = await Promise.all(Array.from({ length: TRIES }, () => openTab(site, ended)))
    const page = await (await caller.endOthers(acting)).text()
    expect(page).toContain(
      `Signed out of 1 other session; ${TRIES} open tabs were told; confirmed by 3 of 3 nodes`,
    )
    await until(() => tabs.every(({ closed }) => closed))
    for (const { messages } of tabs) {
      expect(messages.at(-1)).toEqual({ type: 'signed-out', reason: 'signed-out-elsewhere' })
    }
  })

  test("show a visitor's own address, and not one that they made up", async () => {
    await caller.signUp(email)
    const { name, value } = checkCookie(site.origin)
    const answer = await request(site, '/login', {
      method: 'POST',
      from: CLIENT,
      headers: {
        Cookie: `${name}=${value}`,
        Origin: site.origin,
        'Content-Type': 'application/x-www-form-urlencoded',
        'X-Forwarded-For': FORGED,
      },
      body: new URLSearchParams({ email, password: PASSWORD }).toString(),
    })
    const headers = {
      Cookie: sessionCookie(site.origin, secretIn(answer)),
      'X-Forwarded-For': FORGED,
    }
    const html = await (await request(site, '/profile', { from: CLIENT, headers })).text()
    expect(html).toContain(CLIENT)
    expect(html).not.toContain(FORGED)
  })

  test('fail no check while each of them is told to end and started again, one after the other', async () => {
    const secret = await caller.signUp(email)
    const statuses = new Set<number>()
    let over = false
    const asking = [1, 2].map(async () => {
      while (!over) statuses.add(await caller.check(secret))
    })
    for (const node of world.nodes) {
      expect(await node.stop('SIGTERM')).toBe(0)
      await node.start()
      // Before that it would be one of two that are left out.
      if (node !== world.nodes.at(-1)) await untilAsked(node)
    }
    over = true
    await Promise.all(asking)
    expect([...statuses]).toEqual([200])
  })

  test('go on when one of them is killed: who asks is answered by another', async () => {
    const secret = await caller.signUp(email)
    expect(await askOften(secret)).toEqual([200])
    const [lost] = world.nodes as [TestNode]
    const tab = await openTab(lost, secret)
    await lost.stop('SIGKILL')
    expect(await askOften(secret)).toEqual([200])
    const other = await caller.signIn(email)
    expect((await caller.endOthers(secret)).status).toBe(200)
    expect(await askOften(other)).toEqual([401])
    await until(() => tab.closed)
    const again = await openTab(site, secret)
    again.socket.terminate()
  })
})
