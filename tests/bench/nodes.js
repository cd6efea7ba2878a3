// Several nodes on PostgreSQL: a sign-out at one, refused at the other, and what more of them bring.
import { createClient, rawRequest } from './client.js'
import { compareAtFullSpeed, inWords } from './comparison.js'
import { readFormToken, startLatchkey } from './latchkey.js'
import { assertStatus, atFullSpeed, inParallel } from './load.js'
import { childrenOf, letUseAllCores } from './machine.js'
import { addPerson, createDatabase, withPostgres } from './postgres.js'
import { table } from './results.js'
import { addSessions, addUsers } from './seed.js'
import { median, quantile } from './statistics.js'

/** @typedef {import('./latchkey.js').Latchkey} Latchkey */
/** @typedef {{ perSecond: number, cpu: number }} Round `cpu`: milliseconds for a thousand answers */

const COUNTS = [1, 2, 4]
/** Connections that use the cookie at the other node while its session ends, and afterwards. */
const LANES = 4

/** @param {{ quick: boolean }} options */
export async function measureNodes({ quick }) {
  return withPostgres(async (server) =>
    [
      '## Several nodes on PostgreSQL',
      await measureEndings(server, { quick }),
      await measureChecks(server, { quick }),
      await measureOnePort(server, { quick }),
    ].join('\n\n'),
  )
}

/** @param {string} server @param {{ quick: boolean }} options */
async function measureEndings(server, { quick }) {
  const [endings, triesEach] = quick ? [20, 10] : [500, 50]
  const database = await createDatabase(server, 'endings')
  const settings = { DATABASE_URL: database }
  const here = await startLatchkey({ settings })
  const there = await startLatchkey({ settings })
  try {
    const secrets = await addPerson(database, 3 * endings + 1)
    const token = await readFormToken(here.origin, here.cookie(secrets.pop()))
    const world = { here, there, token, triesEach }
    const next = () => secrets.splice(0, endings)
    /** @type {[string, Awaited<ReturnType<typeof endAll>>][]} */
    const rows = [
      ['one at a time, used meanwhile', await endAll({ ...world, secrets: next() }, 1, LANES)],
      ['one at a time', await endAll({ ...world, secrets: next() }, 1, 0)],
      ['eight at a time', await endAll({ ...world, secrets: next() }, 8, 0)],
    ]
    return [
      `Somebody signs out at one of two nodes. First while ${LANES} connections use the cookie at the other, and go
on after the answer: none of those tries may be served. Then with nothing else going on. "Ended everywhere within" is the time from the request
to that answer, which comes when both nodes have confirmed.`,
      table(
        [
          'sign-outs',
          'count',
          'served before',
          'tries after',
          'served',
          'ended everywhere within: p50',
          'p99',
        ],
        rows.map(([name, { count, before, tries, after, times }]) => [
          name,
          count,
          before,
          tries,
          after,
          `${quantile(times, 0.5).toFixed(1)} ms`,
          `${quantile(times, 0.99).toFixed(1)} ms`,
        ]),
      ),
    ].join('\n\n')
  } finally {
    await here.stop()
    await there.stop()
  }
}

/**
 * @param {{ here: Latchkey, there: Latchkey, token: string, triesEach: number, secrets: string[] }} world
 * @param {number} atOnce
 * @param {number} lanes connections that use a cookie meanwhile
 */
async function endAll({ here, there, token, triesEach, secrets }, atOnce, lanes) {
  const ending = createClient(here.port)
  const checking = createClient(there.port)
  const result = {
    count: secrets.length,
    before: 0,
    tries: 0,
    after: 0,
    times: /** @type {number[]} */ ([]),
  }
  const left = [...secrets]

  /** @param {string} secret */
  async function end(secret) {
    const check = rawRequest({
      url: `${there.origin}/api/v1/session`,
      headers: there.cookie(secret),
    })
    const form = { formToken: token }
    const url = `${here.origin}/logout`
    const request = rawRequest({ url, headers: here.cookie(secret), form })
    assertStatus(await checking.ask(check), 200)
    let answered = false
    const checks = inParallel(lanes, async () => {
      while (!answered) if ((await checking.ask(check)) === 200) result.before += 1
    })
    const began = performance.now()
    assertStatus(await ending.ask(request), 302)
    result.times.push(performance.now() - began)
    answered = true
    await inParallel(lanes, async () => {
      for (let tries = 0; tries < triesEach; tries += 1) {
        result.tries += 1
        if ((await checking.ask(check)) === 200) result.after += 1
      }
    })
    await checks
  }

  await inParallel(atOnce, async () => {
    for (let secret = left.pop(); secret !== undefined; secret = left.pop()) await end(secret)
  })
  ending.close()
  checking.close()
  return result
}

