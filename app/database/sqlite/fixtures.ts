import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { someUser, steadyClock } from '../fixtures'
import { openDatabase } from '../open'
import type { DatabaseOptions } from '../types'
import { connectReader, connectWriter } from './connection'
import { BetterSqlite3 } from './driver'
import { createWriteTurns } from './write-lock'

export { someUser, steadyClock }

/** A path in a folder of its own, gone after the test. */
export function temporaryPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-database-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'latchkey.db')
}

/** Opens a database that is closed after the test, and looks at foreign changes only when asked. */
export async function openTemporary(
  path = temporaryPath(),
  options: Partial<DatabaseOptions> = {},
) {
  const database = await openDatabase({
    url: `file:${path}`,
    clock: steadyClock,
    pollInterval: 0,
    ...options,
  })
  onTestFinished(() => database.close())
  return database
}

/** What an adapter is put together from, for a test that wants one part to be different. */
export async function connectParts(path: string, { busyLimit = 1000 } = {}) {
  const [reader, writer] = [await connectReader(path), await connectWriter(path)]
  return { clock: steadyClock, reader, writer, turns: createWriteTurns(busyLimit), busyLimit }
}

/** Runs one statement over a connection of its own, like another program would. */
export function runElsewhere(path: string, sql: string) {
  const database = new BetterSqlite3(path)
  try {
    database.exec(sql)
  } finally {
    database.close()
  }
}

/** Root may write everything, so it steps down for a while. */
export async function asOrdinaryUser(work: () => Promise<void>) {
  if (process.geteuid?.() !== 0) return work()
  const NOBODY = 65534
  process.seteuid?.(NOBODY)
  try {
    await work()
  } finally {
    process.seteuid?.(0)
  }
}

/** Another process that has run `sql` and keeps its connection open until told to end. */
export async function anotherProcess(path: string, sql: string) {
  const script = `
    const database = new (require('better-sqlite3'))(process.argv[1])
    database.exec(process.argv[2])
    process.stdin.on('end', () => process.exit()).resume()
    console.log('ready')`
  const child = spawn(process.execPath, ['-e', script, path, sql], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const end = async (signal?: NodeJS.Signals) => {
    if (signal) child.kill(signal)
    else child.stdin.end()
    await exited
  }
  onTestFinished(() => end())
  await Promise.race([once(child.stdout, 'data'), exited.then(() => failed())])
  return { end }
}

function failed(): never {
  throw new Error('The other process ended before it was ready')
}

/** Another process that has added a user and was killed, so that its log is left. */
export async function crashAfterAdding(id: string, path: string) {
  const other = await anotherProcess(
    path,
    `INSERT INTO "User" ("id", "email", "username", "name", "nameKey", "createdAt", "updatedAt", "lastActiveAt")
     VALUES ('${id}', '${id}@example.com', '${id}', '${id}', '${id}', 0, 0, 0)`,
  )
  await other.end('SIGKILL')
}

/** A database with one user, as a server leaves it. */
export async function closedDatabaseOf(id: string) {
  const path = temporaryPath()
  const database = await openTemporary(path, { as: 'server' })
  await database.client.user.create({ data: someUser(id) })
  await database.close()
  return path
}

/** The ids of the users in a database that nobody has open. */
export async function peopleIn(path: string, options: Partial<DatabaseOptions> = {}) {
  const database = await openTemporary(path, options)
  const people = await database.client.user.findMany({ orderBy: { id: 'asc' } })
  await database.close()
  return people.map(({ id }) => id)
}
