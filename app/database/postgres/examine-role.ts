import type pg from 'pg'
import { ok, wrong, type Finding } from '../findings'
import { postgresMigrations } from './apply-migrations'

type Rights = { role: string; schema: string; mayCreate: boolean }

const ASK_RIGHTS = `
  SELECT quote_ident(current_user) AS "role", quote_ident("name") AS "schema",
    has_schema_privilege("name", 'USAGE') AND has_schema_privilege("name", 'CREATE') AS "mayCreate"
  FROM (SELECT coalesce(current_schema(), 'public') AS "name") AS "first"`

type Thing = { kind: string; name: string; called: string; isOwned: boolean }

/** All that there is of the kinds that migrations make; the catalogue says so to everybody. */
const ASK_THINGS = `
  SELECT 'TABLE' AS "kind", "relname" AS "name", "oid"::regclass::text AS "called",
    pg_has_role("relowner", 'USAGE') AS "isOwned"
  FROM "pg_class" WHERE "relnamespace" = current_schema()::regnamespace AND "relkind" = 'r'
  UNION ALL
  SELECT 'FUNCTION', "proname", "oid"::regprocedure::text, pg_has_role("proowner", 'USAGE')
  FROM "pg_proc" WHERE "pronamespace" = current_schema()::regnamespace
  UNION ALL
  SELECT 'TYPE', "typname", "oid"::regtype::text, pg_has_role("typowner", 'USAGE')
  FROM "pg_type" WHERE "typnamespace" = current_schema()::regnamespace AND "typtype" = 'e'`

/** What our migrations make, as "TABLE User". */
const MADE = postgresMigrations.map(
  ({ sql }) =>
    new Set(
      [...sql.matchAll(/^CREATE (TABLE|FUNCTION|TYPE) "(\w+)"/gm)].map(
        ([, kind, name]) => `${kind} ${name}`,
      ),
    ),
)
const RECORDS = 'TABLE _prisma_migrations'
const OURS = new Set([RECORDS, ...MADE.flatMap((made) => [...made])])

const keyOf = ({ kind, name }: Thing) => `${kind} ${name}`

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
  const { rows: things } = await client.query<Thing>(ASK_THINGS)
  // What somebody keeps beside ours does not matter to an upgrade.
  const foreign = things.filter((thing) => !thing.isOwned && OURS.has(keyOf(thing)))
  if (foreign.length === 0) return ok('role')
  if (!isLatchkeys(things)) {
    const names = foreign.map(({ called }) => called).join(', ')
    return wrong(
      'role',
      `The database is another program's: ${names} there is not of Latchkey. Leave it as it is. Create a ` +
        `database for Latchkey alone (createdb latchkey --owner=${role} --template=template0 ` +
        '--encoding=UTF8), and let DATABASE_URL name that.',
    )
  }
  const statements = foreign.map(({ kind, called }) => `ALTER ${kind} ${called} OWNER TO ${role};`)
  return wrong(
    'role',
    `What is in the database does not all belong to the role ${role}, so that an upgrade could not ` +
      `change it. Say in psql, as an administrator: ${statements.join(' ')}`,
  )
}

/** Other programs have a table "User" as well; nobody else has all that the first migration makes. */
function isLatchkeys(things: readonly Thing[]): boolean {
  const there = new Set(things.map(keyOf))
  return [RECORDS, ...MADE[0]!].every((thing) => there.has(thing))
}
