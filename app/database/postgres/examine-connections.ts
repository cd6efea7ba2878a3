import type pg from 'pg'
import type { ExamineOptions } from '../examine'
import { ok, skipped, wrong, type Finding } from '../findings'
import { OTHER_CONNECTIONS } from './connection'

type Limits = {
  server: number
  database: number
  role: number
  nameOfDatabase: string
  nameOfRole: string
  hasNodes: boolean
}

/** A newer PostgreSQL keeps some back for roles that an older one does not know. */
const ASK_LIMITS = `
  SELECT current_setting('max_connections')::integer
      - current_setting('superuser_reserved_connections')::integer
      - coalesce(current_setting('reserved_connections', true), '0')::integer AS "server",
    "datconnlimit" AS "database", "rolconnlimit" AS "role",
    quote_ident("datname") AS "nameOfDatabase", quote_ident("rolname") AS "nameOfRole",
    to_regclass('"Node"') IS NOT NULL AS "hasNodes"
  FROM "pg_database", "pg_roles"
  WHERE "datname" = current_database() AND "rolname" = current_user`

/** Whether so many connections are to be had as the nodes that run need, or those that are to run. */
export async function examineConnections(
  client: pg.Client,
  load: ExamineOptions['load'],
): Promise<Finding> {
  const check = 'connections'
  if (!load) return skipped([check], 'the settings about it are wrong')[0]!
  const { rows } = await client.query<Limits>(ASK_LIMITS)
  const limits = rows[0]!
  const running = limits.hasNodes ? await countNodes(client) : 0
  const nodes = Math.max(load.nodes, running)
  const needed = nodes * (load.connections + OTHER_CONNECTIONS)
  const [limit, raise] = tightest(limits)
  if (limit >= needed) return ok(check)
  const fewer = Math.floor(limit / nodes) - OTHER_CONNECTIONS
  return wrong(
    check,
    `PostgreSQL lets ${limit} connections in, and ${nodes === 1 ? 'a node needs' : `${nodes} nodes need`} ` +
      `${needed}. ${raise}${fewer > 0 ? `, or set DATABASE_CONNECTIONS=${fewer}` : ''}.`,
  )
}

/** The lowest of the limits, and how it is raised. */
function tightest({ server, database, role, nameOfDatabase, nameOfRole }: Limits) {
  const all: [limit: number, raise: string][] = [
    [server, 'Raise max_connections of PostgreSQL'],
    [database, `Say in psql: ALTER DATABASE ${nameOfDatabase} CONNECTION LIMIT -1;`],
    [role, `Say in psql, as an administrator: ALTER ROLE ${nameOfRole} CONNECTION LIMIT -1;`],
  ]
  return all.filter(([limit]) => limit >= 0).sort(([a], [b]) => a - b)[0]!
}

async function countNodes(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    'SELECT count(*)::integer AS "count" FROM "Node"',
  )
  return rows[0]!.count
}
