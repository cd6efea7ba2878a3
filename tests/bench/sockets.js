// Ten thousand idle sockets: how soon a tab hears of its sign-out among them, and what each costs.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { createClient, rawRequest } from './client.js'
import { freePort, readFormToken, startLatchkey } from './latchkey.js'
import { assertStatus, inParallel } from './load.js'
import { pinning, startNode } from './machine.js'
import { memoryOf, PROBE } from './memory.js'
import { peerScript } from './peers.js'
import { table } from './results.js'
import { addSessions, addUsers } from './seed.js'
import { quantile } from './statistics.js'

const WANTED = 10_000
/** Files that a process has open besides the sockets. */
const OTHER_FILES = 200
/** As many as a session may have. */
const MOST_TABS = 50
const OPENED_AT_ONCE = 50

/** @typedef {import('./memory.js').Memory} Memory */
/** @typedef {{ tab: WebSocket, ended: Promise<number> }} Tab `ended`: when it heard that it is */
/** @typedef {import('./latchkey.js').Latchkey} Latchkey */
/** @typedef {{ secret: string, tab: Tab }} Reader somebody who is signed in, with one open tab */

/** @param {{ quick: boolean }} options */
export async function measureSockets({ quick }) {
  const sockets = quick ? 500 : Math.min(WANTED, openFileLimit() - OTHER_FILES)
  const plain = await measurePlain(sockets)
  const few = await measureLatchkey({ sockets, tabsEach: MOST_TABS })
  const many = await measureLatchkey({ sockets, tabsEach: 1, signOuts: quick ? 20 : 300 })
  return [
    `## Sockets: ${sockets.toLocaleString('en')} of them, idle`,
    describeNotices(many),
    `Memory of the server after a collection, in bytes a socket, against the server at the beginning of
the README of \`ws\`; to stay within 1.3 times that.`,
    table(
      ['', 'heap and external', '× plain ws', 'resident'],
      [
        memoryRow('plain ws', plain, plain),
        memoryRow(`Latchkey, ${MOST_TABS} tabs a session`, few.memory, plain),
        memoryRow('Latchkey, with a session and a person for each', many.memory, plain),
      ],
    ),
  ].join('\n\n')
}

/** @param {number} sockets @returns {Promise<Memory>} for each socket */
async function measurePlain(sockets) {
  const port = await freePort()
  const server = await startNode([...PROBE, peerScript('plain-ws.js')], {
    env: { PORT: String(port) },
  })
  try {
    const openOne = () => openTab(`http://127.0.0.1:${port}/`, {})
    const { memory, tabs } = await openAll(server, sockets, openOne)
    for (const { tab } of tabs) tab.terminate()
    return memory
  } finally {
    await server.stop()
  }
}

/** @param {{ sockets: number, tabsEach: number, signOuts?: number }} options */
async function measureLatchkey({ sockets, tabsEach, signOuts = 0 }) {
  const server = await startLatchkey({ nodeArgs: PROBE })
  try {
    const database = server.openDatabase()
    const sessions = addSessions(database, addUsers(database, sockets / tabsEach))
    const admins = addUsers(database, 1, { role: 'admin', prefix: 'admin' })
    const administrator = addSessions(database, admins)[0]?.secret ?? ''
    database.close()
    const secretOf = (/** @type {number} */ number) =>
      sessions[number % sessions.length]?.secret ?? ''
    const { memory, tabs } = await openAll(server, sockets, (number) =>
      openTab(`${server.origin}/live`, server.cookie(secretOf(number))),
    )
    const readers = tabs.map((tab, number) => ({ tab, secret: secretOf(number) }))
    const signedOut = await signOutEach(server, readers.slice(0, signOuts))
    const everybody = await signOutAll(server, administrator, readers.slice(signOuts))
    for (const { tab } of tabs) tab.terminate()
    return { memory, signedOut, everybody }
  } finally {
    await server.stop()
  }
}

/**
 * @param {import('./machine.js').Started} server
 * @param {number} count
 * @param {(number: number) => Promise<Tab>} openOne
 * @returns {Promise<{ memory: Memory, tabs: Tab[] }>} memory for each of them
 */
