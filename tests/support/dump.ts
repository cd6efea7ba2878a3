import type { Query, QueryAll, Row } from './queries'

/**
 * All rows of all tables, to be compared with what they are later; but for that of the servers which are
 * alive, and the index of the search, which says nothing of its own.
 */
export type Dump = Record<string, Record<string, unknown>[]>

/**
 * What is in the database now. Activity is gathered in memory and written every few seconds, so to
 * see that too, stop the server first.
 */
export async function dump({ databaseUrl, query, queryAll }: Dumped): Promise<Dump> {
  const tables = await query<{ name: string }>(
    databaseUrl.startsWith('file:')
      ? `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'UserSearch%'`
      : `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'Node'`,
  )
  const rows = await queryAll(tables.map(({ name }) => `SELECT * FROM "${name}" ORDER BY 1`))
  return Object.fromEntries(tables.map(({ name }, index) => [name, rows[index]!.map(readable)]))
}
type Dumped = { databaseUrl: string; query: Query; queryAll: QueryAll }

/** The same without what a visit may leave: when the session was last used, and its list looked at. */
export function withoutActivity({
  User = [],
  Session = [],
  KnownDevice = [],
  ...others
}: Dump): Dump {
  return {
    ...others,
    User: User.map(({ lastActiveAt: _, ...user }) => user),
    KnownDevice: KnownDevice.map(({ lookedAt: _, lookedBefore: __, ...device }) => device),
    Session: Session.map(({ lastSeenAt: _, expiresAt: __, ...session }) => session),
  }
}

const readable = (row: Row) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      Buffer.isBuffer(value) ? value.toString('hex') : value,
    ]),
  )
