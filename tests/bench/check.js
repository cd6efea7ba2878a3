// The session check at full speed, beside others that answer the same question.
import { compareAtFullSpeed, inWords } from './comparison.js'
import { startLatchkey } from './latchkey.js'
import { pinning } from './machine.js'
import { installPeers, startBetterAuth, startFastifySession, startHandWritten } from './peers.js'
import { addSessions, addToken, addUsers } from './seed.js'

/** @param {{ quick: boolean }} options */
export async function measureCheck({ quick }) {
  const load = quick
    ? { connections: 32, rounds: 2, seconds: 0.5, warmUpSeconds: 0.5 }
    : { connections: 32, rounds: 5, seconds: 3, warmUpSeconds: 2 }
  await installPeers()
  const latchkey = await startSignedInLatchkey()
  const peers = {
    'hand-written node:http': await startHandWritten(),
    '@fastify/session in memory': await startFastifySession(),
    'better-auth get-session': await startBetterAuth(),
  }
  const contestants = { ...latchkey.asked, ...peers }
  try {
    for (const asked of Object.values(contestants)) await assertAnswers(asked)
    return [
      '## The session check',
      `GET /api/v1/session of the built server with the cookie of a signed-in session, against others
that answer the same: ${inWords(load)} ${pinning}`,
      await compareAtFullSpeed(contestants, load),
      'To reach: 0.95 of the hand-written one, 2.5 × @fastify/session, 35 × better-auth.',
    ].join('\n\n')
  } finally {
    await latchkey.stop()
    for (const peer of Object.values(peers)) await peer.stop()
  }
}

async function startSignedInLatchkey() {
  const { pid, origin, cookie, stop, openDatabase } = await startLatchkey()
  const database = openDatabase()
  const users = addUsers(database, 1)
  const [session] = addSessions(database, users)
  const token = addToken(database, users[0] ?? '', 'profile:read')
  database.close()
  const url = `${origin}/api/v1/session`
  const asked = {
    Latchkey: { pid, url, headers: cookie(session?.secret) },
    'Latchkey, API token': { pid, url, headers: { Authorization: `Bearer ${token}` } },
  }
  return { stop, asked }
}

/** @param {import('./load.js').Asked} asked */
async function assertAnswers({ url, headers = {} }) {
  const answer = await fetch(url, { headers })
  const body = await answer.text()
  if (answer.status === 200 && body.includes('Ada Lovelace')) return
  throw new Error(`${url} does not know who asks: ${answer.status} ${body}`)
}
