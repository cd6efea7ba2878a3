import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { days } from '../../app/accounts/time'
import { openDatabase } from '../../app/database/open'
import { applyMigrations, postgresMigrations } from '../../app/database/postgres/apply-migrations'
import { connect } from '../../app/database/postgres/connection'
import { expectFine, says, verdictsOn } from '../support/examined'
import { administratorsUrl, createPostgresDatabase, urlOf } from '../support/postgres/databases'
import { shadow, unshadow } from '../support/postgres/shadow'
import { queriesOf, type Query } from '../support/queries'
import { startTcpProxy } from '../support/tcp-proxy'

let url: string
let drop: () => Promise<unknown>
/** By the role of Latchkey, and by an administrator of the server. */
let query: Query
let administer: Query
let name: string

beforeEach(async () => {
  ;({ url, drop } = await createPostgresDatabase())
  name = new URL(url).pathname.slice(1)
  query = queriesOf(url).query
  administer = queriesOf(administratorsUrl(url)).query
})
afterEach(() => drop())

const open = (at: string) =>
  openDatabase({ url: at, clock: { now: () => new Date(), monotonic: () => performance.now() } })

describe('the check of the database', () => {
  it('refuses an address that is none, without saying the password, until it is one', async () => {
    const password = 'hunter2/#'
    const spelled = (text: string) => url.replace('latchkey@', `latchkey:${text}@`)

    const [[verdict, text] = []] = await verdictsOn('database', spelled(password))
    expect([verdict, text]).toEqual(['wrong', says('percent-encoded: / as %2F')])
    expect(text).not.toContain('hunter2')
    await expectFine(spelled(encodeURIComponent(password)))
  })

  it('refuses a PostgreSQL that is away, until it is back', async () => {
    const proxy = await startTcpProxy(Number(new URL(url).port))
    const through = new URL(url)
    through.port = String(proxy.port)
    proxy.cut()

    const found = await verdictsOn('database', through.href)
    expect(found).toEqual([['wrong', says('cannot be reached.*Start it, or mend DATABASE_URL')]])
    expect(await verdictsOn('clock', through.href)).toEqual([['skipped', says('cannot be asked')]])
    proxy.heal()
    await expectFine(through.href)
    await proxy.close()
  })

  it('refuses a name that no database has, until it is mended', async () => {
    const found = await verdictsOn('database', `${url}_typo`)
    expect(found).toEqual([['wrong', says('no such database.*createdb')]])
    await expectFine(url)
  })

  it('refuses a role that is not let in, until it is mended', async () => {
    const found = await verdictsOn('database', url.replace('latchkey@', 'nobody-knows-me@'))
    expect(found).toEqual([['wrong', says('does not let us in.*Mend the name or the password')]])
    await expectFine(url)
  })

  it('refuses another encoding than UTF-8, until there is one in that', async () => {
    const other = `${name}_ascii`
    const create = (encoding: string) =>
      administer(
        `CREATE DATABASE "${other}" OWNER "latchkey" TEMPLATE template0 ENCODING '${encoding}' LOCALE 'C'`,
      )
    await create('SQL_ASCII')

    const found = await verdictsOn('database', urlOf(url, other))
    expect(found).toEqual([
      ['wrong', says('encoded as SQL_ASCII.*createdb --template=template0 --encoding=UTF8')],
    ])
    await administer(`DROP DATABASE "${other}" WITH (FORCE)`)
    await create('UTF8')
    expect(await verdictsOn('database', urlOf(url, other))).toEqual([['ok', says('^PostgreSQL ')]])
    await administer(`DROP DATABASE "${other}" WITH (FORCE)`)
  })

  it('refuses a version that is too old, until it is newer', async () => {
    await shadow(
      url,
      `current_setting(text) RETURNS text LANGUAGE sql STABLE AS $$
      SELECT CASE $1 WHEN 'server_version_num' THEN '120018'
        ELSE pg_catalog.current_setting($1) END $$`,
    )

    expect(await verdictsOn('database', url)).toEqual([['wrong', says('PostgreSQL 12 is too old')]])
    await unshadow(url)
    await expectFine(url)
  })
})

