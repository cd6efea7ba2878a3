import { expect, onTestFinished, test } from 'vitest'
import { until } from '../../../tests/support/until'
import {
  connectAsAdministrator,
  connectTo,
  failureOf,
  listenTo,
  openTemporary,
  someUser,
} from './fixtures'

test('refuses undefined in a condition, where it would mean everything', async () => {
  const { client } = await openTemporary()
  await client.user.create({ data: someUser('ada') })
  const careless = { id: undefined as unknown as string }
  await expect(client.user.deleteMany({ where: careless })).rejects.toThrow('undefined')
  expect(await client.user.count()).toBe(1)
})

test('refuses a NUL in a text, which PostgreSQL cannot keep, and goes on', async () => {
  const { client } = await openTemporary()
  await expect(client.user.create({ data: someUser('a\0da') })).rejects.toThrow()
  expect(await client.user.count()).toBe(0)
})

test('answers a ping until its tables are gone', async () => {
  const database = await openTemporary()
  const { url } = database
  await database.ping()
  await (await connectTo(url)).query('ALTER TABLE "User" RENAME TO "Loser"')
  await expect(database.ping()).rejects.toThrow('User')
})

test('limits what a statement takes and how long a forgotten transaction stays, on each connection', async () => {
  const { client, channel, url } = await openTemporary(undefined, { statementTimeout: 1_234 })
  const [settings] = await client.$queryRaw<unknown[]>`
    SELECT current_setting('statement_timeout') AS "statement",
      current_setting('idle_in_transaction_session_timeout') AS "idle",
      current_setting('application_name') AS "name"`
  expect(settings).toEqual({ statement: '1234ms', idle: '15s', name: 'latchkey' })

  // Pings have connections of their own, with a limit as well: a lease does not wait for a lock.
  const other = await connectTo(url)
  await other.query('BEGIN; LOCK TABLE "Node"')
  expect(await failureOf(channel.register('here', 1))).toMatchObject({ name: 'DatabaseBusy' })
})

test('has connections for pings also while those that answer people are all in use', async () => {
  const { transaction, channel } = await openTemporary(undefined, { connections: 1 })
  await channel.register('here', 1)
  await transaction(async () => {
    expect(await channel.ping('here', 2)).toBe(true)
  })
})

test('stays closed once it is closed, whatever is asked of it, and may be closed again', async () => {
  const { client, channel, ...database } = await openTemporary()
  await database.close()
  const answers = await Promise.all([
    failureOf(client.user.count()),
    failureOf(client.user.create({ data: someUser('ada') })),
    failureOf(database.transaction(async () => 'ran')),
    failureOf(database.count('k', 1, 1_000)),
    failureOf(database.ping()),
    failureOf(channel.list()),
    failureOf(channel.register('here', 1)),
  ])
  for (const answer of answers) expect(answer).toMatchObject({ name: 'DatabaseUnreachable' })
  await database.close()
})

test('leaves no connection open once it is closed, whatever it was used for', async () => {
  const { client, channel, url, ...database } = await openTemporary()
  const administrator = await connectAsAdministrator(url)
  const connections = async () =>
    (
      await administrator.query(`
        SELECT 1 FROM "pg_stat_activity"
        WHERE "datname" = current_database() AND "pid" <> pg_backend_pid()`)
    ).rows.length
  const { close } = await listenTo({ channel })
  await Promise.all([1, 2, 3].map(() => client.$queryRaw`SELECT pg_sleep(0.1)::text`))
  await channel.register('here', 1)
  await failureOf(database.transaction((tx) => tx.$queryRaw`SELECT 1 / 0`))
  expect(await connections()).toBeGreaterThan(4)
  close()
  await database.close()
  await until(async () => (await connections()) === 0)
})

test('a start that is refused leaves no connection open', async () => {
  const database = await openTemporary()
  const { url, client } = database
  await client.$executeRaw`UPDATE "_prisma_migrations" SET "checksum" = 'other'`
  await database.close()
  const administrator = await connectAsAdministrator(url)
  await expect(openTemporary(url)).rejects.toThrow('another text')
  onTestFinished(() => administrator.end())
  await until(
    async () =>
      (
        await administrator.query(`
          SELECT 1 FROM "pg_stat_activity"
          WHERE "datname" = current_database() AND "pid" <> pg_backend_pid()`)
      ).rows.length === 0,
  )
})
