// Keeps a throw-away PostgreSQL for a run of the tests, or for one of them, as a process of its own: it
// writes the address of the server to standard output, and when its standard input ends, it stops the
// server and removes every trace. The input ends with the run, however that ends: done, failed, killed.
// A line "stop" there stops the server as a crash would, and "start" starts it again at the same address;
// each is answered by a line when it is done.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { Failure, runQuietly } from '../../../app/server/prepare/run.js'
import { findPrograms } from './programs.js'

const MEMORY = '/dev/shm'
const ENOUGH_BYTES = 2 ** 30
const START_LIMIT_MS = 60_000
const STARTS = 5

/**
 * What is to be different in a server that a test starts for itself: settings as they would stand in
 * postgresql.conf; whether it takes itself for a standby, of a primary that there is not; a role that
 * has to give its password, where all others are believed.
 *
 * @typedef {{ settings?: Record<string, string>, isStandby?: boolean, withPassword?: string }} Wanted
 */
/** @type {unknown} */
const given = JSON.parse(process.argv[2] ?? '{}')
const wanted = /** @type {Wanted} */ (given)

// Whoever ends the run by a signal to its whole group means the run; its end is what counts here.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {})
}

const folder = mkdtempSync(path.join(roomiest(), 'latchkey-postgres-'))
try {
  const programs = await findPrograms()
  const cluster = await prepare(programs)
  const { server, port } = await start(programs, cluster)
  const say = () => process.stdout.write(`postgresql://postgres@127.0.0.1:${port}/postgres\n`)
  const commands = createInterface(process.stdin)
  let running = watch(server, commands)
  say()
  for await (const command of commands) {
    if (command === 'stop') await running.stop()
    else running = watch((await start(programs, cluster, port)).server, commands)
    say()
  }
  // At once: nobody is going to read this database again.
  await running.stop()
} catch (error) {
  console.error(error instanceof Failure ? error.message : error)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
}
process.exit()

/** Memory where there is enough of it: the tests write much, and none of it is to be kept. */
function roomiest() {
  if (!existsSync(MEMORY)) return tmpdir()
  const { bavail, bsize } = statfsSync(MEMORY)
  return bavail * bsize >= ENOUGH_BYTES ? MEMORY : tmpdir()
}

/**
 * An empty cluster. Its time zone is far from UTC, so that a time which depends on it is wrong.
 *
 * @param {string} programs
 */
async function prepare(programs) {
  const user = ordinaryUser()
  if (user) chownSync(folder, user.uid, user.gid)
  const data = path.join(folder, 'data')
  const locale = process.platform === 'linux' ? 'C.UTF-8' : 'C'
  const command = [path.join(programs, 'initdb'), '-D', data, '-U', 'postgres', '-A', 'trust']
  const options = ['--no-sync', '-E', 'UTF8', `--locale=${locale}`]
  await runQuietly('initdb', [...command, ...options], { cwd: folder, ...user })
  if (wanted.isStandby) {
    const signal = path.join(data, 'standby.signal')
    writeFileSync(signal, '')
    if (user) chownSync(signal, user.uid, user.gid)
  }
  if (wanted.withPassword) askForPassword(path.join(data, 'pg_hba.conf'), wanted.withPassword)
  return { data, user }
}

/** The first line that fits decides. @param {string} file @param {string} role */
function askForPassword(file, role) {
  const line = `host all "${role}" 127.0.0.1/32 scram-sha-256\n`
  writeFileSync(file, line + readFileSync(file, 'utf8'))
}

/**
 * @param {string} programs
 * @param {{ data: string, user: { uid: number, gid: number } | undefined }} cluster
 * @param {number} [samePort] where it was before
 */
async function start(programs, { data, user }, samePort) {
  for (let attempt = 1; ; attempt += 1) {
    const port = samePort ?? (await freePort())
    const settings = {
      listen_addresses: '127.0.0.1',
      port,
      unix_socket_directories: '',
      max_connections: 300,
      timezone: 'Asia/Kathmandu',
      ...wanted.settings,
    }
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const server = spawn(path.join(programs, 'postgres'), ['-D', data, ...options], {
      cwd: folder,
      // A group of its own, which a Ctrl-C does not reach.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...user,
    })
    let words = ''
    server.stderr.on('data', (chunk) => (words = `${words}${chunk}`.slice(-10_000)))
    if (await answers(server, port)) return { server, port }
    // Somebody may have taken the port meanwhile.
    if (attempt === STARTS) throw new Failure(`PostgreSQL does not start:\n${words}`)
  }
}

/**
 * Nothing is left to keep when a server ends that was not told to.
 *
 * @param {import('node:child_process').ChildProcess} server
 * @param {import('node:readline').Interface} commands
 */
function watch(server, commands) {
  const exited = once(server, 'exit')
  const close = () => commands.close()
  server.once('exit', close)
  return {
    async stop() {
      server.off('exit', close)
      server.kill('SIGQUIT')
      if (server.exitCode === null && server.signalCode === null) await exited
    },
  }
}

/** @param {import('node:child_process').ChildProcess} server @param {number} port */
async function answers(server, port) {
  const deadline = performance.now() + START_LIMIT_MS
  while (server.exitCode === null && server.signalCode === null) {
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      user: 'postgres',
      database: 'postgres',
    })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.end()
      return true
    } catch (error) {
      if (performance.now() > deadline) {
        server.kill('SIGQUIT')
        throw new Failure(`PostgreSQL does not answer: ${String(error)}`)
      }
      await sleep(50)
    }
  }
  return false
}

/** PostgreSQL does not run as root. */
function ordinaryUser() {
  if (process.getuid?.() !== 0) return undefined
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const [, , uid, gid] =
    lines.find(([name]) => name === 'postgres') ?? lines.find(([name]) => name === 'nobody') ?? []
  if (uid === undefined) throw new Failure('There is no user "nobody" to run PostgreSQL as.')
  return { uid: Number(uid), gid: Number(gid) }
}

async function freePort() {
  const probe = createServer()
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address())
  await new Promise((resolve) => probe.close(resolve))
  return port
}
