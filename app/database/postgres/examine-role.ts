import type pg from 'pg'
import { ok, wrong, type Finding } from '../findings'

type Rights = { role: string; schema: string; mayCreate: boolean }

const ASK_RIGHTS = `
  SELECT quote_ident(current_user) AS "role", quote_ident("name") AS "schema",
    has_schema_privilege("name", 'USAGE') AND has_schema_privilege("name", 'CREATE') AS "mayCreate"
  FROM (SELECT coalesce(current_schema(), 'public') AS "name") AS "first"`

/** What belongs to somebody else; to whom extensions belong does not matter. */
const ASK_FOREIGN = `
  SELECT 'TABLE ' || "oid"::regclass AS "what" FROM "pg_class"
  WHERE "relnamespace" = current_schema()::regnamespace AND "relkind" = 'r'
    AND NOT pg_has_role("relowner", 'USAGE')
    AND NOT EXISTS (SELECT FROM "pg_depend" WHERE "objid" = "pg_class"."oid" AND "deptype" = 'e')
  UNION ALL
  SELECT 'FUNCTION ' || "oid"::regprocedure FROM "pg_proc"
  WHERE "pronamespace" = current_schema()::regnamespace AND "proname" LIKE 'latchkey%'
    AND NOT pg_has_role("proowner", 'USAGE')
  UNION ALL
  SELECT 'TYPE ' || "oid"::regtype FROM "pg_type"
  WHERE "typnamespace" = current_schema()::regnamespace AND "typname" IN ('Role', 'LinkPurpose')
    AND NOT pg_has_role("typowner", 'USAGE')`

/** Whether our role may make tables, and change those that there are, as migrations do. */
export async function examineRole(client: pg.Client): Promise<Finding> {
  const { rows } = await client.query<Rights>(ASK_RIGHTS)
  const { role, schema, mayCreate } = rows[0]!
  if (!mayCreate) {
    return wrong(
      'role',
      `The role ${role} may not make tables. Say in psql, as an administrator: ` +
        `GRANT USAGE, CREATE ON SCHEMA ${schema} TO ${role};`,
    )
  }
  const { rows: foreign } = await client.query<{ what: string }>(ASK_FOREIGN)
  if (foreign.length === 0) return ok('role')
  const statements = foreign.map(({ what }) => `ALTER ${what} OWNER TO ${role};`)
  return wrong(
    'role',
    `What is in the database does not all belong to the role ${role}, so that an upgrade could not ` +
      `change it. Say in psql, as an administrator: ${statements.join(' ')}`,
  )
}
