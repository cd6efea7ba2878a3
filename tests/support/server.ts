import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { BetterSqlite3 as Database } from '../../app/database/sqlite/driver.js'
import { until } from './until'

/** The built server as people run it: a process of its own, on a database file of its own. */
export type TestServer = {
  origin: string
  port: number
  databaseFile: string
  process: ChildProcess
  /** What it wrote to standard output, for people. */
  output: () => string
  /** What it wrote to standard error: the logs. */
  logs: () => string
  /** The secret of the set-up link that it printed. */
  setUpToken: () => string
  /** Another process's look at the database file, as an operator would take it. Close it. */
  openDatabase: () => Database.Database
  /** Ends it with a signal and resolves to its exit code; null when the signal ended it. */
  stop: (signal?: NodeJS.Signals) => Promise<number | null>
  /** Starts it again on the same port and file. */
  start: (settings?: Record<string, string>) => Promise<void>
  /** Stops it and removes its folder. */
  dispose: () => Promise<void>
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MAIN = path.join(ROOT, 'build/node/main.js')
/** What a process of Node runs to be the server. */
export const STARTER = `import(${JSON.stringify(MAIN)}).then((main) => main.startServer())`

/** Starts the built server (`npm run build` makes it). Settings are those of the README. */
export async function startServer(settings: Record<string, string> = {}): Promise<TestServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'latchkey-test-'))
  const databaseFile = path.join(folder, 'latchkey.db')
  const port = await freePort()
  let child!: ChildProcess
  let output = ''
  let logs = ''

  async function start(more: Record<string, string> = {}) {
    output = ''
    child = spawn(process.execPath, ['-e', STARTER], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        PORT: String(port),
        DATABASE_URL: `file:${databaseFile}`,
        PASSWORD_COST: '10',
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
    origin: settings.ORIGIN ?? `http://localhost:${port}`,
    port,
    databaseFile,
    get process() {
      return child
    },
    output: () => output,
    logs: () => logs,
    setUpToken: () => /setup\?token=([\w-]+)/.exec(output)?.[1] ?? '',
    openDatabase: () => new Database(databaseFile),
    stop: (signal) => stop(child, signal),
    start,
    async dispose() {
      await stop(child, 'SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A server on which people can sign up: there is an administrator, as whom nobody can sign in. */
export async function startOpenServer(settings: Record<string, string> = {}): Promise<TestServer> {
  const server = await startServer({ SIGNUP: 'open', ...settings })
  const database = server.openDatabase()
  database
    .prepare(
      `INSERT INTO "User" ("id", "email", "name", "nameKey", "role", "createdAt", "updatedAt", "lastActiveAt")
       VALUES ('administrator', 'root@example.com', 'Root', 'root', 'admin', @now, @now, @now)`,
    )
    .run({ now: new Date().toISOString().replace('Z', '+00:00') })
  database.close()
  return server
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
