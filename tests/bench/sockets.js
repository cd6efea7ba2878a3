// Ten thousand idle sockets: how soon a tab hears of its sign-out among them, and what each costs.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { freePort, startLatchkey } from './latchkey.js'
import { peerScript } from './peers.js'
import { LOAD_CORE, pinning, spawnNode, startNode } from './processes.js'
import { table } from './results.js'
import { addSessions, addUsers } from './seed.js'
import { median, quantile } from './statistics.js'

const WANTED = 10_000
/** Files that a process has open besides the sockets. */
const OTHER_FILES = 200
/** As many as a session may have. */
const MOST_TABS = 50
const SIGN_OUTS = 300
const MEMORY_ROUNDS = 3
const LIMIT_MS = 100

const fileOf = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url))
const PROBE = ['--expose-gc', '--import', fileOf('memory-probe.js')]

/** @typedef {{ rss: number, heapUsed: number, external: number }} Memory in bytes */
/** @typedef {import('./processes.js').Started & { port: number }} Server */

export async function measureSockets() {
  const sockets = Math.min(WANTED, openFileLimit() - OTHER_FILES)
  /** @type {Record<'plain' | 'few' | 'many', Memory[]>} */
  const memory = { plain: [], few: [], many: [] }
  let notified
  for (let round = 0; round < MEMORY_ROUNDS; round += 1) {
    memory.plain.push(await measurePlain(sockets))
    const few = await measureLatchkey({ sockets, tabsEach: MOST_TABS, signOuts: 0 })
    memory.few.push(few.memory)
    const signOuts = round === MEMORY_ROUNDS - 1 ? SIGN_OUTS : 0
    const many = await measureLatchkey({ sockets, tabsEach: 1, signOuts })
    memory.many.push(many.memory)
    notified = many.notified
  }
  return [
    `## Sockets: ${sockets.toLocaleString('en')} of them, idle`,
    describeNotices(notified),
    `Memory of the server after a collection, in bytes a socket, medians of ${MEMORY_ROUNDS} alternating
rounds, against the server at the beginning of the README of \`ws\`; to stay within 1.3 times that.`,
    table(
      ['', 'heap and external', '× plain ws', 'resident'],
      [
        memoryRow('plain ws', memory.plain, memory.plain),
        memoryRow(`Latchkey, ${MOST_TABS} tabs a session`, memory.few, memory.plain),
        memoryRow('Latchkey, with a session and a person for each', memory.many, memory.plain),
      ],
    ),
  ].join('\n\n')
}

/** @param {any} notified */
function describeNotices({ times, everybody }) {
  /** @param {'answered' | 'told'} what */
  const row = (what) => {
    const all = times.map((/** @type {Record<string, number>} */ time) => time[what])
    return [quantile(all, 0.5), quantile(all, 0.99), Math.max(...all)].map((ms) => ms.toFixed(1))
  }
  return [
    `From sending the sign-out, ${times.length} of them one after the other, in milliseconds; the 99th
percentile of the notice is to stay under ${LIMIT_MS}. ${pinning}`,
    table(
      ['', 'median', 'p99', 'longest'],
      [
        ['tab notified', ...row('told')],
        ['sign-out answered', ...row('answered')],
      ],
    ),
    `All the others ended at once by an administrator: the first heard after
${everybody.first.toFixed(0)} ms, the last after ${everybody.last.toFixed(0)} ms, the administrator
after ${everybody.answered.toFixed(0)} ms.`,
  ].join('\n\n')
}

/** @param {{ sockets: number, tabsEach: number, signOuts: number }} options */
async function measureLatchkey({ sockets, tabsEach, signOuts }) {
  const server = await startLatchkey({ nodeArgs: PROBE, ipc: true })
  const generator = startGenerator()
  try {
    const database = server.openDatabase()
    const people = addUsers(database, sockets / tabsEach)
    const sessions = addSessions(database, people)
    const secrets = Array.from({ length: tabsEach }, () =>
      sessions.map(({ secret }) => secret),
    ).flat()
    const [admin] = addUsers(database, 1, { role: 'admin', prefix: 'admin' })
    const by = addSessions(database, [admin ?? ''])[0]?.secret
    database.close()
    const { port } = server
    const memory = await memoryOfSockets(server, generator, { port, path: '/live', secrets })
    if (signOuts === 0) return { memory }
    const times = await generator.ask('signOut', { port, secrets: secrets.slice(0, signOuts) })
    const left = secrets.slice(signOuts)
    const everybody = await generator.ask('endEverybody', { port, by, secrets: left })
    return { memory, notified: { times, everybody } }
  } finally {
    generator.stop()
    await server.stop()
  }
}

/** @param {number} sockets */
async function measurePlain(sockets) {
  const port = await freePort()
  const env = { PORT: String(port) }
  const server = await startNode([...PROBE, peerScript('plain-ws.js')], { env, ipc: true })
  const generator = startGenerator()
  try {
    const secrets = Array.from({ length: sockets }, () => 'x'.repeat(43))
    return await memoryOfSockets(server, generator, { port, path: '/', secrets })
  } finally {
    generator.stop()
    await server.stop()
  }
}

/**
 * @param {import('./processes.js').Started} server
 * @param {ReturnType<typeof startGenerator>} generator
 * @param {{ port: number, path: string, secrets: string[] }} task
 * @returns {Promise<Memory>} for each socket
 */
async function memoryOfSockets(server, generator, { secrets, ...task }) {
  // The first sockets load and compile what the others use.
  const first = secrets.slice(0, 100)
  await generator.ask('open', { ...task, secrets: first })
  const before = await memoryOf(server)
  await generator.ask('open', { ...task, secrets: secrets.slice(first.length) })
  const after = await memoryOf(server)
  const each = (/** @type {keyof Memory} */ kind) =>
    (after[kind] - before[kind]) / (secrets.length - first.length)
  return { rss: each('rss'), heapUsed: each('heapUsed'), external: each('external') }
}

/** @param {import('./processes.js').Started} server @returns {Promise<Memory>} */
async function memoryOf({ child }) {
  child.send('memory?')
  const [memory] = await once(child, 'message')
  return memory
}

function startGenerator() {
  const child = spawnNode([fileOf('socket-load.js')], {
    core: LOAD_CORE,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  return {
    /** @param {string} task @param {object} details @returns {Promise<any>} */
    async ask(task, details) {
      child.send({ task, ...details })
      const [answer] = await Promise.race([
        once(child, 'message'),
        once(child, 'exit').then(() => Promise.reject(new Error(`Failed: ${task}`))),
      ])
      return answer
    },
    stop: () => child.kill('SIGKILL'),
  }
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

/** @param {string} name @param {Memory[]} rounds @param {Memory[]} plain */
function memoryRow(name, rounds, plain) {
  const heap = (/** @type {Memory[]} */ of) =>
    median(of.map(({ heapUsed, external }) => heapUsed + external))
  return [
    name,
    heap(rounds).toFixed(0),
    (heap(rounds) / heap(plain)).toFixed(2),
    median(rounds.map(({ rss }) => rss)).toFixed(0),
  ]
}
