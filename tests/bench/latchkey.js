import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { BetterSqlite3 as Database } from '../../app/database/sqlite/driver.js'
import { startNode } from './processes.js'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BUILT = path.join(ROOT, 'build', 'node')

/** @typedef {Awaited<ReturnType<typeof startLatchkey>>} Latchkey */

/**
 * The built Latchkey as people run it, on a database of its own in a temporary folder.
 *
 * @param {{ settings?: Record<string, string>, built?: string, nodeArgs?: string[], ipc?: boolean,
 *   quiet?: boolean }}
 *   [options] settings as the README names them; `built` is the folder of another build
 */
export async function startLatchkey({
  settings,
  built = BUILT,
  nodeArgs = [],
  ipc = false,
  quiet = false,
} = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'latchkey-bench-'))
  const file = path.join(folder, 'latchkey.db')
  const port = await freePort()
  const started = await startNode([...nodeArgs, ...starter(built)], {
    cwd: folder,
    env: serverSettings({ port, file, ...settings }),
    ipc,
    quiet,
  })
  return {
    ...started,
    port,
    origin: `http://localhost:${port}`,
    /** A connection of another process, for filling tables. Close it. */
    openDatabase: () => new Database(file),
    async stop() {
      await started.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** @param {string} [built] the folder of the build @returns what Node runs to be the server */
export const starter = (built = BUILT) => [
  '-e',
  `import(${JSON.stringify(pathToFileURL(path.join(built, 'main.js')).href)})
    .then((main) => main.startServer())`,
]

/** @param {{ port: number, file: string }} options and more settings */
export const serverSettings = ({ port, file, ...more }) => ({
  PORT: String(port),
  DATABASE_URL: `file:${file}`,
  PASSWORD_COST: '10',
  LOG_LEVEL: 'warn',
  ...more,
})

/** A port that nothing listened on a moment ago. */
export async function freePort() {
  const probe = createServer()
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address())
  await new Promise((resolve) => probe.close(resolve))
  return port
}
