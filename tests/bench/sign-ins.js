// What people who sign in do to everybody else's checks, and how much of what bcryptjs can do is left
// of it as sign-ins.
import { fileURLToPath } from 'node:url'
import { createClient, rawRequest } from './client.js'
import { cookiesOf, PASSWORD_COST, seedPeople, startLatchkey } from './latchkey.js'
import { assertStatus, atRate, inParallel } from './load.js'
import { pinning, runNode } from './machine.js'
import { table } from './results.js'
import { addSessions } from './seed.js'
import { median, medianRatio, quantile } from './statistics.js'

const PEOPLE = 100
const CHECKS_PER_SECOND = 1500
const SIGN_INS_PER_SECOND = 8
/** So many wait for their password to be checked that its threads have no pause. */
const AT_ONCE = 16
const BCRYPT = fileURLToPath(new URL('bcrypt-alone.js', import.meta.url))

/** @param {{ quick: boolean }} options */
export async function measureSignIns({ quick }) {
  const [rounds, seconds] = quick ? [1, 2] : [5, 5]
  const server = await startLatchkey()
  const client = createClient(server.port)
  try {
    const { check, signIns } = await prepareRequests(server)
    let next = 0
    const signIn = async () => {
      next += 1
      assertStatus(await client.ask(signIns[next % signIns.length] ?? Buffer.alloc(0)), 302)
    }
    const askCheck = async () => assertStatus(await client.ask(check), 200)
    const checksInTime = () => atRate(askCheck, { perSecond: CHECKS_PER_SECOND, seconds })
    const signInsInTime = () => atRate(signIn, { perSecond: SIGN_INS_PER_SECOND, seconds })

    await Promise.all([checksInTime(), signInsInTime()])
    /** @type {number[][]} */
    const alone = []
    /** @type {number[][]} */
    const beside = []
    /** @type {number[]} */
    const ours = []
    /** @type {number[]} */
    const bcrypt = []
    for (let round = 0; round < rounds; round += 1) {
      alone.push(await checksInTime())
      const [checks] = await Promise.all([checksInTime(), signInsInTime()])
      beside.push(checks)
      ours.push(await perSecondAtFullSpeed(signIn, seconds))
      bcrypt.push(Number(await runNode([BCRYPT, String(PASSWORD_COST), String(seconds)])))
    }
    return [
      describeChecks({ alone, beside }, `${rounds} alternating rounds of ${seconds} s`),
      describeSpeed(ours, bcrypt),
    ].join('\n\n')
  } finally {
    client.close()
    await server.stop()
  }
}

/** A check of somebody who is signed in, and the form of everybody as the sign-in page sends it. */
async function prepareRequests(/** @type {import('./latchkey.js').Latchkey} */ server) {
  const password = await seedPeople(server.file, PEOPLE)
  const database = server.openDatabase()
  const people = /** @type {{ id: string, email: string }[]} */ (
    database.prepare('SELECT "id", "email" FROM "User" WHERE "disabledAt" IS NULL').all()
  )
  const [session] = addSessions(database, [people[0]?.id ?? ''])
  database.close()
  const page = `${server.origin}/login`
  const headers = cookiesOf(await fetch(page))
  return {
    check: rawRequest({
      url: `${server.origin}/api/v1/session`,
      headers: server.cookie(session?.secret),
    }),
    signIns: people.map(({ email }) =>
      rawRequest({ url: page, headers, form: { email, password } }),
    ),
  }
}

/** @param {() => Promise<void>} signIn @param {number} seconds */
async function perSecondAtFullSpeed(signIn, seconds) {
  let done = 0
  const began = performance.now()
  const end = began + seconds * 1000
  await inParallel(AT_ONCE, async () => {
    while (performance.now() < end) {
      await signIn()
      done += 1
    }
  })
  return (done * 1000) / (performance.now() - began)
}

/** @param {Record<'alone' | 'beside', number[][]>} checks @param {string} howOften */
function describeChecks({ alone, beside }, howOften) {
  /** @param {string} name @param {number[][]} rounds */
  const row = (name, rounds) => [
    name,
    ...[0.5, 0.99, 1].map((share) =>
      median(rounds.map((times) => quantile(times, share))).toFixed(2),
    ),
  ]
  return [
    `## ${CHECKS_PER_SECOND.toLocaleString('en')} checks a second, and ${SIGN_INS_PER_SECOND} sign-ins`,
    `Times of checks in milliseconds, from the moment each was due; ${howOften}, medians over the
rounds; bcrypt's cost is ${PASSWORD_COST}. ${pinning}`,
    table(
      ['', 'median', 'p99', 'longest'],
      [row('checks alone', alone), row('while people sign in', beside)],
    ),
    'To reach: while people sign in, 99 of 100 checks take less than 10 ms.',
  ].join('\n\n')
}

/** @param {number[]} ours @param {number[]} bcrypt */
function describeSpeed(ours, bcrypt) {
  return [
    `As many as there can be, ${AT_ONCE} at once, in the same rounds, against nothing but the comparing of
passwords by bcryptjs: at the same cost, in as many threads, on the same cores.`,
    table(
      ['', 'a second', '× bcryptjs'],
      [
        ['sign-ins', median(ours).toFixed(1), medianRatio(ours, bcrypt).toFixed(2)],
        ['bcryptjs alone', median(bcrypt).toFixed(1), '1.00'],
      ],
    ),
    'To reach: 0.8.',
  ].join('\n\n')
}