async function openAll(server, count, openOne) {
  // The first sockets load and compile what the others use.
  const first = Math.min(100, count / 2)
  /** @type {Tab[]} */
  const tabs = []
  /** @param {number} until */
  const open = async (until) => {
    let next = tabs.length
    await inParallel(OPENED_AT_ONCE, async () => {
      while (next < until) {
        const number = next++
        tabs[number] = await openOne(number)
      }
    })
  }
  await open(first)
  const before = await memoryOf(server)
  await open(count)
  const after = await memoryOf(server)
  const each = (/** @type {keyof Memory} */ kind) => (after[kind] - before[kind]) / (count - first)
  const memory = { rss: each('rss'), heapUsed: each('heapUsed'), external: each('external') }
  return { memory, tabs }
}

/** @param {string} url @param {Record<string, string>} headers @returns {Promise<Tab>} */
async function openTab(url, headers) {
  const { origin } = new URL(url)
  const tab = new WebSocket(url, { headers, origin, perMessageDeflate: false })
  /** @type {Promise<number>} */
  const ended = new Promise((resolve) => {
    tab.on('message', (/** @type {Buffer} */ message) => {
      if (message.includes('"signed-out"')) resolve(performance.now())
    })
    // Closed without a word: seen in the results.
    tab.on('close', () => resolve(NaN))
  })
  await once(tab, 'open')
  return { tab, ended }
}

/** One after the other. @param {Latchkey} server @param {Reader[]} readers */
async function signOutEach(server, readers) {
  const times = []
  for (const { secret, tab } of readers) {
    const ended = await submit(server, { path: '/logout', secret, fields: {} })
    times.push({ answered: ended.answered - ended.began, told: (await tab.ended) - ended.began })
  }
  return times
}

/** @param {Latchkey} server @param {string} secret @param {Reader[]} readers */
async function signOutAll(server, secret, readers) {
  const fields = { intent: 'sign-everyone-out', confirmed: 'yes' }
  const { began, answered } = await submit(server, { path: '/admin/users', secret, fields })
  const told = await Promise.all(readers.map(({ tab }) => tab.ended))
  return {
    answered: answered - began,
    first: Math.min(...told) - began,
    last: Math.max(...told) - began,
  }
}

/**
 * Sends a form as the page of this session would.
 *
 * @param {Latchkey} server
 * @param {{ path: string, secret: string, fields: Record<string, string> }} form
 */
async function submit({ port, origin, cookie }, { path, secret, fields }) {
  const headers = cookie(secret)
  const form = { ...fields, formToken: await readFormToken(origin, headers) }
  const client = createClient(port)
  const began = performance.now()
  const status = await client.ask(rawRequest({ url: origin + path, headers, form }))
  const answered = performance.now()
  client.close()
  if (status !== 200) assertStatus(status, 302)
  return { began, answered }
}

/** @param {Awaited<ReturnType<typeof measureLatchkey>>} measured */
function describeNotices({ signedOut, everybody }) {
  /** @param {string} name @param {number[]} times */
  const row = (name, times) => [
    name,
    ...[0.5, 0.99, 1].map((share) => quantile(times, share).toFixed(1)),
  ]
  const told = signedOut.map((time) => time.told)
  const answered = signedOut.map((time) => time.answered)
  return [
    `From sending the sign-out, ${signedOut.length} of them one after the other, in milliseconds; the 99th
percentile of the notice is to stay under 100. ${pinning}`,
    table(
      ['', 'median', 'p99', 'longest'],
      [row('tab notified', told), row('sign-out answered', answered)],
    ),
    `All the others ended at once by an administrator: the first heard after
${everybody.first.toFixed(0)} ms, the last after ${everybody.last.toFixed(0)} ms, the administrator
after ${everybody.answered.toFixed(0)} ms.`,
  ].join('\n\n')
}

/** @param {string} name @param {Memory} memory @param {Memory} plain */
function memoryRow(name, memory, plain) {
  const heap = (/** @type {Memory} */ { heapUsed, external }) => heapUsed + external
  const times = heap(memory) / heap(plain)
  return [name, heap(memory).toFixed(0), times.toFixed(2), memory.rss.toFixed(0)]
}

/** How many files a process may have open; Node raises its own limit to this by itself. */
function openFileLimit() {
  try {
    const limit = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim()
    return limit === 'unlimited' ? Infinity : Number(limit)
  } catch {
    return Infinity
  }
}
