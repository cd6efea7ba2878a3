// What people who sign in, each of whom costs bcrypt's time, do to the checks of everybody else.
import { fileURLToPath } from 'node:url'
import { startLatchkey } from './latchkey.js'
import { canKeepAwake, keepAwake, pinning, runLoad, SERVER_CORE } from './processes.js'
import { table } from './results.js'
import { addSessions, addUsers, stored } from './seed.js'
import { median } from './statistics.js'

const ROUNDS = 7
const SECONDS = 6
/** Signing in runs much code that nothing else does, which the compiler sees eight times a second. */
const WARM_UP_SECONDS = 90
/** Of each round, not counted: the compiler is at work on the load generator. */
const UNCOUNTED_SECONDS = 2
/** More than the load generator takes to start and to end. */
const STARTING_SECONDS = 10
const CHECKS_PER_SECOND = 1500
const SIGN_INS_PER_SECOND = 8
const PEOPLE = 100
const PASSWORD = 'seven green lanterns'
const GENERATOR = fileURLToPath(new URL('sign-ins-load.js', import.meta.url))

/**
 * Times in milliseconds.
 *
 * @typedef {{ signIns: number, checks: number, p50: number, p99: number, longest: number,
 *   p99FromSending: number }} Round
 */

export async function measureSignIns() {
  const server = await startLatchkey({ settings: { PASSWORD_COST: '10' } })
  try {
    const task = { port: server.port, ...(await addPeople(server)) }
    /** @param {number} signInsPerSecond */
    const ask = (signInsPerSecond, seconds = SECONDS) => takeRound(task, signInsPerSecond, seconds)
    await ask(SIGN_INS_PER_SECOND, WARM_UP_SECONDS)
    /** @type {Round[]} */
    const alone = []
    /** @type {Round[]} */
    const awake = []
    /** @type {Round[]} */
    const beside = []
    for (let round = 0; round < ROUNDS; round += 1) {
      alone.push(await ask(0))
      beside.push(await ask(SIGN_INS_PER_SECOND))
      if (canKeepAwake) awake.push(await askAwake(() => ask(0)))
    }
    return describe(alone, awake, beside)
  } finally {
    await server.stop()
  }
}

/**
 * A round in which the server's core does not sleep, as it hardly does while people sign in.
 *
 * @param {() => Promise<Round>} ask
 */
async function askAwake(ask) {
  const letSleep = keepAwake(SERVER_CORE, SECONDS + UNCOUNTED_SECONDS + STARTING_SECONDS)
  try {
    return await ask()
  } finally {
    letSleep()
  }
}

/**
 * @param {object} task
 * @param {number} signInsPerSecond
 * @param {number} seconds
 * @returns {Promise<Round>}
 */
async function takeRound(task, signInsPerSecond, seconds) {
  const rates = {
    checksPerSecond: CHECKS_PER_SECOND,
    signInsPerSecond,
    uncountedSeconds: UNCOUNTED_SECONDS,
    seconds,
  }
  /** @type {Round} */
  const round = await runLoad(GENERATOR, { ...task, ...rates })
  console.error(JSON.stringify(round))
  return round
}

/**
 * People with one password, of whom one is signed in.
 *
 * @param {import('./latchkey.js').Latchkey} server
 */
async function addPeople({ origin, openDatabase }) {
  const fields = { name: 'Grace Hopper', email: 'grace@example.com', password: PASSWORD }
  const headers = { Origin: origin }
  const body = new URLSearchParams(fields)
  await fetch(`${origin}/signup`, { method: 'POST', body, headers, redirect: 'manual' })
  const database = openDatabase()
  const hash = database.prepare('SELECT "hash" FROM "Password"').pluck().get()
  const ids = addUsers(database, PEOPLE)
  const insert = database.prepare('INSERT INTO "Password" VALUES (?, ?, ?)')
  database.transaction(() => ids.forEach((id) => insert.run(id, hash, stored(Date.now()))))()
  const [session] = addSessions(database, ids.slice(0, 1))
  database.close()
  const people = ids.map((_, number) => ({
    email: `person-${number}@example.com`,
    password: PASSWORD,
  }))
  return { secret: session?.secret, people }
}

/** @param {Round[]} alone @param {Round[]} awake @param {Round[]} beside */
function describe(alone, awake, beside) {
  /** @param {string} name @param {Round[]} rounds */
  const row = (name, rounds) => [
    name,
    rounds.reduce((sum, { signIns }) => sum + signIns, 0),
    .../** @type {const} */ (['p50', 'p99', 'longest', 'p99FromSending']).map((figure) =>
      median(rounds.map((round) => round[figure])).toFixed(2),
    ),
  ]
  /** @param {Round[]} without @param {'p99' | 'p99FromSending'} figure */
  const ratio = (without, figure) =>
    median(beside.map((round, at) => round[figure] / (without[at]?.[figure] ?? NaN))).toFixed(2)
  return [
    `## ${CHECKS_PER_SECOND.toLocaleString('en')} checks a second, and ${SIGN_INS_PER_SECOND} sign-ins`,
    `Times of checks in milliseconds, from the moment each was due; ${ROUNDS} alternating rounds of
${SECONDS} s, medians over the rounds, after ${WARM_UP_SECONDS} s with sign-ins; bcrypt's cost is 10. Of each round
the first ${UNCOUNTED_SECONDS} s are not counted, in which the load generator's own code is compiled. ${pinning}`,
    table(
      ['', 'sign-ins', 'median', 'p99', 'longest', 'p99 from sending'],
      [
        row('checks alone', alone),
        ...(awake.length > 0 ? [row('checks alone, core kept awake', awake)] : []),
        row('while people sign in', beside),
      ],
    ),
    `The 99th percentile is ${ratio(alone, 'p99')} times that without sign-ins (the median of the rounds); to
stay within 1.5 times. Counted from the moment of sending, without what the load generator is late by,
it is ${ratio(alone, 'p99FromSending')} times.`,
    ...(awake.length > 0 ? [aboutAwake(ratio(awake, 'p99'), ratio(awake, 'p99FromSending'))] : []),
  ].join('\n\n')
}

/** @param {string} times @param {string} timesFromSending */
const aboutAwake = (times, timesFromSending) =>
  `With checks alone the core sleeps between two of them, and a sleeping core of a virtual machine
comes late, the later the busier its host is; while people sign in it hardly sleeps. Against a core
that a program of no priority keeps awake it is ${times} times (${timesFromSending} from sending): what the sign-ins
cost without what they save.`
