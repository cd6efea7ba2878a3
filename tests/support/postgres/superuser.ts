import pg from 'pg'
import { administratorsUrl } from './databases'

export type Superuser = Awaited<ReturnType<typeof asSuperuser>>

/** Does to a database what its owner cannot do, over one connection that is there before it is needed. */
export async function asSuperuser(databaseUrl: string) {
  const name = new URL(databaseUrl).pathname.slice(1)
  const client = new pg.Client({ connectionString: administratorsUrl(databaseUrl) })
  // Of a server that ends before it.
  client.on('error', () => {})
  await client.connect()
  const run = async (sql: string, values: unknown[] = []) =>
    (await client.query<Record<string, unknown>>(sql, values)).rows

  return {
    run,
    /** Ends the connections on which nodes listen. They may come again. */
    endListening: () =>
      run(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = $1 AND query = 'LISTEN latchkey'`,
        [name],
      ),
    /** Ends every connection of nodes. */
    endConnections: () =>
      run(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = $1 AND pid <> pg_backend_pid()`,
        [name],
      ),
    /** Nobody gets a new connection; what there is goes on. */
    refuseConnections: () => run(`ALTER DATABASE "${name}" CONNECTION LIMIT 0`),
    letConnect: () => run(`ALTER DATABASE "${name}" CONNECTION LIMIT -1`),
    close: () => client.end(),
  }
}
