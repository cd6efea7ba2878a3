import { wrong, type Finding } from './findings'
import { isForOneServer, isPostgres, noSuchKind } from './open'
import { examinePostgres } from './postgres/examine'
import { connect } from './postgres/connection'
import { askIdentity } from './postgres/identity'
import { examineSqlite, identifySqlite } from './sqlite/examine'

export type ExamineOptions = {
  url: string
  /** How many processes are to use it, and in each so many connections answer people, where that is known. */
  load: { nodes: number; connections: number } | undefined
  clock: { now(): Date; monotonic(): number }
}

/**
 * Looks whether a database can keep the promise, and changes nothing in it: no migration, no row, no
 * file. Servers may be using it.
 */
export async function examineDatabase(options: ExamineOptions): Promise<Finding[]> {
  if (isForOneServer(options.url)) return examineSqlite(options)
  if (isPostgres(options.url)) return examinePostgres(options)
  return [wrong('database', noSuchKind().message)]
}

/**
 * The identity (types.ts) of a database in which examineDatabase found nothing wrong. Changes nothing.
 *
 * @throws when it is not to be had
 */
export async function identifyDatabase(url: string): Promise<string> {
  if (isForOneServer(url)) return identifySqlite(url)
  const client = await connect(url, { patience: PATIENCE_MS })
  try {
    return await askIdentity(client)
  } finally {
    void client.end().catch(() => {})
  }
}

const PATIENCE_MS = 5_000
