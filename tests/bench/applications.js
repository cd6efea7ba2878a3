// Applications behind Latchkey: the question that a proxy asks, what it costs a page behind nginx, and
// what remembering those who are signed in takes.
import { measureBehindNginx } from './behind-nginx.js'
import { LOADS_PICTURE, OPENS_PAGE } from './browser.js'
import { createClient, rawRequest } from './client.js'
import { compareAtFullSpeed, inWords } from './comparison.js'
import { startLatchkey } from './latchkey.js'
import { assertStatus, inParallel } from './load.js'
import { pinning } from './machine.js'
import { memoryOf, PROBE } from './memory.js'
import { table } from './results.js'
import { addApplication, addSessions, addSignIns, addUsers } from './seed.js'

/** @typedef {import('./latchkey.js').Latchkey} Latchkey */

const WIKI = { id: 'wiki', address: 'https://wiki.example.org' }
/** What the application itself keeps in the browser. */
const OWN_COOKIE = 'theme=dark'
/** The first requests load and compile what the others use. */
const FIRST = 1000

/** @param {{ quick: boolean }} options */
export async function measureApplications({ quick }) {
  return [
    '## Applications',
    await measureQuestion({ quick }),
    await measureBehindNginx({ quick }),
    await measureMemory({ quick }),
  ].join('\n\n')
}

/** @param {{ quick: boolean }} options */
async function measureQuestion({ quick }) {
  const load = quick
    ? { connections: 32, rounds: 2, seconds: 0.5, warmUpSeconds: 0.5 }
    : { connections: 32, rounds: 9, seconds: 2, warmUpSeconds: 2 }
  const latchkey = await startLatchkey({ settings: { TRUST_PROXY: '1' } })
  try {
    const [person] = addPeople(latchkey, 1)
    if (!person) throw new Error('Nobody is there')
    const contestants = {
      'the question, a page': { ...question(latchkey, person, OPENS_PAGE) },
      'the question, a picture': { ...question(latchkey, person, LOADS_PICTURE) },
      'session check': { ...check(latchkey, person) },
    }
    return [
      `The question that nginx asks about a request to an application, \`/api/v1/auth-request/wiki\`, beside
\`/api/v1/session?check\`, with the same headers of a browser: ${inWords(load)} ${pinning}`,
      await compareAtFullSpeed(contestants, load),
      'To reach: 0.9 of the session check.',
    ].join('\n\n')
  } finally {
    await latchkey.stop()
  }
}

/** @param {{ quick: boolean }} options */
async function measureMemory({ quick }) {
  const count = quick ? 4000 : 100_000
  const checked = await remember(count, check)
  const asked = await remember(count, question)
  /** @param {string} name @param {number[]} bytes */
  const row = (name, bytes) => [name, ...bytes.map((one) => `${(one / 1e6).toFixed(1)} MB`)]
  return [
    `Memory of the server after a collection, heap and external, when so many sessions have been checked,
and when as many sign-ins at an application have been asked about, each of another person. The cache
remembers 50,000 of them, whichever were used last.`,
    table(
      ['', FIRST, count / 2, count].map((head) => head.toLocaleString('en')),
      [row('sessions', checked), row('application sign-ins', asked)],
    ),
  ].join('\n\n')
}

/**
 * @param {number} count
 * @param {(server: Latchkey, person: Person) => import('./load.js').Asked} about
 * @returns {Promise<number[]>} bytes, when the first, half of them and all have been asked about
 */
async function remember(count, about) {
  const server = await startLatchkey({ nodeArgs: PROBE })
  const client = createClient(server.port)
  try {
    const questions = addPeople(server, count).map((person) => about(server, person))
    const bytes = []
    let next = 0
    for (const until of [FIRST, count / 2, count]) {
      await inParallel(8, async () => {
        while (next < until) {
          const { status = 200, ...question } = questions[next++] ?? { url: '' }
          assertStatus(await client.ask(rawRequest(question)), status)
        }
      })
      const { heapUsed, external } = await memoryOf(server)
      bytes.push(heapUsed + external)
    }
    return bytes
  } finally {
    client.close()
    await server.stop()
  }
}

/** @typedef {{ secret: string, signIn: string }} Person with what their two cookies hold */

/** @param {Latchkey} server @param {number} count @returns {Person[]} */
function addPeople({ openDatabase }, count) {
  const database = openDatabase()
  addApplication(database, WIKI)
  const sessions = addSessions(database, addUsers(database, count))
  const signIns = addSignIns(database, WIKI.id, sessions)
  database.close()
  return sessions.map(({ secret }, number) => ({ secret, signIn: signIns[number] ?? '' }))
}

/** @param {Latchkey} server @param {Person} person */
const question = ({ pid, origin }, { signIn }, headers = LOADS_PICTURE) => ({
  pid,
  url: `${origin}/api/v1/auth-request/${WIKI.id}`,
  headers: {
    'X-Original-Method': 'GET',
    'X-Original-URL': `${WIKI.address}/pages/Gardening?from=start`,
    'X-Forwarded-For': '192.0.2.1',
    ...headers,
    Cookie: `${OWN_COOKIE}; __Host-latchkey-app=${signIn}`,
  },
})

/** @param {Latchkey} server @param {Person} person @returns {import('./load.js').Asked} */
const check = ({ pid, origin, cookie }, { secret }) => ({
  pid,
  status: 204,
  url: `${origin}/api/v1/session?check`,
  headers: {
    'X-Forwarded-For': '192.0.2.1',
    ...OPENS_PAGE,
    Cookie: `${OWN_COOKIE}; ${cookie(secret).Cookie}`,
  },
})
