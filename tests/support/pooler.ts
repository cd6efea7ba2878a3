import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { findProgram } from './debian'
import { freePort } from './server'
import { until } from './until'

export type Pooler = { url: string; stop: () => Promise<void> }

const NOBODY = 65_534

/** PgBouncer before a database; undefined where there is none to be had. */
export async function startPgBouncer(
  databaseUrl: string,
  mode: 'transaction' | 'session',
): Promise<Pooler | undefined> {
  const program = findProgram('pgbouncer')
  if (!program) return undefined
  const { hostname, port, username } = new URL(databaseUrl)
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-pgbouncer-'))
  const own = await freePort()
  const people = path.join(folder, 'people')
  const settings = path.join(folder, 'pgbouncer.ini')
  writeFileSync(people, `"${username}" ""\n`)
  writeFileSync(
    settings,
    `[databases]
* = host=${hostname} port=${port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${own}
unix_socket_dir =
auth_type = trust
auth_file = ${people}
pool_mode = ${mode}
`,
  )
  chmodSync(folder, 0o755)
  // It does not run as root.
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  const child = spawn(program, [settings], { stdio: 'ignore', ...user })
  const exited = once(child, 'exit')
  const url = withPort(databaseUrl, own)
  await until(() => answers(url))
  return {
    url,
    async stop() {
      child.kill('SIGTERM')
      await exited
      rmSync(folder, { recursive: true })
    },
  }
}

/** What stands for one: it carries everything but notifications. */
export async function startDeafProxy(databaseUrl: string): Promise<Pooler> {
  const { hostname, port } = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const database = createConnection(Number(port), hostname)
    client.pipe(database)
    database.on(
      'data',
      withoutNotifications((messages) => client.write(messages)),
    )
    for (const [socket, other] of [
      [client, database],
      [database, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: withPort(databaseUrl, (server.address() as AddressInfo).port),
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A message is a letter, its length, which counts itself, and so many bytes; A is a notification. */
function withoutNotifications(carry: (message: Buffer) => void) {
  let rest = Buffer.alloc(0)
  return (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 5 && rest.length > rest.readUInt32BE(1)) {
      const length = 1 + rest.readUInt32BE(1)
      if (rest[0] !== 'A'.charCodeAt(0)) carry(rest.subarray(0, length))
      rest = rest.subarray(length)
    }
  }
}

function withPort(url: string, port: number) {
  const other = new URL(url)
  other.port = String(port)
  return other.href
}

async function answers(connectionString: string) {
  const client = new pg.Client({ connectionString })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}