describe('the check of the migrations', () => {
  it('refuses what a newer version wrote, until that is gone', async () => {
    await query(`INSERT INTO "_prisma_migrations" ("id", "checksum", "finished_at", "migration_name")
      VALUES ('newer', 'x', now(), '29990101000000_newer')`)

    const found = await verdictsOn('migrations', url)
    expect(found).toEqual([['wrong', says('newer version of Latchkey.*Start that version')]])
    await query(`DELETE FROM "_prisma_migrations" WHERE "id" = 'newer'`)
    await expectFine(url)
  })

  it('refuses one that was edited, until it is as it was', async () => {
    await query(`UPDATE "_prisma_migrations" SET "checksum" = reverse("checksum")`)

    expect(await verdictsOn('migrations', url)).toEqual([['wrong', says('Bring the file back')]])
    await query(`UPDATE "_prisma_migrations" SET "checksum" = reverse("checksum")`)
    await expectFine(url)
  })

  describe('in a database of nobody', () => {
    beforeEach(async () => {
      await query('DROP SCHEMA public CASCADE')
      await query('CREATE SCHEMA public')
    })

    it("refuses another program's tables, until those are gone", async () => {
      await query('CREATE TABLE "Recipe" ("id" integer)')

      const found = await verdictsOn('migrations', url)
      expect(found).toEqual([['wrong', says("another program's tables")]])
      await query('DROP TABLE "Recipe"')
      await (await open(url)).close()
      await expectFine(url)
    })

    it('warns of tables that are not there yet, until the server was started', async () => {
      expect(await verdictsOn('migrations', url)).toEqual([
        ['warning', says('Start the server once')],
      ])
      expect(await query(`SELECT * FROM "pg_tables" WHERE "schemaname" = 'public'`)).toEqual([])
      await (await open(url)).close()
      await expectFine(url)
    })

    it('warns of a migration that is not applied yet, until the server was started', async () => {
      const client = await connect(url)
      await applyMigrations(client, {
        onEmpty: () => true,
        migrations: postgresMigrations.slice(0, 1),
      })
      await client.end()

      const found = await verdictsOn('migrations', url)
      expect(found).toEqual([
        ['warning', says('^Not applied yet: .*_nodes.*Start the server once')],
      ])
      await (await open(url)).close()
      await expectFine(url)
    })
  })
})

describe('the check of the notification queue', () => {
  const fill = (usage: number) =>
    shadow(
      url,
      `pg_notification_queue_usage() RETURNS float8 LANGUAGE sql AS 'SELECT ${usage}::float8'`,
    )

  it('refuses one that is full, until it is read', async () => {
    await fill(0.95)

    const found = await verdictsOn('notification queue', url)
    expect(found).toEqual([
      ['wrong', says('is full \\(see pg_notification_queue_usage\\(\\)\\).*pg_terminate_backend')],
    ])
    await unshadow(url)
    await expectFine(url)
  })

  it('warns of one that fills, until it is read', async () => {
    await fill(0.6)

    const found = await verdictsOn('notification queue', url)
    expect(found).toEqual([
      ['warning', says('is 60 % full \\(see pg_notification_queue_usage\\(\\)\\)')],
    ])
    await unshadow(url)
    await expectFine(url)
  })
})

describe('the check of the clock', () => {
  it.each([
    ['behind', -12_000],
    ['ahead of', 12_000],
    ['behind', -days(400)],
  ])('warns of a machine that is %s the database, until it is right', async (where, offset) => {
    const now = () => new Date(Date.now() + offset)
    const clock = { now, monotonic: () => performance.now() }

    const found = await verdictsOn('clock', url, { clock })
    const seconds = Math.abs(offset) / 1_000
    expect(found).toEqual([
      ['warning', says(`${seconds} s ${where} the database's.*timedatectl set-ntp true`)],
    ])
    await expectFine(url)
  })
})
