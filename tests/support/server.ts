import { spawn, type ChildProcess } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Queries } from './queries'
import { BUILD } from './altered-build.js'
import { createTestDatabase } from './test-database'
import { until } from './until'

/** The built server as people run it: a process of its own, on a database of its own. */
export type TestServer = Queries & {
  origin: string
  port: number
  databaseUrl: string
  /** Its working directory, which nobody else uses. */
  folder: string
  /** For tests that are about SQLite. */
  databaseFile: string
  process: ChildProcess
  /** What it wrote to standard output, for people. */
  output: () => string
  /** What it wrote to standard error: the logs. */
  logs: () => string
  /** The secret of the set-up link that it printed. */
  setUpToken: () => string
  /** Ends it with a signal and resolves to its exit code; null when the signal ended it. */
  stop: (signal?: NodeJS.Signals) => Promise<number | null>
  /** Starts it again on the same port and database. */
  start: (settings?: Record<string, string>) => Promise<void>
  /** Stops it and removes its folder and database. */
  dispose: () => Promise<void>
}

/** What a process of Node runs to be the server. */
export const STARTER = starterOf(BUILD)

function starterOf(build: string): string {
  const main = path.join(build, 'node/main.js')
  return `import(${JSON.stringify(main)}).then((main) => main.startServer())`
}

/** Kept from start to start, since a run starts hundreds: compiling the server is a seventh of each. */
const COMPILED = path.join(tmpdir(), 'node-compile-cache')

/**
 * Starts the built server (`npm run build` makes it). Settings are those of the README.
 *
 * @param build another build than that of the project
 */
export async function startServer(
  settings: Record<string, string> = {},
  build = BUILD,
): Promise<TestServer> {
  const database = await createTestDatabase()
  const { folder, url: databaseUrl } = database
  const port = await freePort()
  let child!: ChildProcess
  let output = ''
  let logs = ''

  async function start(more: Record<string, string> = {}) {
    output = ''
    child = spawn(process.execPath, ['-e', starterOf(build)], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        PORT: String(port),
        DATABASE_URL: databaseUrl,
        PASSWORD_COST: '10',
        NODE_COMPILE_CACHE: COMPILED,
        ...settings,
        ...more,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout!.on('data', (chunk) => (output += chunk))
    child.stderr!.on('data', (chunk) => (logs += chunk))
    await until(() => output.includes('Latchkey is ready') || child.exitCode !== null, {
      timeout: 60_000,
    })
    if (child.exitCode !== null) throw new Error(`The server did not start: ${output}${logs}`)
  }

  await start()

  return {
    ...database,
    origin: settings.ORIGIN ?? `http://localhost:${port}`,
    port,
    databaseUrl,
    get databaseFile() {
      return fileOf(databaseUrl)
    },
    get process() {
      return child
    },
    output: () => output,
    logs: () => logs,
    setUpToken: () => /setup\?token=([\w-]+)/.exec(output)?.[1] ?? '',
    stop: (signal) => stop(child, signal),
    start,
    async dispose() {
      await stop(child, 'SIGKILL')
      await database.drop()
    },
  }
}

/** A server on which people can sign up: there is an administrator, as whom nobody can sign in. */
export async function startOpenServer(settings: Record<string, string> = {}): Promise<TestServer> {
  const server = await startServer({ SIGNUP: 'open', ...settings })
  const now = new Date()
  await server.query(
    `INSERT INTO "User" ("id", "email", "username", "name", "nameKey", "role", "createdAt", "updatedAt", "lastActiveAt")
     VALUES ('administrator', 'root@example.com', 'root', 'Root', 'root', 'admin', ?, ?, ?)`,
    ...[now, now, now],
  )
  return server
}

function fileOf(url: string): string {
  if (url.startsWith('file:')) return url.slice('file:'.length)
  throw new Error('There is no file: a test that needs one belongs where only SQLite runs')
}

async function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM') {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await exited
  }
  return child.exitCode
}

/** A port that nothing listened on a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
