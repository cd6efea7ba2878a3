import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { v7 } from 'uuid'
import { BetterSqlite3 as Database } from '../../app/database/sqlite/driver.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Ignored by git. Delete it to have the database made anew. */
const FOLDER = path.join(ROOT, 'test-results', 'bench')
const DAY_MS = 86_400_000
const LOG_DAYS = 365

/**
 * A database with so many people and so many audit events; made once, which takes minutes.
 *
 * @returns {Promise<string>} its file
 */
export async function bigDatabase({ users = 100_000, events = 1_000_000 } = {}) {
  const file = path.join(FOLDER, `${users}-users-${events}-events.db`)
  if (existsSync(file)) return file
  mkdirSync(FOLDER, { recursive: true })
  const draft = `${file}.draft`
  for (const end of ['', '-wal', '-shm', '.exists']) rmSync(draft + end, { force: true })
  await seed(draft, users)
  addEvents(draft, events)
  renameSync(draft, file)
  return file
}

/** @param {string} file @param {number} users */
async function seed(file, users) {
  console.error(`Seeding ${users} users…`)
  const script = `import('./build/node/cli.js').then((cli) => cli.runCli(process.argv.slice(1)))`
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', script, '--', 'seed', '--users', String(users)],
    {
      cwd: ROOT,
      env: { ...process.env, DATABASE_URL: `file:${file}` },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`Seeding failed (exit code ${code})`)
}

/** How often things happen, in hundredths. What is left over are deletions. */
const KINDS = [
  ...Array.from({ length: 60 }, () => 'session.started'),
  ...Array.from({ length: 20 }, () => 'session.signed-out'),
  ...Array.from({ length: 12 }, () => 'session.refused'),
  ...Array.from({ length: 4 }, () => 'token.created'),
  ...Array.from({ length: 3 }, () => 'password.changed'),
  'user.deleted',
]

/**
 * A year's events, spread evenly over the people there are.
 *
 * @param {string} file @param {number} count
 */
function addEvents(file, count) {
  console.error(`Adding ${count} audit events…`)
  const database = new Database(file)
  database.pragma('synchronous = OFF')
  // In kB: the indexes fit, so that entries in random order cost no reading.
  database.pragma('cache_size = -2000000')
  const people = /** @type {{ id: string, name: string, nameKey: string }[]} */ (
    database.prepare(`SELECT "id", "name", "nameKey" FROM "User"`).all()
  )
  const insert = database.prepare(
    `INSERT INTO "AuditEvent" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const end = Date.now()
  const step = (LOG_DAYS * DAY_MS) / count
  const addAll = database.transaction(() => {
    for (let number = 0; number < count; number += 1) {
      const msecs = Math.floor(end - (count - number) * step)
      const at = new Date(msecs).toISOString().replace('Z', '+00:00')
      const person = people[(number * 7919) % people.length]
      const kind = KINDS[(number * 31) % KINDS.length]
      const who = [person?.id, person?.name, person?.nameKey]
      // Ids within one millisecond keep their order, as the application's do.
      const event = v7({ msecs, seq: number })
      insert.run(event, at, kind, ...who, ...who, person?.id, '192.0.2.1', '{}')
    }
  })
  addAll()
  // As it stands when a server has closed it.
  database.pragma('wal_checkpoint(TRUNCATE)')
  database.pragma('journal_mode = DELETE')
  database.close()
}
