import { describe, expect, test } from 'vitest'
import { until } from '../../../tests/support/until'
import { isDatabaseUnreachable, isOutcomeUnknown } from '../errors'
import type { Database } from '../types'
import {
  connectAsAdministrator,
  connectTo,
  failureOf,
  openBehindProxy,
  openTemporary,
  ownPostgres,
  someUser,
} from './fixtures'

const addAda = ({ transaction }: Pick<Database, 'transaction'>) =>
  transaction((tx) => tx.user.create({ data: someUser('ada') }))

describe('nothing was done, and it is said that the database is away', () => {
  test('when the connection is lost before COMMIT', async () => {
    const { way, past, transaction, client } = await openBehindProxy()
    const lost = transaction(async (tx) => {
      await tx.user.create({ data: someUser('ada') })
      way.cut()
      await tx.user.create({ data: someUser('bob') })
    })
    expect(await failureOf(lost)).toSatisfy(isDatabaseUnreachable)
    way.heal()
    expect(await client.user.count()).toBe(0)
    await until(async () => (await othersConnectedTo(past)) <= 2)
  })

  test('when somebody ends the connection before COMMIT', async () => {
    const { transaction, client, url } = await openTemporary(undefined, { connections: 1 })
    const administrator = await connectAsAdministrator(url)
    const ended = transaction(async (tx) => {
      await tx.user.create({ data: someUser('ada') })
      const [row] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS "pid"`
      await administrator.query('SELECT pg_terminate_backend($1)', [row?.pid])
      await tx.user.create({ data: someUser('bob') })
    })
    expect(await failureOf(ended)).toSatisfy(isDatabaseUnreachable)
    expect(await client.user.count()).toBe(0)
  })

  test('when every connection is cut, until they are not', async () => {
    const database = await openBehindProxy()
    const { way, transaction, client } = database
    way.cut()
    const failures = await Promise.all([
      failureOf(addAda({ transaction })),
      failureOf(client.user.count()),
      failureOf(database.count('k', 1, 1_000)),
      failureOf(database.ping()),
    ])
    for (const failure of failures) expect(failure).toSatisfy(isDatabaseUnreachable)
    way.heal()
    await addAda({ transaction })
    expect(await client.user.findMany({ select: { id: true } })).toEqual([{ id: 'ada' }])
  })

  test('when nobody listens there any more, also to a statement that commits by itself', async () => {
    const { way, transaction, client } = await openBehindProxy()
    way.cut()
    await way.close()
    const failures = await Promise.all([
      failureOf(addAda({ transaction })),
      failureOf(client.user.create({ data: someUser('bob') })),
      failureOf(client.$executeRaw`DELETE FROM "User"`),
    ])
    for (const failure of failures) expect(failure).toSatisfy(isDatabaseUnreachable)
  })

  test('when the way is silent, as soon as a statement has taken longer than it may', async () => {
    const { way, client, transaction } = await openBehindProxy({ statementTimeout: 300 })
    const silent = transaction(async (tx) => {
      way.stallAll()
      await tx.user.create({ data: someUser('ada') })
    })
    expect(await failureOf(silent)).toSatisfy(isDatabaseUnreachable)
    expect(await failureOf(client.user.count())).toSatisfy(isDatabaseUnreachable)
    way.heal()
    expect(await client.user.count()).toBe(0)
  })
})

describe('it is not known whether it was done, and that is said', () => {
  test('when the connection is lost at COMMIT', async () => {
    const { way, past, transaction } = await openBehindProxy()
    const lost = way.loseAnswerToCommit()
    expect(await failureOf(addAda({ transaction }))).toSatisfy(isOutcomeUnknown)
    await lost
    const other = await connectTo(past)
    await until(async () => (await other.query('SELECT 1 FROM "User"')).rows.length === 1)
  })

  test('when the way falls silent at COMMIT, and the connection is not used again', async () => {
    const options = { statementTimeout: 300, connections: 1 }
    const { way, transaction, client } = await openBehindProxy(options)
    const silent = transaction(async (tx) => {
      await tx.user.create({ data: someUser('ada') })
      way.stallAll()
    })
    expect(await failureOf(silent)).toSatisfy(isOutcomeUnknown)
    way.heal()
    await client.user.create({ data: someUser('bob') })
  })

  test('when a statement that commits by itself is cut off, and not when it only reads', async () => {
    const { url, client } = await openTemporary(undefined, { statementTimeout: 20_000 })
    const other = await connectTo(url)
    const administrator = await connectAsAdministrator(url)
    await client.user.create({ data: someUser('ada') })
    await other.query('BEGIN; LOCK TABLE "User"')
    const written = [
      client.user.updateMany({ data: { name: 'Somebody else' } }),
      client.$executeRaw`DELETE FROM "User"`,
    ].map(failureOf)
    const read = failureOf(client.user.count())
    const waiting = `SELECT "pid" FROM "pg_stat_activity"
      WHERE "wait_event_type" = 'Lock' AND "datname" = current_database()`
    await until(async () => (await administrator.query(waiting)).rows.length === 3)
    await administrator.query(`SELECT pg_terminate_backend("pid") FROM (${waiting}) AS "stuck"`)

    for (const failure of await Promise.all(written)) expect(failure).toSatisfy(isOutcomeUnknown)
    expect(await read).toSatisfy(isDatabaseUnreachable)
  })

  test('when PostgreSQL committed, and warns that no standby has it yet', async () => {
    // Everybody else's commits are done at once.
    const settings = { synchronous_standby_names: 'nobody', synchronous_commit: 'local' }
    const server = await ownPostgres({ settings })
    const { transaction, client } = await openTemporary(server)
    const administrator = await connectTo(server)

    for (const how of ['pg_cancel_backend', 'pg_terminate_backend']) {
      const cancelled = failureOf(addAda({ transaction }))
      await until(async () => {
        const { rows } = await administrator.query(
          `SELECT ${how}("pid") FROM "pg_stat_activity" WHERE "wait_event" = 'SyncRep'`,
        )
        return rows.length === 1
      })
      expect(await cancelled, how).toSatisfy(isOutcomeUnknown)
      expect(await client.user.count()).toBe(1)
      await administrator.query('DELETE FROM "User"')
    }
  })
})

describe('COMMIT', () => {
  test('may take longer than a statement may', async () => {
    const { transaction, url, client } = await openTemporary(undefined, { statementTimeout: 1_000 })
    await (
      await connectTo(url)
    ).query(`
      CREATE FUNCTION "beSlow"() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_sleep(1.1); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER "slow" AFTER INSERT ON "User" DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION "beSlow"()`)
    await addAda({ transaction })
    expect(await client.user.count()).toBe(1)
  })

  test('leaves the limit of statements as it was', async () => {
    const options = { statementTimeout: 700, connections: 1 }
    const { transaction, client } = await openTemporary(undefined, options)
    await addAda({ transaction })
    const rows = await client.$queryRaw`SELECT current_setting('statement_timeout') AS "limit"`
    expect(rows).toEqual([{ limit: '700ms' }])
  })
})

describe('a connection that is lost while it is made ready', () => {
  test('for the pool ends nothing but the query that it was for', async () => {
    const { way, client } = await openBehindProxy({ connections: 2 })
    const wasCut = way.cutAt('SET SESSION CHARACTERISTICS')
    const queries = [1, 2].map(() => failureOf(client.$queryRaw`SELECT pg_sleep(0.3)::text`))
    await wasCut
    const failures = (await Promise.all(queries)).filter((failure) => failure !== undefined)
    expect(failures).toHaveLength(1)
    expect(failures[0]).toSatisfy(isDatabaseUnreachable)
    expect(await client.user.count()).toBe(0)
  })

  test('for listening ends nothing but that, and the next one hears', async () => {
    const { way, channel } = await openBehindProxy()
    const heard: unknown[] = []
    const wasCut = way.cutAt('LISTEN latchkey')
    const listening = failureOf(
      channel.listen(
        () => {},
        () => {},
      ),
    )
    await wasCut
    expect(await listening).toBeInstanceOf(Error)
    const next = await channel.listen(
      (notice) => heard.push(notice),
      () => {},
    )
    await channel.askForTabs('question', 'ada')
    await until(() => heard.length === 1)
    next.close()
  })
})

async function othersConnectedTo(url: string) {
  const { rows } = await (
    await connectTo(url)
  ).query(
    `SELECT 1 FROM "pg_stat_activity" WHERE "datname" = current_database() AND "pid" <> pg_backend_pid()`,
  )
  return rows.length
}
