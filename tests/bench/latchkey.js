import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { BetterSqlite3 as Database } from '../../app/database/sqlite/driver.js'
import { startNode } from './machine.js'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BUILT = path.join(ROOT, 'build', 'node')
/** The lowest cost that the settings allow: the more sign-ins there are, the more they disturb. */
export const PASSWORD_COST = 10

/** @typedef {Awaited<ReturnType<typeof startLatchkey>>} Latchkey */

/**
 * The built Latchkey as people run it, on a database of its own in a temporary folder.
 *
 * @param {{ settings?: Record<string, string>, built?: string, nodeArgs?: string[],
 *   quiet?: boolean }} [options] settings as the README names them; `built` is the folder of
 *   another build
 */
export async function startLatchkey({
  settings,
  built = BUILT,
  nodeArgs = [],
  quiet = false,
} = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'latchkey-bench-'))
  const file = path.join(folder, 'latchkey.db')
  const port = await freePort()
  const started = await startNode([...nodeArgs, ...starter(built)], {
    cwd: folder,
    env: serverSettings({ port, file, ...settings }),
    quiet,
  })
  return {
    ...started,
    port,
    file,
    origin: `http://localhost:${port}`,
    /** A connection of another process, for filling tables. Close it. */
    openDatabase: () => new Database(file),
    /** As app/web/own-cookie.ts names it. @param {string | undefined} secret */
    cookie: (secret) => ({ Cookie: `latchkey-${port}=${secret}` }),
    stop: async () => {
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
  PASSWORD_COST: String(PASSWORD_COST),
  LOG_LEVEL: 'warn',
  ...more,
})

/**
 * Invents people with sessions by `latchkey seed`.
 *
 * @param {string} file the database, made if it is not there
 * @param {number} users
 * @returns {Promise<string>} their password
 */
export async function seedPeople(file, users) {
  const cli = pathToFileURL(path.join(BUILT, 'cli.js')).href
  const script = `import('${cli}').then((cli) => cli.runCli(['seed', '--users', '${users}']))`
  const env = { ...process.env, ...serverSettings({ port: 3000, file }) }
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env })
  const [, password] = /Their password: (\S+)/.exec(stdout) ?? []
  if (password === undefined) throw new Error(`The people were not invented: ${stdout}`)
  return password
}

/**
 * The token in the forms of a signed-in person's pages.
 *
 * @param {string} origin
 * @param {{ Cookie: string }} cookie
 */
export async function readFormToken(origin, cookie) {
  const page = await (await fetch(`${origin}/profile`, { headers: cookie })).text()
  const [, token] = /name="formToken" value="([^"]+)"/.exec(page) ?? []
  if (token === undefined) throw new Error(`There is no form token in the profile: ${page}`)
  return token
}

/** The cookies that an answer sets, as a browser sends them back. @param {Response} response */
export function cookiesOf({ headers }) {
  const pairs = headers.getSetCookie().map((line) => line.split(';', 1)[0])
  return { Cookie: pairs.join('; ') }
}

/** A port that nothing listened on a moment ago. */
export async function freePort() {
  const probe = createServer()
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address())
  await new Promise((resolve) => probe.close(resolve))
  return port
}
