import { hash } from 'node:crypto'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { someSession, someUser, steadyClock } from '../../app/database/fixtures'
import { TABLES } from '../../app/database/move'
import { moveToOther, openDatabase } from '../../app/database/open'
import { temporaryPath } from '../../app/database/sqlite/fixtures'
import { dump } from './dump'
import { writeEveryColumn } from './models'
import { queriesOf } from './queries'

/** A database with a row in every table, and so many people with a session each. */
export async function createFileToMove(people: number) {
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-move-'))
  const file = path.join(folder, 'latchkey.db')
  const database = await openDatabase({ url: `file:${file}`, clock: steadyClock, as: 'server' })
  await writeEveryColumn(database.client)
  const others = Array.from({ length: people - 1 }, (_, index) => `person-${index}`)
  await database.client.user.createMany({
    data: others.map((id) => ({ ...someUser(id), name: `Zoë 😀 ${id}` })),
  })
  await database.client.givenUsername.createMany({
    data: others.map((id) => ({ hash: new Uint8Array(hash('sha256', id, 'buffer')), userId: id })),
  })
  await database.client.session.createMany({ data: others.map((id) => someSession(id, id)) })
  await database.close()
  return {
    /** A copy of it, gone after the test. */
    copy() {
      const copy = temporaryPath()
      copyFileSync(file, copy)
      return copy
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export const move = (
  file: string,
  to: string,
  onProgress: (done: number, total: number) => void = () => {},
) => moveToOther({ from: `file:${file}`, to, clock: steadyClock, onProgress })

/** Every row of every table as our own client reads it. */
export async function rowsOf(url: string): Promise<Record<string, unknown[]>> {
  const database = await openDatabase({ url, clock: steadyClock })
  try {
    const rows: Record<string, unknown[]> = {}
    for (const [table, key] of TABLES) {
      const { findMany } = database.client[table] as unknown as Rows
      rows[table] = await findMany({ orderBy: { [key]: 'asc' } })
    }
    return rows
  } finally {
    await database.close()
  }
}
type Rows = { findMany: (query: object) => Promise<unknown[]> }

/** Every row of every table as it is kept. */
export const dumpOf = (url: string) => dump({ databaseUrl: url, ...queriesOf(url) })

/** The tables of a database of PostgreSQL. */
export async function tablesOf(url: string) {
  const sql = `SELECT "tablename" AS "name" FROM "pg_tables" WHERE "schemaname" = 'public'`
  return (await queriesOf(url).query(sql)).map(({ name }) => name)
}
