import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isDatabaseBusy, isUniqueViolation } from '../errors'
import { openTemporary as openSqlite } from '../sqlite/fixtures'
import type { Database } from '../types'
import { connectTo, failureOf, openTemporary, someToken, someUser } from './fixtures'

const warnings: Error[] = []
const noteWarning = (warning: Error) => warnings.push(warning)
beforeAll(() => void process.on('warning', noteWarning))
afterAll(() => void process.off('warning', noteWarning))

describe('in one database that is used concurrently', () => {
  test('a plain read never sees what an open transaction may roll back', async () => {
    const { client, transaction } = await openTemporary()
    let seen: number | undefined
    const attempt = transaction(async (tx) => {
      await tx.user.create({ data: someUser('ada') })
      seen = await client.user.count()
      throw new Error('changed my mind')
    })
    await expect(attempt).rejects.toThrow('changed my mind')
    expect(seen).toBe(0)
  })

  test("an acknowledged write survives another transaction's rollback", async () => {
    const { client, transaction } = await openTemporary()
    const attempt = transaction(async (tx) => {
      await tx.user.create({ data: someUser('ada') })
      await client.user.create({ data: someUser('bob') })
      throw new Error('changed my mind')
    })
    await expect(attempt).rejects.toThrow('changed my mind')
    expect(await client.user.findMany({ select: { id: true } })).toEqual([{ id: 'bob' }])
  })

  test('a transaction reads what others have committed since it began, and only that', async () => {
    const { client, transaction } = await openTemporary()
    await transaction(async (tx) => {
      expect(await tx.user.count()).toBe(0)
      await client.user.create({ data: someUser('ada') })
      expect(await tx.user.count()).toBe(1)
    })
  })

  test('a nested write is whole or not at all, and a violation names its field as on SQLite', async () => {
    const violations = async ({ client, transaction }: Database) => {
      const password = { hash: 'x', changedAt: new Date() }
      await client.user.create({ data: { ...someUser('ada'), password: { create: password } } })
      await client.apiToken.create({ data: someToken('one', 'ada') })
      const clash = { ...someUser('bob'), email: 'ada@example.com' }
      const errors = [
        await failureOf(client.user.create({ data: { ...clash, password: { create: password } } })),
        await failureOf(transaction((tx) => tx.user.create({ data: clash }))),
        await failureOf(
          client.apiToken.create({ data: { ...someToken('one', 'ada'), id: 'two' } }),
        ),
      ]
      expect(await client.password.count()).toBe(1)
      expect(await client.user.count()).toBe(1)
      const fields = ['email', 'tokenHash', 'id', 'name']
      return errors.map((error) => [
        isUniqueViolation(error),
        ...fields.filter((field) => isUniqueViolation(error, field)),
      ])
    }

    const onPostgres = await violations(await openTemporary())
    expect(onPostgres).toEqual([
      [true, 'email'],
      [true, 'email'],
      [true, 'tokenHash'],
    ])
    expect(onPostgres).toEqual(await violations(await openSqlite()))
  })

  test('DELETE … RETURNING through a raw query deletes', async () => {
    const { client } = await openTemporary()
    await client.user.create({ data: someUser('ada') })
    expect(await client.$queryRaw`DELETE FROM "User" RETURNING "id"`).toEqual([{ id: 'ada' }])
    expect(await client.user.count()).toBe(0)
  })

  test('times are kept to the millisecond and in UTC, whatever zone the server is in', async () => {
    const { client, url } = await openTemporary()
    const createdAt = new Date('2026-03-29T01:30:00.123Z')
    await client.user.create({ data: { ...someUser('ada'), createdAt } })
    expect((await client.user.findFirstOrThrow()).createdAt).toEqual(createdAt)
    expect(await client.user.count({ where: { createdAt: { lte: createdAt } } })).toBe(1)
    expect(await client.user.count({ where: { createdAt: { lt: createdAt } } })).toBe(0)
    const { rows } = await (
      await connectTo(url)
    ).query('SELECT "createdAt"::text AS "at", current_setting(\'TimeZone\') AS "zone" FROM "User"')
    expect(rows).toEqual([{ at: '2026-03-29 01:30:00.123', zone: 'Asia/Kathmandu' }])
  })
})

