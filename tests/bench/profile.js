// The profile page of somebody who is signed in, beside the same components with constant data: what
// sign-in, the list of sessions, the form's token and the headers add to making a page.
import assert from 'node:assert/strict'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { compareAtFullSpeed, inWords } from './comparison.js'
import { freePort, ROOT, startLatchkey } from './latchkey.js'
import { pinning, startNode } from './machine.js'
import { addSessions, addUsers } from './seed.js'

const SESSIONS = 3
/** The two pages may differ in what is random in them, and no more. */
const MOST_DIFFERENCE = 0.01

const CONSTANT = fileURLToPath(new URL('constant-pages.js', import.meta.url))
const BUILD = path.join(ROOT, 'build', 'server', 'index.js')
const FIREFOX = {
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
}

/** @typedef {import('./load.js').Asked & { stop: () => Promise<void> }} Page */

/** @param {{ quick: boolean }} options */
export async function measureProfile({ quick }) {
  const load = quick
    ? { connections: 4, rounds: 2, seconds: 1, warmUpSeconds: 1 }
    : { connections: 4, rounds: 5, seconds: 3, warmUpSeconds: 5 }
  const { sessionIds, ...latchkey } = await startSignedIn()
  const constant = await startConstant(sessionIds)
  try {
    await assertAlike(latchkey, constant)
    return [
      '## The profile page',
      `/profile of somebody with ${SESSIONS} sessions, against the same components with constant data
and no sign-in: ${inWords(load)} ${pinning}`,
      await compareAtFullSpeed({ Latchkey: latchkey, 'constant data': constant }, load),
      'To reach: 0.85.',
    ].join('\n\n')
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
  database.close()
  return {
    pid: server.pid,
    stop: server.stop,
    url: `${server.origin}/profile`,
    headers: { ...FIREFOX, ...server.cookie(sessions[0]?.secret) },
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
    [real, constant].map(async ({ url, headers = {} }) => (await fetch(url, { headers })).text()),
  )
  for (const text of [a, b]) assert.match(text ?? '', /Sign out of 2 other sessions/)
  const [ours = 0, theirs = 0] = [a?.length, b?.length]
  assert.ok(Math.abs(ours / theirs - 1) < MOST_DIFFERENCE, `${ours} and ${theirs} characters`)
}
