import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { npm, runStep } from '../../app/server/prepare/run.js'
import { cookiesOf, freePort } from './latchkey.js'
import { startNode } from './machine.js'

const FOLDER = fileURLToPath(new URL('peers/', import.meta.url))

/** @param {string} name a script of the peers' folder */
export const peerScript = (name) => path.join(FOLDER, name)

/** Installs what Latchkey is measured against, from its own lock. */
export async function installPeers() {
  const options = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']
  const command = [...npm(), 'ci', '--prefix', FOLDER, ...options]
  await runStep('Installing what Latchkey is measured against…', command)
}

/**
 * A server to compare with, and the request that it answers with the viewer of a real session.
 *
 * @typedef {import('./load.js').Asked & { stop: () => Promise<void> }} Peer
 */

/** @returns {Promise<Peer>} */
export async function startHandWritten() {
  const port = await freePort()
  const env = { PORT: String(port), SECRET: 'x'.repeat(43) }
  const { pid, stop } = await startNode([peerScript('hand-written.js')], { env })
  const headers = { Cookie: `session=${env.SECRET}` }
  return { pid, stop, headers, url: `http://127.0.0.1:${port}/session` }
}

/** @returns {Promise<Peer>} */
export async function startFastifySession() {
  const port = await freePort()
  const env = { PORT: String(port) }
  const { pid, stop } = await startNode([peerScript('fastify-session.js')], { env })
  const origin = `http://127.0.0.1:${port}`
  const headers = cookiesOf(await fetch(`${origin}/sign-in`))
  return { pid, stop, headers, url: `${origin}/session` }
}

/** @returns {Promise<Peer>} */
export async function startBetterAuth() {
  const port = await freePort()
  const folder = await mkdtemp(path.join(tmpdir(), 'better-auth-'))
  const env = { PORT: String(port), FILE: path.join(folder, 'auth.db') }
  const started = await startNode([peerScript('better-auth.js')], { env })
  const origin = `http://127.0.0.1:${port}`
  const person = {
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    password: 'seven green lanterns',
  }
  const signedUp = await fetch(`${origin}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { Origin: origin, 'Content-Type': 'application/json' },
    body: JSON.stringify(person),
  })
  return {
    pid: started.pid,
    headers: cookiesOf(signedUp),
    url: `${origin}/api/auth/get-session`,
    async stop() {
      await started.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
