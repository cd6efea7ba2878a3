// A small page through nginx, with the configuration that Latchkey prints, changed only in its
// addresses: as it is, with others in Latchkey's place, and with nobody asked.
import { fileURLToPath } from 'node:url'
import { OPENS_PAGE } from './browser.js'
import { createClient, rawRequest } from './client.js'
import { compareAtFullSpeed, inWords } from './comparison.js'
import { freePort, startLatchkey } from './latchkey.js'
import { assertStatus } from './load.js'
import { childrenOf, moveToServers, pinning, startNode } from './machine.js'
import { addApplication, addSessions, addSignIns, addUsers } from './seed.js'
import { openSource } from './source.js'

/** @typedef {import('./load.js').Asked} Asked */
/** @typedef {{ pid: number, stop: () => Promise<void> }} Running */

const INSTEAD_OF_LATCHKEY = fileURLToPath(new URL('instead-of-latchkey.js', import.meta.url))
/** nginx would close a connection after a thousand requests, which no browser sends. */
const LIKE_BROWSERS = 'keepalive_requests 10000000;'
const PAGE = `<!doctype html><title>Gardening</title>${'<p>Tomatoes want sun and water.</p>'.repeat(50)}`

/** @param {{ quick: boolean }} options */
export async function measureBehindNginx({ quick }) {
  const load = {
    ...(quick
      ? { connections: 32, rounds: 2, seconds: 0.5, warmUpSeconds: 0.5 }
      : { connections: 32, rounds: 9, seconds: 2, warmUpSeconds: 2 }),
    withTimes: true,
  }
  const source = await openSource()
  /** @type {(() => Promise<void>)[]} */
  const stops = [source.close]
  /** @template {Running} T @param {T} running */
  const toStop = (running) => {
    stops.unshift(running.stop)
    return running
  }
  try {
    const world = await prepare(source, toStop)
    const contestants = {
      Latchkey: await protectedByLatchkey(world),
      'everybody is let in': await protectedByAnother(world),
      'the least that knows who': await protectedByAnother(world, NO_SECRET),
      'nobody is asked': await unprotected(world),
    }
    return [
      `A page of ${PAGE.length.toLocaleString('en')} bytes, which nginx serves, through another nginx with one worker and the
configuration that Latchkey prints: asking Latchkey, asking the least server that answers 200 to
everything, asking the least that knows who it is and says so, and with the line that asks taken out.
${inWords(load)} ${pinning} The times are those of a full house: all ${load.connections} connections always wait.`,
      await compareAtFullSpeed(contestants, load),
      `To reach: 0.9 of letting everybody in. The one that knows who shows how much of the difference is
reading the browser's headers and telling the application who it is.`,
    ].join('\n\n')
  } finally {
    for (const stop of stops) await stop()
  }
}

/**
 * @typedef {Awaited<ReturnType<typeof prepare>>} World
 *
 * @param {Awaited<ReturnType<typeof openSource>>} source
 * @param {<T extends Running>(running: T) => T} toStop
 */
async function prepare(source, toStop) {
  /** @typedef {typeof import('../support/nginx')} NginxModule */
  const { startNginx } = /** @type {NginxModule} */ (await source.load('/tests/support/nginx.ts'))
  /** @typedef {typeof import('../../app/applications/configuration/proxy-configuration')} Printing */
  const { proxyConfiguration } = /** @type {Printing} */ (
    await source.load('/app/applications/configuration/proxy-configuration.ts')
  )

  /** @param {string} configuration @param {number} port @returns the process that serves */
  async function start(configuration, port) {
    const { pid } = toStop(await startNginx(`${LIKE_BROWSERS}\n${configuration}`, port))
    // The worker is there once it has answered.
    await fetch(`http://127.0.0.1:${port}/`)
    const [worker = pid] = childrenOf(pid)
    moveToServers(worker)
    return worker
  }

  const upstreamPort = await freePort()
  const upstream = await start(
    `server {
  listen 127.0.0.1:${upstreamPort};
  default_type text/html;
  return 200 "${PAGE}";
}`,
    upstreamPort,
  )

  return {
    toStop,
    /**
     * An nginx in front of the application.
     *
     * @param {{ port: number, latchkey?: number, change?: (printed: string) => string }} options
     *   `latchkey`: the port of whoever is asked
     */
    startProxy: async ({ port, latchkey = 1, change = (printed) => printed }) => {
      const address = addressAt(port)
      const printed = proxyConfiguration('nginx', {
        site: siteAt(port),
        latchkey: `127.0.0.1:${latchkey}`,
        applications: [
          {
            id: 'wiki',
            name: 'Wiki',
            address,
            upstream: `http://127.0.0.1:${upstreamPort}`,
            assertion: false,
          },
        ],
        withAccountSite: true,
      })
      return [await start(change(printed), port), upstream]
    },
  }
}

/** @param {World} world @returns {Promise<Asked>} */
async function protectedByLatchkey({ startProxy, toStop }) {
  const port = await freePort()
  const settings = { ORIGIN: siteAt(port), TRUST_PROXY: '1' }
  const latchkey = toStop(await startLatchkey({ settings }))
  const database = latchkey.openDatabase()
  addApplication(database, { id: 'wiki', address: addressAt(port) })
  const sessions = addSessions(database, addUsers(database, 1))
  const [secret = ''] = addSignIns(database, 'wiki', sessions)
  database.close()
  const pids = await startProxy({ port, latchkey: latchkey.port })
  await assertAnswers(page(port, 'nobody'), 302)
  return { pid: [latchkey.pid, ...pids], ...page(port, secret) }
}

/** @param {World} world @param {string} [SECRET] of the one person whom it knows @returns {Promise<Asked>} */
async function protectedByAnother({ startProxy, toStop }, SECRET = '') {
  const [port, latchkey] = [await freePort(), await freePort()]
  const env = { PORT: String(latchkey), SECRET, COOKIE: cookieAt(port) }
  const { pid } = toStop(await startNode([INSTEAD_OF_LATCHKEY], { env }))
  const pids = await startProxy({ port, latchkey })
  if (SECRET) await assertAnswers(page(port, 'nobody'), 401)
  return { pid: [pid, ...pids], ...page(port, NO_SECRET) }
}

/** @param {World} world @returns {Promise<Asked>} */
async function unprotected({ startProxy }) {
  const port = await freePort()
  const change = (/** @type {string} */ printed) => {
    const changed = printed.replace('auth_request /.latchkey/question;', '')
    if (changed === printed) throw new Error('The configuration asks in other words')
    return changed
  }
  return { pid: await startProxy({ port, change }), ...page(port, NO_SECRET) }
}

/** As long as one. */
const NO_SECRET = `lkc_${'x'.repeat(43)}`

const siteAt = (/** @type {number} */ port) => `http://accounts.localhost:${port}`
const cookieAt = (/** @type {number} */ port) => `latchkey-app-wiki-${port}`
const addressAt = (/** @type {number} */ port) => `http://wiki.localhost:${port}`

/** @param {number} port @param {string} secret */
const page = (port, secret) => ({
  url: `${addressAt(port)}/pages/Gardening?from=start`,
  headers: { ...OPENS_PAGE, Cookie: `theme=dark; ${cookieAt(port)}=${secret}` },
})

/** @param {import('./client.js').Question} question @param {number} status */
async function assertAnswers(question, status) {
  const client = createClient(Number(new URL(question.url).port))
  assertStatus(await client.ask(rawRequest(question)), status)
  client.close()
}
