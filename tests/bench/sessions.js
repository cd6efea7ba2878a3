// Checks, lists and endings with a million sessions in the table, and with few.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { BetterSqlite3 as Database } from '../../app/database/sqlite/driver.js'
import { openServices } from './open-services.js'
import { table } from './results.js'
import { addSessions, addUsers } from './seed.js'
import { median, quantile } from './statistics.js'

/** Past the cap of 100, for the one person whose sessions are listed and ended. */
const OF_ONE_PERSON = 1000
/** Of as many people, to be checked. */
const CHECKED = 500
const OF_EACH_STRANGER = 100
const WARM_CHECKS = 20_000

/**
 * @typedef {object} Installation
 * @property {Awaited<ReturnType<typeof openServices>>} services
 * @property {string} person
 * @property {string[]} secrets of the sessions to check
 * @property {Database.Database} database
 * @property {Record<'cold' | 'warm' | 'list' | 'count' | 'endOthers', number[]>} times in milliseconds
 */

/** @param {{ quick: boolean }} options */
export async function measureSessions({ quick }) {
  const [more, rounds] = quick ? [20_000, 3] : [1_000_000, 30]
  const folder = await mkdtemp(path.join(tmpdir(), 'latchkey-bench-'))
  /** @type {Installation[]} */
  const installations = []
  try {
    installations.push(await install(path.join(folder, 'few.db'), 0))
    installations.push(await install(path.join(folder, 'many.db'), more))
    for (const installation of installations) await checkCold(installation)
    for (let round = 0; round < rounds; round += 1) {
      for (const installation of installations) await operate(installation)
    }
    return describe(installations, more)
  } finally {
    for (const { services, database } of installations) {
      database.close()
      await services.close()
    }
    await rm(folder, { recursive: true, force: true })
  }
}

/** @param {string} file @param {number} more sessions, of strangers @returns {Promise<Installation>} */
async function install(file, more) {
  // Makes the tables. Filling them would have everything written twice while the services are open.
  await (await openServices(file)).close()
  const database = new Database(file)
  // Only the seeding is in a hurry, and only this connection.
  database.pragma('synchronous = OFF')
  database.pragma('cache_size = -1000000')
  const [person = ''] = addUsers(database, 1, { prefix: 'many' })
  addSessions(database, Array(OF_ONE_PERSON).fill(person))
  const checked = addSessions(database, addUsers(database, CHECKED, { prefix: 'checked' }))
  for (const stranger of addUsers(database, more / OF_EACH_STRANGER)) {
    addSessions(database, Array(OF_EACH_STRANGER).fill(stranger))
  }
  const secrets = checked.map(({ secret }) => secret)
  const times = { cold: [], warm: [], list: [], count: [], endOthers: [] }
  return { services: await openServices(file), database, person, secrets, times }
}

/** The first check of a session reads its row. @param {Installation} installation */
async function checkCold({ services, secrets, times }) {
  for (const secret of secrets) times.cold.push(await timed(() => services.sessions.verify(secret)))
}

/** @param {Installation} installation */
async function operate({ services, database, person, secrets, times }) {
  const { verify, endOthers } = services.sessions
  // Forgotten when the round before wrote.
  for (const secret of secrets) await verify(secret)
  const checks = await timed(async () => {
    for (let count = 0; count < WARM_CHECKS; count += 1) await verify(secrets[count % CHECKED])
  })
  times.warm.push(checks / WARM_CHECKS)
  times.list.push(await timed(() => services.sessions.list({ userId: person })))
  times.count.push(await timed(() => services.sessions.countActive({ userId: person })))

  const missing = OF_ONE_PERSON - (await services.sessions.countActive({ userId: person }))
  const added = addSessions(database, Array(Math.max(1, missing)).fill(person))
  const viewer = await verify(added[0]?.secret)
  if (!viewer) throw new Error('The session that was just added opens nothing')
  times.endOthers.push(await timed(() => endOthers({ viewer, ip: '192.0.2.1' })))
}

/** @param {() => Promise<unknown>} work @returns {Promise<number>} milliseconds */
async function timed(work) {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** @param {Installation[]} installations @param {number} more */
function describe(installations, more) {
  /** @param {string} what @param {keyof Installation['times']} name */
  const row = (what, name) => [
    what,
    ...installations.flatMap(({ times }) => [
      median(times[name]).toFixed(3),
      quantile(times[name], 0.95).toFixed(3),
    ]),
  ]
  const [few = NaN, many = NaN] = installations.map(({ times }) => median(times.warm))
  return [
    `## ${more.toLocaleString('en')} sessions`,
    `The work of the services in milliseconds, in this process, beside an installation without those.
The person whose sessions are listed, counted and ended (all but one) has ${OF_ONE_PERSON} of them, past the cap
of 100. Each operation is to stay under 20, and a warm check to take the same time in both:
${(many / few).toFixed(2)} times.`,
    table(
      ['', 'few', 'p95', more.toLocaleString('en'), 'p95'],
      [
        row('check, cold', 'cold'),
        row('check, warm', 'warm'),
        row('list', 'list'),
        row('count', 'count'),
        row('end others', 'endOthers'),
      ],
    ),
  ].join('\n\n')
}
