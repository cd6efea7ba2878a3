import { DatabaseUnusable, isOutcomeUnknown } from './errors'
import { MIGRATION_LOCK } from './postgres/apply-migrations'
import { openPostgres } from './postgres/open'
import { leaveMovedMarker, locationOf, removeMovedMarker } from './sqlite/file'
import { openSqlite } from './sqlite/open'
import type { Client, Database, DatabaseOptions, Transaction } from './types'

/** Rows in one statement: PostgreSQL takes 65,535 values in one. */
const BATCH = 1_000
const MINUTE_MS = 60_000
/** A day. It is one transaction, however large the database is. */
const LONGEST_MS = 1_440 * MINUTE_MS

/** Every table, those first that others refer to, with what its rows are told apart by. */
export const TABLES = [
  ['user', 'id'],
  ['givenUsername', 'hash'],
  ['password', 'userId'],
  ['retiredPassword', 'userId'],
  ['session', 'id'],
  ['application', 'id'],
  ['usedApplicationId', 'id'],
  ['group', 'id'],
  ['groupMember', 'id'],
  ['applicationGroup', 'id'],
  ['applicationSession', 'id'],
  ['applicationCookie', 'tokenHash'],
  ['applicationCode', 'codeHash'],
  ['apiToken', 'id'],
  ['pendingSignIn', 'id'],
  ['authenticator', 'userId'],
  ['recoveryCode', 'id'],
  ['passkey', 'id'],
  ['usedChallenge', 'hash'],
  ['knownDevice', 'id'],
  ['rememberedDevice', 'id'],
  ['oneTimeLink', 'id'],
  ['emailChange', 'id'],
  ['signInNotice', 'id'],
  ['outgoingMail', 'id'],
  ['signingKey', 'id'],
  ['auditEvent', 'id'],
  ['attemptCounter', 'key'],
] as const satisfies readonly (readonly [keyof Client, string])[]
type TableName = (typeof TABLES)[number][0]

/** Those whose triggers announce what is written. */
const ANNOUNCED = [
  'User',
  'Session',
  'ApiToken',
  'Application',
  'ApplicationGroup',
  'ApplicationCookie',
  'Group',
  'GroupMember',
]

/** How many rows of each table were moved. */
export type MovedCounts = Record<TableName, number>

/**
 * Copies a whole SQLite database to an empty one of PostgreSQL: all of it or nothing. The file stays as
 * it was, and a marker beside it keeps it from being opened again, for what ends from now on would be
 * open in it.
 *
 * @param options.onProgress is told how many rows are copied, of how many
 * @throws DatabaseUnusable when a server uses the file, or the other database is not empty
 */
export async function moveDatabase({
  from,
  to,
  clock,
  onProgress,
}: {
  from: string
  to: string
  clock: DatabaseOptions['clock']
  onProgress: (done: number, total: number) => void
}): Promise<MovedCounts> {
  const location = locationOf(from)
  const source = await openSqlite({ url: from, clock, as: 'server', create: false })
  try {
    const target = await openTarget(to, clock)
    try {
      return await target.transaction(async (tx) => {
        await keepServersWaiting(tx)
        await refuseInhabited(tx)
        const counts = await copyTables(source, tx, onProgress)
        leaveMovedMarker(location, nameOf(to))
        return counts
      })
    } catch (error) {
      if (!isOutcomeUnknown(error)) removeMovedMarker(location)
      throw error
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

/** DATABASE_URL names the file: a sentence that says to mend that means the other address here. */
async function openTarget(url: string, clock: DatabaseOptions['clock']): Promise<Database> {
  const limits = { statementTimeout: 10 * MINUTE_MS, transactionLimit: LONGEST_MS }
  try {
    return await openPostgres({ url, clock, connections: 2, ...limits })
  } catch (error) {
    if (!(error instanceof DatabaseUnusable)) throw error
    const sentence = error.message
      .replace(/^DATABASE_URL/, 'The address to move to')
      .replaceAll('DATABASE_URL', 'the address to move to')
    throw new DatabaseUnusable(sentence, { cause: error })
  }
}

/** One that starts now would find nobody, and offer the first account to whoever comes. */
async function keepServersWaiting(tx: Transaction) {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK}::bigint)`
}

async function refuseInhabited(tx: Transaction) {
  for (const [table] of TABLES) {
    if ((await rowsOf(tx, table).count()) === 0) continue
    throw new DatabaseUnusable(
      'The database to move to is not empty. Create a new one (createdb), and move to that.',
    )
  }
}

async function copyTables(
  { client }: Database,
  tx: Transaction,
  onProgress: (done: number, total: number) => void,
): Promise<MovedCounts> {
  const counts = {} as MovedCounts
  for (const [table] of TABLES) counts[table] = await rowsOf(client, table).count()
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  // Nobody listens, and whoever did would hear of every session there ever was.
  await switchTriggers(tx, 'DISABLE')
  let done = 0
  for (const [table, key] of TABLES) {
    for await (const rows of batchesOf(client, table, key)) {
      await rowsOf(tx, table).createMany({ data: rows })
      onProgress((done += rows.length), total)
    }
    if ((await rowsOf(tx, table).count()) !== counts[table]) {
      throw new DatabaseUnusable(
        'Somebody wrote to the file meanwhile. Nothing was moved; let nobody use it, and try again.',
      )
    }
  }
  await switchTriggers(tx, 'ENABLE')
  return counts
}

async function switchTriggers(tx: Transaction, verb: 'DISABLE' | 'ENABLE') {
  for (const table of ANNOUNCED) {
    await tx.$executeRawUnsafe(`ALTER TABLE "${table}" ${verb} TRIGGER USER`)
  }
}

async function* batchesOf(client: Client, table: TableName, key: string): AsyncGenerator<Row[]> {
  for (let last: unknown; ;) {
    const rows = await rowsOf(client, table).findMany({
      // By a cursor, since the client cannot ask for bytes that are greater than others.
      ...(last !== undefined && { cursor: { [key]: last }, skip: 1 }),
      orderBy: { [key]: 'asc' },
      take: BATCH,
    })
    if (rows.length > 0) yield rows
    if (rows.length < BATCH) return
    last = rows.at(-1)![key]
  }
}

type Row = Record<string, unknown>
type Rows = {
  count(): Promise<number>
  findMany(query: object): Promise<Row[]>
  createMany(rows: { data: Row[] }): Promise<unknown>
}

/** Every table alike, whatever its columns. */
const rowsOf = (client: Client | Transaction, table: TableName) => client[table] as unknown as Rows

/** Where it went, without who may open it. */
function nameOf(url: string): string {
  const { hostname, pathname } = new URL(url)
  return `${pathname.slice(1)} on ${hostname || 'this machine'}`
}
