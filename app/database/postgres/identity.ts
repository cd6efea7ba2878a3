import type pg from 'pg'

/**
 * The record of the first migration has an id that was drawn when it was applied. A database that was
 * copied has the same one, and so differs in its number or in that of its server.
 */
const ASK = `
  SELECT "id", (SELECT "oid"::text FROM "pg_database" WHERE "datname" = current_database()) AS "number",
    has_function_privilege('pg_control_system()', 'EXECUTE') AS "mayAskServer"
  FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL
  ORDER BY "migration_name" LIMIT 1`

const ASK_SERVER = 'SELECT "system_identifier"::text AS "server" FROM pg_control_system()'

type Asked = { id: string; number: string; mayAskServer: boolean }

/** Does identifyDatabase (../examine.ts) for PostgreSQL. */
export async function askIdentity(client: pg.Client | pg.Pool): Promise<string> {
  const { rows } = await client.query<Asked>(ASK)
  const { id, number, mayAskServer } = rows[0]!
  if (!mayAskServer) return `${id} ${number}`
  const { rows: servers } = await client.query<{ server: string }>(ASK_SERVER)
  return `${id} ${number} ${servers[0]!.server}`
}
