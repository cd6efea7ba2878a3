// Whether a cookie opens anything after the answer to the ending of its session, however busy it was.
import path from 'node:path'
import { alterBuild } from '../support/altered-build.js'
import { createClient, rawRequest } from './client.js'
import { readFormToken, startLatchkey } from './latchkey.js'
import { assertStatus, inParallel } from './load.js'
import { table } from './results.js'
import { addSessions, addToken, addUsers } from './seed.js'

/** @typedef {import('../support/altered-build.js').Alteration} Alteration */

/** Connections that use the cookie while its session ends, and afterwards. */
const LANES = 4
/** Longer than an ending takes. */
const SLOW_READ_MS = 500

/** @type {Alteration} */
const SLOW_READS = [
  'const entry = await read();\n',
  `const entry = await read();
    await new Promise((done) => setTimeout(done, ${SLOW_READ_MS}));\n`,
]
/** @type {Alteration} */
const GUARD_OFF = ['guardReads = true', 'guardReads = false']

/**
 * How often a cookie was served before and after the answer to the ending.
 *
 * @typedef {{ endings: number, before: number, tries: number, after: number }} Served
 */

/** @param {{ quick: boolean }} options */
export async function measureSignOut({ quick }) {
  const [many, few] = quick ? [20, 10] : [500, 40]
  /** @type {[string, Served][]} */
  const rows = [
    ['remembered, signs out', await endSessions(signOut, { count: many, triesEach: 25 })],
    ['read meanwhile, slowly', await endAltered([SLOW_READS], { count: few, triesEach: 10 })],
    [
      'the same, guard off',
      await endAltered([SLOW_READS, GUARD_OFF], { count: few, triesEach: 10 }),
    ],
  ]
  return [
    '## Checks after an answered sign-out',
    `Cookies are checked on ${LANES} connections while their sessions end, and again and again after the
answer to the ending: none of those may be served. First by people who sign out, and whose cookies
are remembered since they were in use all along. Then by an administrator who deletes them, when
their cookies are used for the first time: reads that saw the row before the ending come back after
it, and must not be remembered. A read of SQLite is over too soon for that to be seen, so there reads
take ${SLOW_READ_MS} ms longer. The guard against it is off once, by a change of the built server, to show that
its absence is noticed.`,
    table(
      ['cookie', 'endings', 'served before', 'tries after', 'served'],
      rows.map(([name, { endings, before, tries, after }]) => [
        name,
        endings,
        before,
        tries,
        after,
      ]),
    ),
  ].join('\n\n')
}

/**
 * Somebody's session, and the request that ends it.
 *
 * @typedef {(server: import('./latchkey.js').Latchkey, count: number) =>
 *   Promise<{ check: Buffer, ending: Buffer }[]>} Prepare
 */

/** @type {Prepare} */
async function signOut(server, count) {
  const database = server.openDatabase()
  const sessions = addSessions(database, addUsers(database, count))
  database.close()
  const prepared = []
  for (const { secret } of sessions) {
    const cookie = server.cookie(secret)
    const form = { formToken: await readFormToken(server.origin, cookie) }
    const ending = rawRequest({ url: `${server.origin}/logout`, headers: cookie, form })
    prepared.push({ check: checkOf(server, cookie), ending })
  }
  return prepared
}

/** @type {Prepare} */
async function deleteUser(server, count) {
  const database = server.openDatabase()
  const [administrator = ''] = addUsers(database, 1, { role: 'admin', prefix: 'admin' })
  const token = addToken(database, administrator, 'users:write')
  const people = addUsers(database, count)
  const sessions = addSessions(database, people)
  database.close()
  return people.map((id, index) => ({
    check: checkOf(server, server.cookie(sessions[index]?.secret)),
    ending: rawRequest({
      method: 'DELETE',
      url: `${server.origin}/api/v1/users/${id}`,
      headers: { Authorization: `Bearer ${token}` },
    }),
  }))
}

/** @param {import('./latchkey.js').Latchkey} server @param {{ Cookie: string }} headers */
const checkOf = ({ origin }, headers) => rawRequest({ url: `${origin}/api/v1/session`, headers })

/** @param {Alteration[]} alterations @param {{ count: number, triesEach: number }} howOften */
async function endAltered(alterations, howOften) {
  const { build, remove } = alterBuild(...alterations)
  try {
    return await endSessions(deleteUser, { ...howOften, built: path.join(build, 'node') })
  } finally {
    remove()
  }
}

/**
 * @param {Prepare} prepare
 * @param {{ count: number, triesEach: number, built?: string }} options
 * @returns {Promise<Served>}
 */
async function endSessions(prepare, { count, triesEach, ...options }) {
  const server = await startLatchkey(options)
  const client = createClient(server.port)
  const served = { endings: count, before: 0, tries: 0, after: 0 }
  try {
    for (const { check, ending } of await prepare(server, count)) {
      let answered = false
      const checks = inParallel(LANES, async () => {
        while (!answered) if ((await client.ask(check)) === 200) served.before += 1
      })
      const status = await client.ask(ending)
      answered = true
      if (status !== 200) assertStatus(status, 302)
      await checks
      await inParallel(LANES, async () => {
        for (let tries = 0; tries < triesEach; tries += 1) {
          served.tries += 1
          if ((await client.ask(check)) === 200) served.after += 1
        }
      })
    }
    return served
  } finally {
    client.close()
    await server.stop()
  }
}