/** @param {string} server @param {{ quick: boolean }} options */
async function measureChecks(server, { quick }) {
  const load = quick
    ? { connections: 32, rounds: 2, seconds: 0.5, warmUpSeconds: 0.5 }
    : { connections: 32, rounds: 5, seconds: 3, warmUpSeconds: 2 }
  const database = await createDatabase(server, 'checks')
  const onPostgres = await startLatchkey({ settings: { DATABASE_URL: database } })
  const onSqlite = await startLatchkey()
  try {
    const [secret] = await addPerson(database, 1)
    const contestants = {
      PostgreSQL: askedFor(onPostgres, secret),
      SQLite: askedFor(onSqlite, addToSqlite(onSqlite)),
    }
    return [
      `GET /api/v1/session of a session that is in memory, one node on each database: ${inWords(load)}`,
      await compareAtFullSpeed(contestants, load),
    ].join('\n\n')
  } finally {
    await onPostgres.stop()
    await onSqlite.stop()
  }
}

/** @param {Latchkey} server */
function addToSqlite(server) {
  const database = server.openDatabase()
  const [session] = addSessions(database, addUsers(database, 1))
  database.close()
  return session?.secret
}

/** @param {Latchkey} server @param {string | undefined} secret */
const askedFor = ({ pid, origin, cookie }, secret) => ({
  pid,
  url: `${origin}/api/v1/session`,
  headers: cookie(secret),
})

/** @param {string} server @param {{ quick: boolean }} options */
async function measureOnePort(server, { quick }) {
  const load = { connections: 32, seconds: quick ? 0.5 : 2 }
  const rounds = quick ? 2 : 9
  /** @type {Awaited<ReturnType<typeof startNodes>>[]} */
  const contestants = []
  try {
    for (const count of COUNTS) contestants.push(await startNodes(server, count))
    for (const one of contestants) await one.measure({ ...load, seconds: 2 * load.seconds })
    for (let round = 0; round < rounds; round += 1) {
      // What comes after whom must not always be the same.
      for (const contestant of round % 2 === 0 ? contestants : contestants.toReversed()) {
        contestant.taken.push(await contestant.measure(load))
      }
    }
    return [
      `NODES behind one port: the same check over ${load.connections} connections, ${rounds} alternating rounds of
${load.seconds} s, medians. All processes of a server count, also the one that hands out connections. Servers,
PostgreSQL and what asks share all cores.`,
      table(
        ['nodes', 'answers/s', 'CPU ms for 1,000'],
        contestants.map(({ count, taken }) => [
          count,
          median(taken.map(({ perSecond }) => perSecond)).toFixed(0),
          median(taken.map(({ cpu }) => cpu)).toFixed(1),
        ]),
      ),
    ].join('\n\n')
  } finally {
    for (const one of contestants) await one.stop()
  }
}

/** @param {string} server @param {number} count */
async function startNodes(server, count) {
  const database = await createDatabase(server, `port_${count}`)
  const latchkey = await startLatchkey({
    settings: { NODES: String(count), DATABASE_URL: database },
  })
  const pids = [latchkey.pid, ...(count > 1 ? childrenOf(latchkey.pid) : [])]
  pids.forEach(letUseAllCores)
  const [secret] = await addPerson(database, 1)
  const asked = { ...askedFor(latchkey, secret), pid: pids }

  return {
    count,
    taken: /** @type {Round[]} */ ([]),
    stop: latchkey.stop,

    /** @param {Parameters<typeof atFullSpeed>[1]} load @returns {Promise<Round>} */
    async measure(load) {
      const { perSecond, cpu } = await atFullSpeed(asked, load)
      return { perSecond, cpu: cpu * 1000 }
    },
  }
}
