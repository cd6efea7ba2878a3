import type { TestServer } from './server'

/** All rows of all tables, to be compared with what they are later. */
export type Dump = Record<string, Record<string, unknown>[]>

/**
 * What is in the database now. Activity is gathered in memory and written every few seconds, so to
 * see that too, stop the server first.
 */
export function dump(server: TestServer): Dump {
  const database = server.openDatabase()
  try {
    const tables = database
      .prepare<[], { name: string }>(
        `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
      )
      .all()
    return Object.fromEntries(
      tables.map(({ name }) => [
        name,
        database
          .prepare<[], Record<string, unknown>>(`SELECT * FROM "${name}" ORDER BY 1`)
          .all()
          .map(readable),
      ]),
    )
  } finally {
    database.close()
  }
}

/** The same without the one thing that a visit may leave: when the session was last used. */
export function withoutActivity({ User = [], Session = [], ...others }: Dump): Dump {
  return {
    ...others,
    User: User.map(({ lastActiveAt: _, ...user }) => user),
    Session: Session.map(({ lastSeenAt: _, expiresAt: __, ...session }) => session),
  }
}

const readable = (row: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      Buffer.isBuffer(value) ? value.toString('hex') : value,
    ]),
  )
