// How long the built server takes from its spawn until /readyz answers with 200.
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, ROOT, serverSettings, starter } from './latchkey.js'
import { cpuTime, pinning, spawnNode, stop } from './machine.js'
import { table } from './results.js'
import { median } from './statistics.js'

const LIMIT_MS = 1000
const POLL_MS = 2
const LONGEST_MS = 30_000

/** What is started, from which folder: `npm start` runs the first, once everything is built. */
const ways = {
  'as `npm start` does': [path.join(ROOT, 'app', 'server', 'prepare.js'), 'start'],
  'the server itself': starter(),
}

/** @param {{ quick: boolean }} options */
export async function measureStart({ quick }) {
  const rounds = quick ? 2 : 9
  const folder = await mkdtemp(path.join(tmpdir(), 'latchkey-bench-'))
  const file = path.join(folder, 'latchkey.db')
  /** @type {Record<string, { wall: number, cpu: number }[]>} */
  const times = Object.fromEntries(Object.keys(ways).map((way) => [way, []]))
  try {
    // The very first start makes the tables; what is measured is every other.
    await timeUntilReady(ways['the server itself'], file)
    for (let round = 0; round < rounds; round += 1) {
      for (const [way, args] of Object.entries(ways)) {
        times[way]?.push(await timeUntilReady(args, file))
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return [
    '## Start of the built server',
    `From spawn to the first 200 of /readyz, in milliseconds, ${rounds} alternating starts each; to
stay under ${LIMIT_MS}. ${pinning}`,
    table(
      ['', 'median', 'fastest', 'slowest', 'CPU time, median'],
      Object.entries(times).map(([way, taken]) => {
        const wall = taken.map((time) => time.wall)
        const cpu = median(taken.map((time) => time.cpu))
        const figures = [median(wall), Math.min(...wall), Math.max(...wall), cpu]
        return [way, ...figures.map((time) => time.toFixed(0))]
      }),
    ),
  ].join('\n\n')
}

/** @param {string[]} args @param {string} file */
async function timeUntilReady(args, file) {
  const port = await freePort()
  const began = performance.now()
  const child = spawnNode(args, {
    cwd: ROOT,
    env: serverSettings({ port, file }),
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  try {
    while (!(await isReady(port))) {
      if (performance.now() - began > LONGEST_MS) throw new Error('The server did not start')
      await sleep(POLL_MS)
    }
    return { wall: performance.now() - began, cpu: cpuTime(child.pid ?? 0) }
  } finally {
    await stop(child)
  }
}

/** @param {number} port @returns {Promise<boolean>} */
function isReady(port) {
  return new Promise((resolve) => {
    const asked = request({ port, host: '127.0.0.1', path: '/readyz', agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    asked.on('error', () => resolve(false))
    asked.end()
  })
}
