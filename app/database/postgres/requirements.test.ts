import pg from 'pg'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { administer, serversUrl, urlOf } from '../../../tests/support/postgres/databases'
import { startPostgres } from '../../../tests/support/postgres/start.js'
import { freePort } from '../../../tests/support/server'
import {
  bareDatabase,
  connectTo,
  expectUnusable,
  openTemporary,
  ownPostgres,
  temporaryDatabase,
} from './fixtures'
import { refuseUnfit } from './requirements'

describe('opening is refused with a sentence that names the fix', () => {
  test('when the database is a standby', async () => {
    const url = await ownPostgres({ isStandby: true })
    await expectUnusable(() => openTemporary(url), 'is a standby, or still recovering')
  })

  test('when PostgreSQL may forget what it has committed', async () => {
    const url = await ownPostgres({ settings: { fsync: 'off' } })
    await expectUnusable(() => openTemporary(url), 'fsync=off')
    const { rows } = await (
      await connectTo(url)
    ).query('SELECT * FROM "pg_tables" WHERE "schemaname" = \'public\'')
    expect(rows).toEqual([])
  })

  test('when the database has another encoding', async () => {
    const url = await bareDatabase(
      `OWNER "latchkey" TEMPLATE template0 ENCODING LATIN1 LC_COLLATE 'C' LC_CTYPE 'C'`,
    )
    await expectUnusable(() => openTemporary(url), 'encoded as LATIN1. Create one with')
  })

  test('when PostgreSQL is too old', async () => {
    const answer = {
      version: 120_019,
      encoding: 'UTF8',
      recovering: false,
      fsync: 'on',
      synchronousCommit: 'on',
      isolation: 'read committed',
    }
    const client = { query: () => Promise.resolve({ rows: [answer] }) } as unknown as pg.Client
    await expectUnusable(() => refuseUnfit(client), 'PostgreSQL 12 is too old')
    answer.version = 130_000
    await refuseUnfit(client)
  })

  test("when the database holds another program's tables, which stay as they are", async () => {
    const url = await bareDatabase()
    const other = await connectTo(url)
    await other.query('CREATE TABLE "Recipe" ("id" text)')
    await expectUnusable(() => openTemporary(url), "another program's tables")
    const { rows } = await other.query(
      'SELECT "tablename" FROM "pg_tables" WHERE "schemaname" = \'public\'',
    )
    expect(rows).toEqual([{ tablename: 'Recipe' }])
  })

  test('when the database is empty and was to be there, which makes no tables', async () => {
    const url = await bareDatabase()
    await expectUnusable(
      () => openTemporary(url, { create: false }),
      'is empty. Is it the right one?',
    )
    const { rows } = await (
      await connectTo(url)
    ).query('SELECT 1 FROM "pg_tables" WHERE "schemaname" = \'public\'')
    expect(rows).toEqual([])
  })

  test('when there is no such database', async () => {
    const url = urlOf(serversUrl(), 'no-such-database')
    await expectUnusable(() => openTemporary(url), 'Create it (createdb)')
  })

  test('when the role does not exist', async () => {
    const url = new URL(await temporaryDatabase())
    url.username = 'nobody-we-know'
    await expectUnusable(() => openTemporary(url.href), 'does not let us in')
  })

  test('when nobody listens there, or the name leads nowhere', async () => {
    const port = await freePort()
    await expectUnusable(
      () => openTemporary(`postgresql://latchkey@127.0.0.1:${port}/x`),
      'PostgreSQL cannot be reached',
    )
    await expectUnusable(
      () => openTemporary('postgresql://latchkey@no-such-host.invalid/x'),
      'PostgreSQL cannot be reached',
    )
  })

  test('when the role may not make tables', async () => {
    const url = new URL(await bareDatabase('TEMPLATE template0'))
    url.username = await ordinaryRole('visitor')
    await expectUnusable(() => openTemporary(url.href), "a database of Latchkey's own")
  })

  test('when there are no connections left for the role', async () => {
    const url = new URL(await bareDatabase())
    const role = await ordinaryRole('crowded')
    await administer(`ALTER ROLE "${role}" CONNECTION LIMIT 1`)
    url.username = role
    await connectTo(url.href)
    await expectUnusable(() => openTemporary(url.href), 'lower DATABASE_CONNECTIONS')
  })
})

describe('a role with a password', () => {
  let server: Awaited<ReturnType<typeof startPostgres>>
  beforeAll(async () => {
    server = await startPostgres({ withPassword: 'secretive' })
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    await client.query(`CREATE ROLE "secretive" LOGIN PASSWORD 'open sesame'`)
    await client.query('CREATE DATABASE "secrets" OWNER "secretive"')
    await client.end()
  })
  afterAll(() => server.stop())

  function urlWith(password: string) {
    const url = new URL(server.url)
    return Object.assign(url, { username: 'secretive', password, pathname: '/secrets' }).href
  }

  test('is refused a wrong one, which no sentence repeats', async () => {
    const opening = () => openTemporary(urlWith('guessed'))
    await expectUnusable(opening, 'Mend the name or the password in DATABASE_URL')
    await expect(opening()).rejects.not.toThrow('guessed')
  })

  test('comes in with the right one', async () => {
    const { client } = await openTemporary(urlWith('open sesame'))
    expect(await client.user.count()).toBe(0)
  })
})

describe('what a database says for itself', () => {
  test('about commits and isolation is overruled on every connection, and said', async () => {
    const url = await temporaryDatabase()
    const name = new URL(url).pathname.slice(1)
    await administer(`ALTER DATABASE "${name}" SET synchronous_commit = off`)
    await administer(
      `ALTER DATABASE "${name}" SET default_transaction_isolation = 'repeatable read'`,
    )
    await administer(`ALTER DATABASE "${name}" SET default_transaction_read_only = on`)
    const log = { warn: vi.fn(), error: vi.fn() }

    const { client, transaction } = await openTemporary(url, { connections: 3, log })

    const settings = () => client.$queryRaw<Settings[]>`
      SELECT current_setting('synchronous_commit') AS "commit",
        current_setting('transaction_isolation') AS "isolation",
        current_setting('transaction_read_only') AS "readOnly",
        pg_backend_pid() AS "pid", pg_sleep(0.3)::text`
    const asked = await Promise.all([settings(), settings(), settings()])
    expect(new Set(asked.map(([row]) => row?.pid)).size).toBe(3)
    for (const [row] of asked) {
      expect(row).toMatchObject({ commit: 'on', isolation: 'read committed', readOnly: 'off' })
    }
    const [inside] = await transaction(
      (tx) =>
        tx.$queryRaw<unknown[]>`SELECT current_setting('transaction_isolation') AS "isolation"`,
    )
    expect(inside).toEqual({ isolation: 'read committed' })
    expect(log.warn.mock.calls.flat()).toEqual([
      "PostgreSQL's synchronous_commit is off; Latchkey's connections set it to on.",
      "PostgreSQL's default_transaction_isolation is repeatable read; Latchkey's connections set it to read committed.",
    ])
  })

  test('is not mentioned when it is as it should be', async () => {
    const log = { warn: vi.fn(), error: vi.fn() }
    await openTemporary(undefined, { log })
    expect(log.warn).not.toHaveBeenCalled()
  })
})

type Settings = { commit: string; isolation: string; readOnly: string; pid: number }

async function ordinaryRole(name: string) {
  const role = `${name}_${process.pid}`
  await administer(`CREATE ROLE "${role}" LOGIN`)
  onTestFinished(() => administer(`DROP ROLE "${role}"`))
  return role
}
