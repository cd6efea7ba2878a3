// Checks, lists and endings with a million sessions in the table, and with a thousand.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { BetterSqlite3 as Database } from '../../app/database/sqlite/driver.js'
import { openServices } from './open-services.js'
import { table } from './results.js'
import { addSessions, addUsers } from './seed.js'
import { median, quantile } from './statistics.js'

/** Past the cap of 100, for one person. */
const OF_ONE_PERSON = 1000
const OF_THE_OTHERS = 100
const SMALL = 1000
const LARGE = 1_000_000
const COLD_CHECKS = 500
const WARM_CHECKS = 20_000
const ROUNDS = 7
const OPERATIONS = 40
const ENDINGS = 30
const LIMIT_MS = 20

/**
 * @typedef {object} Installation
 * @property {any} services
 * @property {string} person who has a thousand sessions
 * @property {string[]} secrets of sessions of as many people as there are
 * @property {Database.Database} database
 * @property {Record<string, number[]>} times in milliseconds
 */

export async function measureSessions() {
  const folder = await mkdtemp(path.join(tmpdir(), 'latchkey-bench-'))
  /** @type {Installation[]} */
  const installations = []
  try {
    for (const rows of [SMALL, LARGE]) {
      installations.push(await install(path.join(folder, `${rows}.db`), rows))
    }
    for (const installation of installations) await checkCold(installation)
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const installation of installations) await checkWarm(installation)
    }
    for (const installation of installations) await operate(installation)
    return describe(installations)
  } finally {
    for (const { services, database } of installations) {
      database.close()
      await services.close()
    }
    await rm(folder, { recursive: true, force: true })
  }
}

/** @param {string} file @param {number} rows @returns {Promise<Installation>} */
async function install(file, rows) {
  console.error(`Seeding ${rows} sessions…`)
  // Makes the tables. Filling them would have everything written twice while the services are open.
  await (await openServices(file)).close()
  const database = new Database(file)
  // Only the seeding is in a hurry, and only this connection.
  database.pragma('synchronous = OFF')
  database.pragma('cache_size = -1000000')
  const [person = ''] = addUsers(database, 1, { prefix: 'many' })
  addSessions(
    database,
    Array.from({ length: OF_ONE_PERSON }, () => person),
  )
  const others = addUsers(database, (rows - OF_ONE_PERSON) / OF_THE_OTHERS)
  /** @type {string[]} */
  const secrets = []
  for (const other of others) {
    const [session] = addSessions(
      database,
      Array.from({ length: OF_THE_OTHERS }, () => other),
    )
    if (session) secrets.push(session.secret)
  }
  if (secrets.length === 0) {
    const more = addSessions(
      database,
      Array.from({ length: COLD_CHECKS }, () => person),
    )
    secrets.push(...more.map(({ secret }) => secret))
  }
  const services = await openServices(file)
  const times = { cold: [], warm: [], list: [], count: [], endOthers: [] }
  return { services, database, person, secrets: secrets.slice(0, COLD_CHECKS), times }
}

/** The first check of a session reads its row. @param {Installation} installation */
async function checkCold({ services, secrets, times }) {
  for (const secret of secrets)
    times.cold?.push(await timed(() => services.sessions.verify(secret)))
}

/** @param {Installation} installation */
async function checkWarm({ services, secrets, times }) {
  const { verify } = services.sessions
  for (const secret of secrets) await verify(secret)
  const all = await timed(async () => {
    for (let count = 0; count < WARM_CHECKS; count += 1)
      await verify(secrets[count % secrets.length])
  })
  times.warm?.push(all / WARM_CHECKS)
}

/** @param {Installation} installation */
async function operate({ services, database, person, times }) {
  const { list, countActive, endOthers } = services.sessions
  for (let count = 0; count < OPERATIONS; count += 1) {
    times.list?.push(await timed(() => list({ userId: person })))
    times.count?.push(await timed(() => countActive({ userId: person })))
  }
  for (let count = 0; count < ENDINGS; count += 1) {
    const missing = OF_ONE_PERSON - (await countActive({ userId: person }))
    const added = addSessions(
      database,
      Array.from({ length: Math.max(1, missing) }, () => person),
    )
    const viewer = await services.sessions.verify(added[0]?.secret)
    const ending = () => endOthers({ viewer, ip: '192.0.2.1' })
    times.endOthers?.push(await timed(ending))
  }
}

/** @param {() => Promise<unknown>} work @returns {Promise<number>} milliseconds */
async function timed(work) {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** @param {Installation[]} installations */
function describe([small, large]) {
  /** @param {string} what @param {string} name */
  const row = (what, name) => [
    what,
    ...[small, large].flatMap((installation) => {
      const times = installation?.times[name] ?? []
      return [median(times).toFixed(3), quantile(times, 0.95).toFixed(3)]
    }),
  ]
  const warm = median(large?.times.warm ?? []) / median(small?.times.warm ?? [])
  return [
    `## ${LARGE.toLocaleString('en')} sessions, beside ${SMALL.toLocaleString('en')}`,
    `The work of the services in milliseconds, in this process. The person whose sessions are listed,
counted and ended (all but one) has ${OF_ONE_PERSON.toLocaleString('en')} of them, past the cap of 100. Each operation is to stay under
${LIMIT_MS}, and a warm check to take the same time in both: ${warm.toFixed(2)} times.`,
    table(
      ['', 'of 1,000', 'p95', 'of 1,000,000', 'p95'],
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
