// The session check at full speed, beside others that answer the same question.
import { fileURLToPath } from 'node:url'
import { startLatchkey } from './latchkey.js'
import { installPeers, startBetterAuth, startFastifySession, startHandWritten } from './peers.js'
import { cpuTime, pinning, runLoad } from './processes.js'
import { sessionCookie } from './raw-client.js'
import { table } from './results.js'
import { addSessions, addToken, addUsers } from './seed.js'
import { median } from './statistics.js'

const ROUNDS = 7
const SECONDS = 3
/** Long enough for the compiler to have seen everything. */
const WARM_UP_SECONDS = 5
const CONNECTIONS = 32
const GENERATOR = fileURLToPath(new URL('full-speed.js', import.meta.url))

/** @typedef {import('./peers.js').Peer} Peer */
/**
 * Answers a second, µs of CPU for each, and which share of a core the two processes used.
 *
 * @typedef {{ perSecond: number, cpu: number, serverBusy: number, generatorBusy: number }} Round
 */

export async function measureCheck() {
  await installPeers()
  const latchkey = await startSignedInLatchkey()
  const others = await startAll({
    'hand-written node:http': startHandWritten,
    '@fastify/session in memory': startFastifySession,
    'better-auth get-session': startBetterAuth,
  })
  try {
    const contestants = { ...latchkey.requests, ...others }
    for (const peer of Object.values(contestants)) await assertAnswers(peer)
    for (const peer of Object.values(contestants)) await ask(peer, WARM_UP_SECONDS)
    return describe(await takeRounds(contestants))
  } finally {
    await latchkey.stop()
    for (const peer of Object.values(others)) await peer.stop()
  }
}

async function startSignedInLatchkey() {
  const { pid, origin, stop, openDatabase } = await startLatchkey()
  const database = openDatabase()
  const users = addUsers(database, 1)
  const [session] = addSessions(database, users)
  const token = addToken(database, users[0] ?? '')
  database.close()
  const cookie = { Cookie: sessionCookie(new URL(origin).port, session?.secret) }
  const url = `${origin}/api/v1/session`
  return {
    stop,
    requests: {
      Latchkey: { pid, stop, headers: cookie, url },
      'Latchkey, ?check': { pid, stop, headers: cookie, url: `${url}?check` },
      'Latchkey, API token': { pid, stop, headers: { Authorization: `Bearer ${token}` }, url },
    },
  }
}

/** @param {Record<string, () => Promise<Peer>>} starts */
async function startAll(starts) {
  /** @type {Record<string, Peer>} */
  const started = {}
  for (const [name, start] of Object.entries(starts)) started[name] = await start()
  return started
}

/** @param {Peer} peer */
async function assertAnswers({ url, headers }) {
  const answer = await fetch(url, { headers })
  const body = await answer.text()
  const isRight = answer.status === 204 || (answer.status === 200 && body.includes('Ada Lovelace'))
  if (!isRight) throw new Error(`${url} does not know who asks: ${answer.status} ${body}`)
}

/** @param {Record<string, Peer>} contestants */
async function takeRounds(contestants) {
  /** @type {Record<string, Round[]>} */
  const rounds = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]))
  for (let round = 0; round < ROUNDS; round += 1) {
    const inTurn = Object.entries(contestants)
    // What comes after whom must not always be the same.
    if (round % 2 === 1) inTurn.reverse()
    for (const [name, peer] of inTurn) {
      const taken = await ask(peer, SECONDS)
      rounds[name]?.push(taken)
      console.error(
        `${name}: ${taken.perSecond.toFixed(0)}/s, ${taken.cpu.toFixed(1)} µs, server ${percent(taken.serverBusy)}, generator ${percent(taken.generatorBusy)} busy`,
      )
    }
  }
  return rounds
}

/** @param {Peer} peer @param {number} seconds @returns {Promise<Round>} */
async function ask({ pid, url, headers }, seconds) {
  const before = cpuTime(pid)
  const task = { url, headers, seconds, connections: CONNECTIONS }
  /** @type {{ answers: number, seconds: number, busy: number }} */
  const load = await runLoad(GENERATOR, task)
  const used = cpuTime(pid) - before
  return {
    perSecond: load.answers / load.seconds,
    cpu: (used * 1000) / load.answers,
    serverBusy: used / 1000 / load.seconds,
    generatorBusy: load.busy,
  }
}

/** @param {Record<string, Round[]>} rounds */
function describe(rounds) {
  const latchkey = rounds.Latchkey ?? []
  const rows = Object.entries(rounds).map(([name, taken]) => [
    name,
    median(taken.map(({ perSecond }) => perSecond)).toFixed(0),
    median(taken.map(({ cpu }) => cpu)).toFixed(1),
    ratio(latchkey, taken, (ours, theirs) => ours.perSecond / theirs.perSecond),
    ratio(latchkey, taken, (ours, theirs) => theirs.cpu / ours.cpu),
  ])
  return [
    '## The session check',
    `GET /api/v1/session of the built server with the cookie of a signed-in session, against others
that answer the same: ${CONNECTIONS} connections, ${ROUNDS} alternating rounds of ${SECONDS} s,
medians; ratios are medians of the ratios within a round; all with the options that npm start
gives to Node. ${pinning}`,
    table(['', 'answers/s', 'CPU µs each', 'Latchkey is × as fast', '… by CPU time'], rows),
    'To reach: 0.9 of the hand-written one, 2.5 × @fastify/session, 35 × better-auth.',
  ].join('\n\n')
}

/** @param {number} share */
const percent = (share) => `${(share * 100).toFixed(0)}%`

/** @param {Round[]} ours @param {Round[]} theirs @param {(a: Round, b: Round) => number} divide */
function ratio(ours, theirs, divide) {
  const ratios = ours.flatMap((round, index) => {
    const other = theirs[index]
    return other ? [divide(round, other)] : []
  })
  return median(ratios).toFixed(2)
}
