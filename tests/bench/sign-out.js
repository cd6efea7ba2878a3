// Whether a cookie opens anything after the answer to its sign-out, however busy it was.
import { fileURLToPath } from 'node:url'
import { buildAltered } from './altered-build.js'
import { startLatchkey } from './latchkey.js'
import { pinning, runLoad } from './processes.js'
import { table } from './results.js'
import { addSessions, addUsers } from './seed.js'

const LANES = 4
/** Longer than from a commit to its telling, which waits for the disk. */
const SLOW_READ_MS = 20
const GENERATOR = fileURLToPath(new URL('sign-out-load.js', import.meta.url))

const DEAF = {
  file: 'accounts/sessions/sessions.ts',
  from: '    forget(revocation, cache, activity)\n',
  to: '    void [revocation, cache, activity]\n',
}
const SLOW_READS = {
  file: 'accounts/sessions/verify.ts',
  from: '    if (!row || !isUsable(row.user)) return null\n',
  to: `    await new Promise((done) => setTimeout(done, ${SLOW_READ_MS}))
    if (!row || !isUsable(row.user)) return null\n`,
}
const UNGUARDED_FILLS = {
  file: 'accounts/sessions/cache.ts',
  from: 'guardFills = true',
  to: 'guardFills = false',
}

/**
 * @typedef {{ endings: number, tries: number, served: number, endingsServed: number,
 *   servedBefore: number }} Outcome
 * @typedef {{ hot: boolean, count: number, triesEach: number, built?: string }} Case
 */

export async function measureSignOut() {
  const deaf = await buildAltered('deaf', [DEAF])
  const slow = await buildAltered('slow', [SLOW_READS])
  const unguarded = await buildAltered('unguarded', [SLOW_READS, UNGUARDED_FILLS])
  const hot = { hot: true, count: 1000, triesEach: 100 }
  const cold = { hot: false, count: 250, triesEach: 40 }
  /** @type {[string, Case][]} */
  const cases = [
    ['in use all along', hot],
    ['the same, cache not told of endings', { ...hot, count: 50, built: deaf }],
    ['first used during the ending, slow reads', { ...cold, built: slow }],
    ['the same, late fills not refused', { ...cold, built: unguarded }],
  ]
  const rows = []
  for (const [name, options] of cases) rows.push([name, ...cells(await endSessions(options))])
  return [
    '## Checks after an answered sign-out',
    `Cookies are checked on ${LANES} connections while their sessions end, and again and again after the
answer to the ending: none of those may be served. A cookie that was in use all along is remembered
when its own sign-out ends it. One that is first used then is ended by another session of its person,
so that checks have read the row before the ending and would remember it after; a read of SQLite is
over too soon for that to be seen, so there reads take ${SLOW_READ_MS} ms longer. Each guard is off once, by a
change of the source, to show that its absence is noticed. ${pinning}`,
    table(['cookie', 'endings', 'served before', 'tries after', 'served', 'in endings'], rows),
  ].join('\n\n')
}

/** @param {Case} options */
async function endSessions({ hot, built, count, triesEach }) {
  const server = await startLatchkey({ ...(built !== undefined && { built }) })
  try {
    const database = server.openDatabase()
    const people = addUsers(database, count)
    const endings = people.map((person) => (hot ? ownSignOut : endOthers)(database, person))
    database.close()
    /** @type {Outcome} */
    const outcome = await runLoad(GENERATOR, { port: server.port, endings, hot, triesEach })
    console.error(JSON.stringify(outcome))
    return outcome
  } finally {
    await server.stop()
  }
}

/** @param {import('better-sqlite3').Database} database @param {string} person */
function ownSignOut(database, person) {
  const by = addSessions(database, [person])[0]?.secret ?? ''
  return { by, path: '/logout', fields: {}, cookies: Array.from({ length: LANES }, () => by) }
}

/** @param {import('better-sqlite3').Database} database @param {string} person */
function endOthers(database, person) {
  const others = Array.from({ length: LANES }, () => person)
  const [by = '', ...cookies] = addSessions(database, [person, ...others]).map(
    ({ secret }) => secret,
  )
  return {
    by,
    path: '/profile',
    fields: { intent: 'sign-out-of-sessions', confirmed: 'yes' },
    cookies,
  }
}

/** @param {Outcome} outcome */
const cells = ({ endings, servedBefore, tries, served, endingsServed }) => [
  endings,
  servedBefore,
  tries,
  served,
  endingsServed,
]
