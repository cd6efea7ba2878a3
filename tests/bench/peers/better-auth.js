// better-auth as its documentation sets it up, on better-sqlite3 in a file. The limit on requests is
// off: with it everything after the hundredth would be answered by a refusal.
import { createServer } from 'node:http'
import process from 'node:process'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { toNodeHandler } from 'better-auth/node'
// The one of the repository itself: it takes minutes to compile.
import Database from 'better-sqlite3'

const { PORT, FILE } = process.env

const options = {
  baseURL: `http://127.0.0.1:${PORT}`,
  secret: 'a secret with a minimum length of 32 characters',
  database: new Database(FILE),
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
}

const { runMigrations } = await getMigrations(options)
await runMigrations()
createServer(toNodeHandler(betterAuth(options))).listen(Number(PORT), '127.0.0.1', () =>
  console.log('ready'),
)
