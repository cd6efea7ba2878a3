// The profile page of somebody who is signed in, beside the same components with constant data: what
// sign-in, the list of sessions, the form's token and the headers add to making a page.
import assert from 'node:assert/strict'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { decode } from 'turbo-stream'
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
  const latchkey = await startSignedIn()
  const constant = await startConstant(latchkey)
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
  }
}

/** @param {import('./load.js').Asked} real @returns {Promise<Page>} */
async function startConstant(real) {
  const port = await freePort()
  const { pid, stop } = await startNode([CONSTANT], {
    cwd: ROOT,
    env: { PORT: String(port), BUILD, DATA: JSON.stringify(await loaded(real)) },
  })
  return { pid, stop, headers: FIREFOX, url: `http://127.0.0.1:${port}/profile` }
}

/**
 * What the loaders of the real page answer, by their routes: what its scripts ask for.
 *
 * @param {import('./load.js').Asked} real
 */
async function loaded({ url, headers = {} }) {
  const { body } = await fetch(`${url}.data`, { headers })
  assert.ok(body)
  const { value } = await decode(body)
  const routes = /** @type {Record<string, { data: unknown }>} */ (value)
  return Object.fromEntries(Object.entries(routes).map(([id, { data }]) => [id, data]))
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
