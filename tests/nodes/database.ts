import { randomBytes } from 'node:crypto'
import pg from 'pg'

export type PostgresDatabase = Awaited<ReturnType<typeof createPostgresDatabase>>

/** An empty database on the server that TEST_POSTGRES names, as a role that may create databases. */
export async function createPostgresDatabase() {
  const server = process.env.TEST_POSTGRES
  if (!server) throw new Error('TEST_POSTGRES has to be the URL of a PostgreSQL server')
  const name = `cluster_${randomBytes(6).toString('hex')}`
  await withClient(server, (client) => client.query(`CREATE DATABASE ${name}`))
  const url = Object.assign(new URL(server), { pathname: name }).href

  return {
    url,
    count: (table: string) =>
      withClient(url, async (client) => {
        const { rows } = await client.query<{ count: string }>(`SELECT count(*) FROM ${table}`)
        return Number(rows[0]!.count)
      }),
    drop: () => withClient(server, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`)),
  }
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
