// The profile page of somebody who is signed in, beside the same components with constant data: what
// sign-in, the list of sessions, the form's token and the headers add to making a page.
import assert from 'node:assert/strict'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, ROOT, startLatchkey } from './latchkey.js'
import { cpuTime, pinning, runLoad, startNode } from './processes.js'
import { sessionCookie } from './raw-client.js'
import { table } from './results.js'
import { addSessions, addUsers } from './seed.js'
import { median } from './statistics.js'

const ROUNDS = 11
const SECONDS = 4
const WARM_UP_SECONDS = 8
const CONNECTIONS = 4
const SESSIONS = 3
/** The two pages may differ in what is random in them, and no more. */
const MOST_DIFFERENCE = 0.01

const LOAD = fileURLToPath(new URL('page-load.js', import.meta.url))
const CONSTANT = fileURLToPath(new URL('constant-pages.js', import.meta.url))
const BUILD = path.join(ROOT, 'build', 'server', 'index.js')
const FIREFOX = {
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
}

/** @typedef {{ pid: number, url: string, headers: Record<string, string>, stop: () => Promise<void> }} Page */
/** @typedef {{ perSecond: number, cpu: number }} Round */

export async function measureProfile() {
  const latchkey = await startSignedIn()
  const constant = await startConstant(latchkey.sessionIds)
  try {
    await assertAlike(latchkey, constant)
    for (const page of [latchkey, constant]) await ask(page, WARM_UP_SECONDS)
    /** @type {[Round, Round][]} */
    const rounds = []
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push([await ask(latchkey), await ask(constant)])
    }
    return describe(rounds)
  } finally {
    await latchkey.stop()
    await constant.stop()
  }
}

/** As people run it, with a line in the log for each page. */
async function startSignedIn() {
  const server = await startLatchkey({ settings: { LOG_LEVEL: 'info' }, quiet: true })
  const database = server.openDatabase()
  const [userId = ''] = addUsers(database, 1)
  const sessions = addSessions(database, Array(SESSIONS).fill(userId))
  const { port } = new URL(server.origin)
  database.close()
  return {
    ...server,
    url: `${server.origin}/profile`,
    headers: { ...FIREFOX, Cookie: sessionCookie(port, sessions[0]?.secret) },
    sessionIds: sessions.map(({ id }) => id),
  }
}

/** @param {string[]} sessionIds @returns {Promise<Page>} */
async function startConstant(sessionIds) {
  const port = await freePort()
  const { pid, stop } = await startNode([CONSTANT], {
    cwd: ROOT,
    env: { PORT: String(port), BUILD, DATA: JSON.stringify(constantData(sessionIds)) },
  })
  return { pid, stop, headers: FIREFOX, url: `http://127.0.0.1:${port}/profile` }
}

/** What the loaders of the real page answer, by their routes. @param {string[]} sessionIds */
function constantData(sessionIds) {
  const now = new Date()
  const [name, email] = ['Ada Lovelace', 'person-0@example.com']
  const formToken = { name: 'formToken', value: `${'x'.repeat(22)}.${'y'.repeat(43)}` }
  const page = { viewer: { name, email, isAdmin: false }, formToken }
  const session = { ip: '192.0.2.1', createdAt: now, lastSeenAt: now }
  const device = { browser: 'Firefox', system: 'Linux', kind: 'desktop' }
  return {
    root: { now: now.getTime(), sessionId: sessionIds[0], page },
    'routes/profile': {
      ...{ name, email, otherSessions: sessionIds.length - 1 },
      sessions: sessionIds.map((id, index) => ({
        ...{ id, isCurrent: index === 0 },
        ...session,
        ...device,
      })),
    },
  }
}

/** @param {Page} real @param {Page} constant */
async function assertAlike(real, constant) {
  const [a, b] = await Promise.all(
    [real, constant].map(async ({ url, headers }) => (await fetch(url, { headers })).text()),
  )
  for (const text of [a, b]) assert.match(text ?? '', /Sign out of 2 other sessions/)
  const [ours = 0, theirs = 0] = [a?.length, b?.length]
  assert.ok(Math.abs(ours / theirs - 1) < MOST_DIFFERENCE, `${ours} and ${theirs} characters`)
}

/** @param {Page} page @returns {Promise<Round>} */
async function ask({ pid, url, headers }, seconds = SECONDS) {
  const before = cpuTime(pid)
  /** @type {{ answers: number, seconds: number }} */
  const load = await runLoad(LOAD, { url, headers, seconds, connections: CONNECTIONS })
  const cpu = (cpuTime(pid) - before) / load.answers
  return { perSecond: load.answers / load.seconds, cpu }
}

/** @param {[Round, Round][]} rounds */
function describe(rounds) {
  /** @param {0 | 1} which @param {string} name @param {string[]} ratios */
  const row = (which, name, ratios) => [
    name,
    median(rounds.map((round) => round[which].perSecond)).toFixed(0),
    median(rounds.map((round) => round[which].cpu)).toFixed(2),
    ...ratios,
  ]
  const speed = median(rounds.map(([ours, theirs]) => ours.perSecond / theirs.perSecond))
  const cpu = median(rounds.map(([ours, theirs]) => theirs.cpu / ours.cpu))
  return [
    '## The profile page',
    `/profile of somebody with ${SESSIONS} sessions, against the same components with constant data
and no sign-in: ${CONNECTIONS} connections, ${ROUNDS} alternating rounds of ${SECONDS} s, medians;
ratios are medians of the ratios within a round. ${pinning}`,
    table(
      ['', 'pages/s', 'CPU ms each', '× its pages/s', '… by CPU time'],
      [
        row(0, 'Latchkey, signed in', [speed.toFixed(2), cpu.toFixed(2)]),
        row(1, 'constant data', ['1', '1']),
      ],
    ),
    'To reach: 0.85.',
  ].join('\n\n')
}
