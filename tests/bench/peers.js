import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runStep } from '../../app/server/prepare/run.js'
import { freePort } from './latchkey.js'
import { startNode } from './processes.js'

const FOLDER = fileURLToPath(new URL('peers/', import.meta.url))

/** @param {string} name a script of the peers' folder */
export const peerScript = (name) => path.join(FOLDER, name)

/** Installs what Latchkey is measured against, from its own lock, when it is not there yet. */
export async function installPeers() {
  if (isInstalled()) return
  const npm = ['npm', 'ci', '--prefix', FOLDER, '--ignore-scripts', '--no-audit', '--no-fund']
  await runStep('Installing what Latchkey is measured against…', npm)
}

function isInstalled() {
  const installed = path.join(FOLDER, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  const { '': _self, ...wanted } = packagesIn(path.join(FOLDER, 'package-lock.json'))
  const found = packagesIn(installed)
  return Object.entries(wanted).every(
    ([name, { version, optional }]) => optional || found[name]?.version === version,
  )
}

/** @param {string} file @returns {Record<string, { version?: string, optional?: true }>} */
const packagesIn = (file) => JSON.parse(readFileSync(file, 'utf8')).packages

/**
 * A server to compare with, and the request that it answers with the viewer of a real session.
 *
 * @typedef {{ pid: number, url: string, headers: Record<string, string>, stop: () => Promise<void> }} Peer
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
  const { pid, stop } = await startNode([peerScript('fastify-session.js')], {
    env: { PORT: String(port) },
  })
  const origin = `http://127.0.0.1:${port}`
  const headers = cookiesOf(await fetch(`${origin}/sign-in`))
  return { pid, stop, headers, url: `${origin}/session` }
}

/** @returns {Promise<Peer>} */
export async function startBetterAuth() {
  const port = await freePort()
  const folder = await mkdtemp(path.join(tmpdir(), 'better-auth-'))
  const started = await startNode([peerScript('better-auth.js')], {
    env: { PORT: String(port), FILE: path.join(folder, 'auth.db') },
  })
  const origin = `http://127.0.0.1:${port}`
  const signedUp = await fetch(`${origin}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { Origin: origin, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      name: 'Ada Lovelace',
      email: 'ada@example.com',
      password: 'seven green lanterns',
    }),
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

/** @param {Response} response @returns {{ Cookie: string }} as a browser sends them back */
function cookiesOf({ headers }) {
  const pairs = headers.getSetCookie().map((line) => line.split(';', 1)[0])
  return { Cookie: pairs.join('; ') }
}
