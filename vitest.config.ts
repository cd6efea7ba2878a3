import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { requireSupportedNode } from './app/database/sqlite/supported-node.js'
import { DATABASE_OF_TEST, DATABASES, projectName } from './tests/support/databases.js'

const SLOWEST_TEST_MS = 90_000

requireSupportedNode()

/** Tests that open the services have a database; the other ones of app/ are about their file alone. */
const rules = readdirSync('app', { recursive: true, encoding: 'utf8' })
  .map((file) => `app/${file.replaceAll('\\', '/')}`)
  .filter((file) => /\.test\.tsx?$/.test(file))
  .filter((file) => /\bopenServices\(/.test(readFileSync(file, 'utf8')))

/** Those of PostgreSQL's own, and of what has to do with both databases. */
const ofPostgres = ['app/database/postgres/*.test.ts', 'app/database/move*.test.ts']

/** A part of the tests that `npm test -- <name>` can run alone. */
const part = (name: string, include: string[], exclude: string[] = []) => ({
  extends: true as const,
  test: { name, include, exclude },
})

/** A part that has to come out alike on each database. */
const onEach = (name: string, ...include: string[]) =>
  DATABASES.map((database) => onDatabase(database, projectName(name, database), include))

const onDatabase = (database: string, name: string, include: string[]) => ({
  extends: true as const,
  test: {
    name,
    include,
    env: { [DATABASE_OF_TEST]: database },
    globalSetup: database === 'PostgreSQL' ? 'tests/support/postgres/set-up.ts' : [],
  },
})

/** Without Remix's Vite plugin, on purpose: tests meet routes through the real, built server. */
export default defineConfig({
  resolve: { alias: { '~': fileURLToPath(new URL('app', import.meta.url)) } },
  test: {
    environment: 'node',
    testTimeout: SLOWEST_TEST_MS,
    hookTimeout: SLOWEST_TEST_MS,
    // One more than the cores that there are: tests also wait, for clocks, leases and answers.
    maxWorkers: 3,
    // Loading the modules anew for each file took a third of all time. No test changes a module, and
    // each has a database or a server of its own.
    isolate: false,
    projects: [
      part(
        'unit',
        ['app/**/*.test.{ts,tsx}', 'tests/bench/*.test.ts', '*.test.ts'],
        [...rules, ...ofPostgres],
      ),
      ...onEach('rules', ...rules, 'tests/support/*.test.ts'),
      ...onEach('http', 'tests/http/**/*.test.ts'),
      part('edge', ['tests/edge/**/*.test.ts']),
      part('cli', ['tests/cli/**/*.test.ts']),
      ...onEach('live', 'tests/live/**/*.test.ts'),
      onDatabase('PostgreSQL', 'nodes', ['tests/nodes/**/*.test.ts']),
      onDatabase('PostgreSQL', 'postgres', [...ofPostgres, 'tests/postgres/**/*.test.ts']),
      part('sqlite', ['tests/sqlite/**/*.test.ts']),
      part('faults', ['tests/faults/**/*.test.ts']),
      onDatabase('PostgreSQL', 'proxies', ['tests/proxies/**/*.test.ts']),
    ],
  },
})
