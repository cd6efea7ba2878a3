import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DATABASE_OF_TEST } from './databases.js'
import { createPostgresDatabase } from './postgres/databases'
import { queriesOf, type Queries } from './queries'

export type TestDatabase = Queries & {
  /** For DATABASE_URL. */
  url: string
  /** A folder of its own; on SQLite the database is in it. */
  folder: string
  /** Removes both. Nobody has to have closed it. */
  drop: () => Promise<void>
}

export const isOnPostgres = process.env[DATABASE_OF_TEST] === 'PostgreSQL'

/** A database that nobody else uses, on whatever this test is running on: SQLite unless it is said. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(path.join(tmpdir(), 'latchkey-test-'))
  const { url, drop } = isOnPostgres
    ? await createPostgresDatabase()
    : { url: `file:${path.join(folder, 'latchkey.db')}`, drop: () => Promise.resolve() }
  return {
    ...queriesOf(url),
    url,
    folder,
    async drop() {
      await drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