describe('the statements of one transaction', () => {
  test('run one after another, also when they are asked for at once', async () => {
    const { transaction, client } = await openTemporary()
    const ids = Array.from({ length: 30 }, (_, index) => `user-${index}`)
    const counts = await transaction((tx) =>
      Promise.all(
        ids.map(async (id) => {
          await tx.user.create({ data: someUser(id) })
          return tx.user.count()
        }),
      ),
    )
    expect(Math.max(...counts)).toBe(ids.length)
    expect(await client.user.count()).toBe(ids.length)
    expect(warnings).toEqual([])
  })

  test('are over before it is committed or rolled back, also one that nobody waited for', async () => {
    const { transaction, client } = await openTemporary(undefined, { connections: 1 })
    for (const fails of [false, true, false]) {
      const done = transaction(async (tx) => {
        void tx.$queryRaw`SELECT pg_sleep(0.2)::text`.catch(() => {})
        void tx.user.create({ data: someUser('late') }).catch(() => {})
        await tx.user.count()
        if (fails) throw new Error('changed my mind')
      })
      await failureOf(done)
    }
    expect(await client.user.count()).toBeLessThan(2)
    expect(warnings).toEqual([])
  })
})

describe('a transaction that goes wrong', () => {
  test('is rolled back, and its connection serves the next one', async () => {
    const { transaction, client } = await openTemporary(undefined, { connections: 1 })
    const before = await pidOf(client)
    const attempt = transaction(async (tx) => {
      await tx.user.create({ data: someUser('bob') })
      throw new Error('changed my mind')
    })
    await expect(attempt).rejects.toThrow('changed my mind')
    expect(await pidOf(client)).toBe(before)
    await transaction((tx) => tx.user.create({ data: someUser('ada') }))
    expect(await client.user.findMany({ select: { id: true } })).toEqual([{ id: 'ada' }])
  })

  test('is not said to be done when one of its statements failed and nobody minded', async () => {
    const { transaction, client } = await openTemporary(undefined, { connections: 1 })
    const attempt = transaction(async (tx) => {
      await tx.user.create({ data: someUser('ada') })
      await tx.$queryRaw`SELECT 1 / 0`.catch(() => {})
    })
    await expect(attempt).rejects.toThrow()
    expect(await client.user.count()).toBe(0)
  })

  test('is rolled back when its commit fails, and lets the next one in', async () => {
    const { transaction, client, url } = await openTemporary(undefined, { connections: 1 })
    await (
      await connectTo(url)
    ).query(
      'ALTER TABLE "Password" ALTER CONSTRAINT "Password_userId_fkey" DEFERRABLE INITIALLY DEFERRED',
    )
    const orphan = transaction((tx) =>
      tx.password.create({ data: { userId: 'nobody', hash: 'x', changedAt: new Date() } }),
    )
    await expect(orphan).rejects.toThrow('Password_userId_fkey')
    await transaction((tx) => tx.user.create({ data: someUser('ada') }))
    expect(await client.password.count()).toBe(0)
  })

  test('writes nothing more once it is over, not even alone', async () => {
    const { transaction, client } = await openTemporary()
    let escaped: () => Promise<unknown> = () => Promise.resolve()
    await transaction(async (tx) => {
      escaped = () => tx.user.create({ data: someUser('late') })
    })
    await expect(escaped()).rejects.toThrow()
    expect(await client.user.count()).toBe(0)
  })

  test('is rolled back when its time is up, between two statements or in the middle of one', async () => {
    const options = { transactionLimit: 200, connections: 1, statementTimeout: 5_000 }
    const { transaction, client } = await openTemporary(undefined, options)
    const between = transaction(async (tx) => {
      await tx.user.create({ data: someUser('bob') })
      await new Promise((resolve) => setTimeout(resolve, 500))
      await tx.user.create({ data: someUser('late') })
    })
    expect(await failureOf(between)).toSatisfy(isDatabaseBusy)
    const within = transaction(async (tx) => {
      await tx.user.create({ data: someUser('bob') })
      await tx.$queryRaw`SELECT pg_sleep(1)::text`
      await tx.user.create({ data: someUser('late') })
    })
    expect(await failureOf(within)).toSatisfy(isDatabaseBusy)
    await client.user.create({ data: someUser('ada') })
    expect(await client.user.findMany({ select: { id: true } })).toEqual([{ id: 'ada' }])
  })
})

async function pidOf(client: Database['client']) {
  const [row] = await client.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS "pid"`
  return row?.pid
}
