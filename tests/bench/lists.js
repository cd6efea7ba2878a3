// How long the administrators' lists take on a large installation: the work of their loaders, past
// the guard, in this process.
import process from 'node:process'
import { bigDatabase } from './big-database.js'
import { openServices } from './open-services.js'
import { table } from './results.js'
import { median, quantile } from './statistics.js'

const ROUNDS = 60
const WARM_UP = 5
const LIMIT_MS = 50
const DEEP_PAGES = 300

/** @typedef {{ newer: string | null, older: string | null }} Page */
/** @typedef {(at: string | null) => Promise<Page>} ReadPage */
/** @typedef {{ what: string, read: ReadPage, isDeep?: boolean }} Case */

export async function measureLists() {
  const file = await bigDatabase()
  const services = await openServices(file)
  try {
    const people = await measureAll(userCases(services))
    const events = await measureAll(auditCases(services))
    return [
      '## Lists of administrators, with 100,000 users and 1,000,000 audit events',
      `A page of 50 in milliseconds, ${ROUNDS} times each; each must stay under ${LIMIT_MS}. CPU is the mean.`,
      table(['/admin/users', 'median', 'p95', 'CPU'], people),
      table(['/admin/audit', 'median', 'p95', 'CPU'], events),
    ].join('\n\n')
  } finally {
    await services.close()
  }
}

/** @param {any} services @returns {Case[]} */
function userCases({ searchUsers }) {
  const anybody = { beginning: '', role: null, state: null, sort: 'name', descending: false }
  /** @param {Record<string, unknown>} query @returns {ReadPage} */
  const asking = (query) => (at) => searchUsers({ ...anybody, ...query, at })
  const sorts = ['name', 'email', 'created', 'active']
  return [
    ...sorts.flatMap((sort) => [
      { what: `by ${sort}`, read: asking({ sort }) },
      { what: `by ${sort}, descending`, read: asking({ sort, descending: true }) },
      { what: `by ${sort}, page ${DEEP_PAGES}`, read: asking({ sort }), isDeep: true },
    ]),
    ...['user', 'admin'].map((role) => ({ what: `role ${role}`, read: asking({ role }) })),
    ...['enabled', 'disabled'].map((state) => ({ what: state, read: asking({ state }) })),
    { what: 'disabled administrators', read: asking({ role: 'admin', state: 'disabled' }) },
    {
      what: 'disabled users, by activity',
      read: asking({ role: 'user', state: 'disabled', sort: 'active', descending: true }),
    },
    {
      what: 'enabled users, by activity',
      read: asking({ role: 'user', state: 'enabled', sort: 'active', descending: true }),
    },
    ...['a', 'mar', 'maria r', 'zoë zimmermann', 'z@', 'nobody at all'].flatMap((beginning) =>
      sorts.map((sort) => ({
        what: `“${beginning}”, by ${sort}`,
        read: asking({ beginning, sort, descending: sort === 'active' }),
      })),
    ),
    { what: '“a”, disabled', read: asking({ beginning: 'a', state: 'disabled' }) },
    { what: '“a”, administrators', read: asking({ beginning: 'a', role: 'admin' }) },
    {
      what: '“a”, disabled administrators, by activity',
      read: asking({ beginning: 'a', role: 'admin', state: 'disabled', sort: 'active' }),
    },
  ]
}

/** @param {any} services @returns {Case[]} */
function auditCases({ searchAudit, database }) {
  /** @param {Record<string, unknown>} query @returns {ReadPage} */
  const asking = (query) => (at) => searchAudit({ ...query, at })
  /** @returns {Promise<string>} */
  const somebody = async () => (await database.client.user.findFirst()).id
  const month = new Date(Date.now() - 30 * 86_400_000)
  const week = new Date(Date.now() - 7 * 86_400_000)
  return [
    { what: 'everything', read: asking({}) },
    { what: `everything, page ${DEEP_PAGES}`, read: asking({}), isDeep: true },
    { what: 'a week of last month', read: asking({ from: month, until: week }) },
    { what: 'before last month', read: asking({ until: month }) },
    { what: 'sign-ins', read: asking({ kind: 'session.started' }) },
    { what: 'deletions (1 in 100)', read: asking({ kind: 'user.deleted' }) },
    { what: 'deletions before last month', read: asking({ kind: 'user.deleted', until: month }) },
    { what: 'a kind that never was', read: asking({ kind: 'user.exported' }) },
    ...['a', 'mar', 'zoë zimmermann', 'nobody at all'].map((person) => ({
      what: `person “${person}”`,
      read: asking({ person }),
    })),
    { what: 'person “mar”, deletions', read: asking({ person: 'mar', kind: 'user.deleted' }) },
    {
      what: 'person “nobody at all”, sign-ins, before last month',
      read: asking({ person: 'nobody at all', kind: 'session.started', until: month }),
    },
    {
      what: 'one’s own events',
      read: async (at) => searchAudit({ userId: await somebody(), at }),
    },
    {
      what: 'one session’s events',
      read: async (at) => searchAudit({ sessionId: await somebody(), at }),
    },
  ]
}

/** @param {Case[]} cases */
async function measureAll(cases) {
  const rows = []
  for (const { what, read, isDeep } of cases) {
    const at = isDeep ? await walk(read, DEEP_PAGES) : null
    const row = [what, ...(await measure(() => read(at)))]
    console.error(row.join('  '))
    rows.push(row)
  }
  return rows
}

/** @param {() => Promise<unknown>} work */
async function measure(work) {
  for (let round = 0; round < WARM_UP; round += 1) await work()
  const cpuBefore = process.cpuUsage()
  const times = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now()
    await work()
    times.push(performance.now() - began)
  }
  const { user, system } = process.cpuUsage(cpuBefore)
  const cpu = (user + system) / 1000 / ROUNDS
  return [median(times), quantile(times, 0.95), cpu].map((time) => time.toFixed(1))
}

/** @param {ReadPage} read @param {number} pages */
async function walk(read, pages) {
  /** @type {string | null} */
  let at = null
  for (let page = 1; page < pages; page += 1) at = (await read(at)).older
  return at
}
