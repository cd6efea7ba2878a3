// The session check of one, two and four nodes that share a port.
import { readFileSync } from 'node:fs'
import process from 'node:process'
import pg from 'pg'
import { cookiesOf, startLatchkey } from './latchkey.js'
import { atFullSpeed } from './load.js'
import { cpuTime, letUseAllCores } from './machine.js'
import { table } from './results.js'
import { median } from './statistics.js'

const COUNTS = [1, 2, 4]

/** @typedef {{ perSecond: number, cpu: number }} Round `cpu`: milliseconds for a thousand answers */

/** @param {{ quick: boolean }} options */
export async function measureNodes({ quick }) {
  const { TEST_POSTGRES: postgres } = process.env
  if (!postgres) return `${HEADING}\n\nNot measured: TEST_POSTGRES names no PostgreSQL server.`
  const load = { connections: 32, seconds: quick ? 0.5 : 2 }
  const rounds = quick ? 2 : 9
  /** @type {Awaited<ReturnType<typeof startNodes>>[]} */
  const contestants = []
  try {
    for (const count of COUNTS) contestants.push(await startNodes(postgres, count))
    for (const one of contestants) await one.measure({ ...load, seconds: 2 * load.seconds })
    for (let round = 0; round < rounds; round += 1) {
      // What comes after whom must not always be the same.
      for (const contestant of round % 2 === 0 ? contestants : contestants.toReversed()) {
        contestant.taken.push(await contestant.measure(load))
      }
    }
    return [
      HEADING,
      `GET /api/v1/session with a cookie over ${load.connections} connections, ${rounds} alternating rounds of
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

const HEADING = '## Several nodes behind one port'

/** @param {string} postgres @param {number} count */
async function startNodes(postgres, count) {
  const name = `latchkey_bench_${count}`
  const url = Object.assign(new URL(postgres), { pathname: name }).href
  await query(postgres, `DROP DATABASE IF EXISTS ${name}`)
  await query(postgres, `CREATE DATABASE ${name}`)
  const settings = { NODES: String(count), DATABASE_URL: url, SIGNUP: 'open' }
  const server = await startLatchkey({ settings })
  const pids = [server.pid, ...(count > 1 ? childrenOf(server.pid) : [])]
  pids.forEach(letUseAllCores)
  await query(url, ADD_ADMINISTRATOR)
  const headers = await signUp(server)
  const asked = { pid: server.pid, url: `${server.origin}/api/v1/session`, headers }

  return {
    count,
    taken: /** @type {Round[]} */ ([]),

    /** @param {Parameters<typeof atFullSpeed>[1]} load @returns {Promise<Round>} */
    async measure(load) {
      const before = allCpuTime(pids)
      const { perSecond } = await atFullSpeed(asked, load)
      return { perSecond, cpu: ((allCpuTime(pids) - before) * 1000) / (perSecond * load.seconds) }
    },

    async stop() {
      await server.stop()
      await query(postgres, `DROP DATABASE ${name}`)
    },
  }
}

/** Nobody can sign up before there is one. */
const ADD_ADMINISTRATOR = `
  INSERT INTO "User" ("id", "email", "name", "nameKey", "role", "createdAt", "updatedAt", "lastActiveAt")
  VALUES ('administrator', 'root@example.com', 'Root', 'root', 'admin', now(), now(), now())`

/** @param {{ origin: string, port: number }} server */
async function signUp({ origin, port }) {
  const answer = await fetch(`${origin}/signup`, {
    method: 'POST',
    redirect: 'manual',
    headers: { Origin: origin, Cookie: `latchkey-cookies-${port}=sent-back` },
    body: new URLSearchParams({
      name: 'Ada Lovelace',
      email: 'ada@example.com',
      password: 'seven green lanterns',
    }),
  })
  if (answer.status !== 302) throw new Error(`Nobody could sign up: ${answer.status}`)
  return cookiesOf(answer)
}

/** @param {number[]} pids */
const allCpuTime = (pids) => pids.reduce((sum, pid) => sum + cpuTime(pid), 0)

/** @param {number} pid */
const childrenOf = (pid) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)

/** @param {string} connectionString @param {string} sql */
async function query(connectionString, sql) {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
