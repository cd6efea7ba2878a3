// How long the administrators' lists take on a large installation: the work of their loaders, past
// the guard, in this process.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { v7 } from 'uuid'
import { BetterSqlite3 as Database } from '../../app/database/sqlite/driver.js'
import { ROOT, seedPeople } from './latchkey.js'
import { openServices } from './open-services.js'
import { table } from './results.js'
import { stored } from './seed.js'
import { quantile } from './statistics.js'

const LIMIT_MS = 50
const DEEP_PAGES = 300
const DAY_MS = 86_400_000
const LOG_DAYS = 365
/** Ignored by git. Delete it to have the databases made anew. */
const FOLDER = path.join(ROOT, 'test-results', 'bench')

/** @typedef {Awaited<ReturnType<typeof openServices>>} OpenServices */
/** @typedef {(at: string | null) => Promise<{ older: string | null }>} ReadPage */

/** @param {{ quick: boolean }} options */
export async function measureLists({ quick }) {
  const [users, events, rounds] = quick ? [2_000, 20_000, 3] : [100_000, 1_000_000, 40]
  const services = await openServices(await bigDatabase({ users, events }))
  try {
    const people = await measureUsers(services, rounds)
    const log = await measureAudit(services, rounds)
    return [
      `## Lists of administrators, with ${users.toLocaleString('en')} users and ${events.toLocaleString('en')} audit events`,
      `A page of 50 in milliseconds, ${rounds} times each; each must stay under ${LIMIT_MS}. The 95th
percentile, of users by what they are sorted by.`,
      table(['/admin/users', ...SORTS, 'page 300'], people),
      table(['/admin/audit', 'newest first', 'before last month', 'page 300'], log),
    ].join('\n\n')
  } finally {
    await services.close()
  }
}

const SORTS = /** @type {const} */ (['name', 'email', 'created', 'active'])

/** @param {OpenServices} services @param {number} rounds */
async function measureUsers({ searchUsers }, rounds) {
  const anybody = { text: '', role: null, state: null }
  /** @type {Record<string, Partial<Parameters<typeof searchUsers>[0]>>} */
  const filters = {
    everybody: {},
    'role user': { role: 'user' },
    'role admin': { role: 'admin' },
    disabled: { state: 'disabled' },
    'disabled administrators': { role: 'admin', state: 'disabled' },
    '“a”': { text: 'a' },
    '“mar”': { text: 'mar' },
    '“ann”': { text: 'ann' },
    '“immermann”': { text: 'immermann' },
    '“example”, disabled': { text: 'example', state: 'disabled' },
    '“zoë zimmermann”': { text: 'zoë zimmermann' },
    '“nobody at all”': { text: 'nobody at all' },
    '“a”, disabled administrators': { text: 'a', role: 'admin', state: 'disabled' },
  }
  const rows = []
  for (const [name, filter] of Object.entries(filters)) {
    /** @param {(typeof SORTS)[number]} sort @returns {ReadPage} */
    const by = (sort) => (at) =>
      searchUsers({ ...anybody, ...filter, sort, descending: sort === 'active', at })
    const row = [name]
    for (const sort of SORTS) row.push(await measure(by(sort), rounds))
    rows.push([...row, await measureDeep(by('name'), rounds)])
  }
  return rows
}

