import { sqltag as sql } from '@prisma/client/runtime/client'
import { describe, expect, test } from 'vitest'
import type { Database } from '../types'
import { someUser } from '../fixtures'
import { applyMigrations, postgresMigrations } from './apply-migrations'
import { connect } from './connection'
import { bareDatabase, connectAsAdministrator, openTemporary } from './fixtures'

const OF_SEARCH = postgresMigrations.findIndex(({ name }) => name.endsWith('search_any_part'))

describe('a database without an index of trigrams', () => {
  test('is made where our role may make no extension, and finds no parts', async () => {
    const url = await bareDatabase()
    const administrator = await connectAsAdministrator(url)
    const { rows } = await administrator.query<{ name: string }>(
      'SELECT current_database() AS "name"',
    )
    await administrator.query(`ALTER DATABASE "${rows[0]!.name}" OWNER TO postgres`)
    await administrator.query('GRANT CREATE, USAGE ON SCHEMA public TO "latchkey"')
    expect((await openTemporary(url)).usersWithPart).toBeNull()
  })

  test('is made where the server has no such extension, and finds no parts', async () => {
    const url = await bareDatabase()
    const migrations = postgresMigrations.slice(0, OF_SEARCH + 1)
    const last = migrations.pop()!
    const text = last.sql.replaceAll('pg_trgm', 'no_such_trgm')
    const client = await connect(url)
    await applyMigrations(client, {
      onEmpty: () => {},
      migrations: [...migrations, { ...last, sql: text }],
    })
    await client.end()
    expect((await openTemporary(url)).usersWithPart).toBeNull()
  })

  test('is made where the extension is in a schema that is closed to us', async () => {
    const url = await bareDatabase()
    const administrator = await connectAsAdministrator(url)
    await administrator.query('CREATE SCHEMA "closed"; CREATE EXTENSION pg_trgm SCHEMA "closed"')
    expect((await openTemporary(url)).usersWithPart).toBeNull()
  })
})

test('the extension may be there already, in a schema of its own', async () => {
  const url = await bareDatabase()
  const administrator = await connectAsAdministrator(url)
  await administrator.query(
    'CREATE SCHEMA "Of its own"; CREATE EXTENSION pg_trgm SCHEMA "Of its own"; ' +
      'GRANT USAGE ON SCHEMA "Of its own" TO "latchkey"',
  )
  const database = await openTemporary(url)
  await database.client.user.createMany({ data: ['ada', 'viola', '100%', 'a_b'].map(someUser) })
  expect(await found(database, 'iol')).toEqual(['viola'])
  expect(await found(database, '00%')).toEqual(['100%'])
  expect(await found(database, 'a_b')).toEqual(['a_b'])
  // The end of one and the beginning of the next are no part of either.
  expect(await found(database, 'ada\nada')).toEqual([])
})

test('a part is looked for by the index, where that is not the longer way', async () => {
  const { transaction, usersWithPart } = await openTemporary()
  const plan = await transaction(async (tx) => {
    await tx.$executeRaw`SET LOCAL enable_seqscan = off`
    return tx.$queryRaw(sql`EXPLAIN ${usersWithPart!('iol')}`)
  })
  expect(JSON.stringify(plan)).toContain('User_search_idx')
})

async function found({ client, usersWithPart }: Database, part: string): Promise<string[]> {
  const rows = await client.$queryRaw<{ id: string }[]>(usersWithPart!(part))
  return rows.map(({ id }) => id)
}