/** @param {OpenServices} services @param {number} rounds */
async function measureAudit({ searchAudit, database }, rounds) {
  const somebody = await database.client.user.findFirstOrThrow()
  const until = new Date(Date.now() - 30 * DAY_MS)
  /** @type {Record<string, Omit<Parameters<typeof searchAudit>[0], 'at'>>} */
  const filters = {
    everything: {},
    'sign-ins': { kind: 'session.started' },
    'deletions (1 in 100)': { kind: 'user.deleted' },
    'a kind that never was': { kind: 'user.exported' },
    'person “a”': { person: 'a' },
    'person “mar”': { person: 'mar' },
    'person “mar”, deletions': { person: 'mar', kind: 'user.deleted' },
    'person “nobody at all”': { person: 'nobody at all' },
    'one’s own events': { userId: somebody.id },
    'one session’s events': { sessionId: somebody.id },
  }
  const rows = []
  for (const [name, filter] of Object.entries(filters)) {
    /** @type {ReadPage} */
    const newest = (at) => searchAudit({ ...filter, at })
    /** @type {ReadPage} */
    const before = (at) => searchAudit({ ...filter, until, at })
    rows.push([
      name,
      await measure(newest, rounds),
      await measure(before, rounds),
      await measureDeep(newest, rounds),
    ])
  }
  return rows
}

/** @param {ReadPage} read @param {number} rounds @param {string | null} [at] */
async function measure(read, rounds, at = null) {
  for (let warmUp = 0; warmUp < 3; warmUp += 1) await read(at)
  const times = []
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now()
    await read(at)
    times.push(performance.now() - began)
  }
  return quantile(times, 0.95).toFixed(1)
}

/** @param {ReadPage} read @param {number} rounds */
async function measureDeep(read, rounds) {
  /** @type {string | null} */
  let at = null
  for (let page = 1; page < DEEP_PAGES; page += 1) {
    at = (await read(at)).older
    if (at === null) return '–'
  }
  return measure(read, rounds, at)
}

/** Made once, which takes minutes. @param {{ users: number, events: number }} sizes its file */
async function bigDatabase({ users, events }) {
  const file = path.join(FOLDER, `${users}-users-${events}-events.db`)
  if (existsSync(file)) return file
  console.error(`Inventing ${users} users and ${events} audit events…`)
  mkdirSync(FOLDER, { recursive: true })
  const draft = `${file}.draft`
  for (const end of ['', '-wal', '-shm', '.exists']) rmSync(draft + end, { force: true })
  await seedPeople(draft, users)
  addEvents(draft, events)
  renameSync(draft, file)
  return file
}

/** @param {string} kind @param {number} times */
const repeat = (kind, times) => Array.from({ length: times }, () => kind)

/** How often things happen, in hundredths. What is left over are deletions. */
const KINDS = [
  ...repeat('session.started', 60),
  ...repeat('session.signed-out', 20),
  ...repeat('session.refused', 12),
  ...repeat('token.created', 4),
  ...repeat('password.changed', 3),
  'user.deleted',
]

/** A year's events, spread evenly over the people there are. @param {string} file @param {number} count */
function addEvents(file, count) {
  const database = new Database(file)
  database.pragma('synchronous = OFF')
  // In kB: the indexes fit, so that entries in random order cost no reading.
  database.pragma('cache_size = -2000000')
  const people = /** @type {{ id: string, name: string, nameKey: string }[]} */ (
    database.prepare(`SELECT "id", "name", "nameKey" FROM "User"`).all()
  )
  const insert = database.prepare(
    `INSERT INTO "AuditEvent" ("id", "at", "kind", "actorId", "actorName", "actorKey", "subjectId",
       "subjectName", "subjectKey", "sessionId", "ip", "details")
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '192.0.2.1', '{}')`,
  )
  const end = Date.now()
  const step = (LOG_DAYS * DAY_MS) / count
  const addAll = database.transaction(() => {
    for (let number = 0; number < count; number += 1) {
      const msecs = Math.floor(end - (count - number) * step)
      const person = people[(number * 7919) % people.length]
      const kind = KINDS[(number * 31) % KINDS.length]
      const who = [person?.id, person?.name, person?.nameKey]
      // Ids within one millisecond keep their order, as the application's do.
      const event = v7({ msecs, seq: number })
      insert.run(event, stored(msecs), kind, ...who, ...who, person?.id)
    }
  })
  addAll()
  // As it stands when a server has closed it.
  database.pragma('wal_checkpoint(TRUNCATE)')
  database.pragma('journal_mode = DELETE')
  database.close()
}
