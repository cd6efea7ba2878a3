import { describe, expect, onTestFinished, test } from 'vitest'
import type { Database } from '../types'
import { isDatabaseBusy, isUniqueViolation } from '../errors'
import { PrismaClient } from '../generated/sqlite/client'
import { createAdapter } from './adapter'
import { PrismaBetterSqlite3 } from './driver'
import { createDurableLog } from './durable-log'
import { anotherProcess, connectParts, openTemporary, someUser, temporaryPath } from './fixtures'

// Executed, so that the reason for a wrapper stays visible: when these fail, it may have gone.
describe("Prisma's stock adapter", () => {
  test('shows a plain read what another transaction then rolls back', async () => {
    const client = await stockClient()
    const seen = await readWhileRolledBack(client, client)
    expect(seen).toBe(1)
  })

  test('loses a plain write that it acknowledged, when another transaction rolls back', async () => {
    const client = await stockClient()
    const kept = await writeWhileRolledBack(client, client)
    expect(kept).toBe(0)
  })

  async function stockClient() {
    const path = temporaryPath()
    await (await openTemporary(path)).close()
    const client = new PrismaClient({ adapter: new PrismaBetterSqlite3({ url: path }) })
    onTestFinished(() => client.$disconnect())
    return Object.assign(client, { transaction: client.$transaction.bind(client) })
  }
})

describe('in one database that is used concurrently', () => {
  test('a plain read never sees what an open transaction may roll back', async () => {
    const database = await openTemporary()
    expect(await readWhileRolledBack(database.client, database)).toBe(0)
  })

  test("an acknowledged write survives another transaction's rollback", async () => {
    const database = await openTemporary()
    expect(await writeWhileRolledBack(database.client, database)).toBe(1)
  })

  test('a read goes on while a transaction is open, and sees it once it is committed', async () => {
    const database = await openTemporary()
    await database.transaction(async (tx) => {
      await tx.user.create({ data: someUser('ada') })
      expect(await database.client.user.count()).toBe(0)
    })
    expect(await database.client.user.count()).toBe(1)
  })

  test('transactions take turns, so none of their increments is lost', async () => {
    const database = await openTemporary()
    const data = { key: 'k', points: 0, expiresAt: new Date() }
    await database.client.attemptCounter.create({ data })
    const increment = () =>
      database.transaction(async (tx) => {
        const { points } = await tx.attemptCounter.findUniqueOrThrow({ where: { key: 'k' } })
        await tx.attemptCounter.update({ where: { key: 'k' }, data: { points: points + 1 } })
      })
    await Promise.all(Array.from({ length: 50 }, increment))
    const { points } = await database.client.attemptCounter.findFirstOrThrow()
    expect(points).toBe(50)
  })

  test('a batch of statements and a nested write are whole or not at all', async () => {
    const database = await openTemporary()
    const password = { hash: 'x', changedAt: new Date() }
    await database.client.user.create({
      data: { ...someUser('ada'), password: { create: password } },
    })
    const clash = { ...someUser('bob'), email: 'ada@example.com' }
    const create = database.client.user.create({
      data: { ...clash, password: { create: password } },
    })
    const error = await create.catch((error: unknown) => error)
    expect(isUniqueViolation(error, 'email')).toBe(true)
    expect(isUniqueViolation(error, 'id')).toBe(false)
    expect(await database.client.password.count()).toBe(1)
  })

  test('DELETE … RETURNING through a raw query deletes', async () => {
    const database = await openTemporary()
    await database.client.user.create({ data: someUser('ada') })
    const gone = await database.client.$queryRaw`DELETE FROM "User" RETURNING "id"`
    expect(gone).toEqual([{ id: 'ada' }])
    expect(await database.client.user.count()).toBe(0)
  })
})

describe('a transaction that goes wrong', () => {
  test('is rolled back and lets the next one in', async () => {
    const database = await openTemporary()
    await expect(failingTransaction(database)).rejects.toThrow('changed my mind')
    await database.transaction((tx) => tx.user.create({ data: someUser('ada') }))
    expect(await database.client.user.count()).toBe(1)
  })

  test('is rolled back when its commit fails, and lets the next one in', async () => {
    const database = await openTemporary()
    const orphan = database.transaction(async (tx) => {
      await tx.$executeRaw`PRAGMA defer_foreign_keys = ON`
      await tx.password.create({ data: { userId: 'nobody', hash: 'x', changedAt: new Date() } })
    })
    await expect(orphan).rejects.toThrow()
    await database.transaction((tx) => tx.user.create({ data: someUser('ada') }))
    expect(await database.client.password.count()).toBe(0)
  })

  test('writes nothing more once it is over, not even alone', async () => {
    const database = await openTemporary()
    let escaped: () => Promise<unknown> = () => Promise.resolve()
    await database.transaction(async (tx) => {
      escaped = () => tx.user.create({ data: someUser('late') })
    })
    await expect(escaped()).rejects.toThrow()
    expect(await database.client.user.count()).toBe(0)
  })

  test('is rolled back when its time is up, and lets the next one in', async () => {
    const database = await openTemporary(temporaryPath(), { transactionLimit: 50 })
    const slow = database.transaction(async (tx) => {
      await tx.user.create({ data: someUser('bob') })
      await database.transaction((next) => next.user.create({ data: someUser('ada') }))
      await tx.user.create({ data: someUser('late') })
    })
    expect(isDatabaseBusy(await slow.catch(same))).toBe(true)
    expect(await database.client.user.findMany({ select: { id: true } })).toEqual([{ id: 'ada' }])
  })

  test('whose time is up between two statements of one operation writes nothing more', async () => {
    const path = temporaryPath()
    const database = await openTemporary(path)
    const parts = await connectParts(path, { busyLimit: 100 })
    const adapter = createAdapter({ ...parts, log: createDurableLog(parts) })
    onTestFinished(() => adapter.dispose())
    const transaction = await adapter.startTransaction()
    await transaction.rollback()
    const statement = { sql: 'DELETE FROM "User"', args: [], argTypes: [] }
    await expect(transaction.executeRaw(statement)).rejects.toSatisfy(isDatabaseBusy)
    await expect(transaction.queryRaw(statement)).rejects.toSatisfy(isDatabaseBusy)
    await expect(transaction.commit()).rejects.toSatisfy(isDatabaseBusy)
    await database.transaction((tx) => tx.user.create({ data: someUser('ada') }))
  })

  test('writes nothing more when SQLite rolled it back by itself, even if nobody noticed', async () => {
    const database = await openTemporary()
    const attempt = database.transaction(async (tx) => {
      await tx.user.create({ data: someUser('ada') })
      const clash = tx.$executeRaw`INSERT OR ROLLBACK INTO "User" SELECT * FROM "User"`
      await clash.catch(() => {})
      await tx.user.create({ data: someUser('bob') }).catch(() => {})
    })
    await expect(attempt).rejects.toThrow()
    expect(await database.client.user.count()).toBe(0)
  })
})

describe('while another process holds the write lock', () => {
  test('a write and a transaction give up within the limit, and reads go on', async () => {
    const path = temporaryPath()
    const database = await openTemporary(path, { busyLimit: 1_000 })
    const other = await anotherProcess(path, 'BEGIN IMMEDIATE')

    const ticks = countTicks()
    const write = database.client.user.create({ data: someUser('ada') }).catch(same)
    const transaction = database.transaction(async () => 'ran').catch(same)
    const raw = database.client.$executeRaw`DELETE FROM "User"`.catch(same)
    const read = database.client.user.count()
    expect(await read).toBe(0)
    expect(isDatabaseBusy(await write)).toBe(true)
    expect(isDatabaseBusy(await transaction)).toBe(true)
    expect(isDatabaseBusy(await raw)).toBe(true)
    expect(ticks.stop(), 'the event loop went on').toBeGreaterThan(5)

    await other.end()
    expect(await database.client.user.count()).toBe(0)
    await database.client.user.create({ data: someUser('ada') })
  })

  test('a write succeeds as soon as the lock is released', async () => {
    const path = temporaryPath()
    const database = await openTemporary(path)
    const other = await anotherProcess(path, 'BEGIN IMMEDIATE')
    const write = database.transaction((tx) => tx.user.create({ data: someUser('ada') }))
    await other.end('SIGKILL')
    await write
    expect(await database.client.user.count()).toBe(1)
  })
})

test('the effective settings are those that make an acknowledged write last', async () => {
  const { client } = await openTemporary()
  expect(await client.$queryRaw`PRAGMA journal_mode`).toEqual([{ journal_mode: 'wal' }])
  // The log is brought to the disk after each commit: durable-log.test.ts.
  const NORMAL = 1n
  expect(await client.$queryRaw`PRAGMA synchronous`).toEqual([{ synchronous: NORMAL }])
  expect(await client.$queryRaw`PRAGMA foreign_keys`).toEqual([{ foreign_keys: 1n }])
  expect(await client.$queryRaw`PRAGMA busy_timeout`).toEqual([{ timeout: 0n }])
})

type Transactional = { transaction: Database['transaction'] }
type Users = Pick<Database['client'], 'user'>

async function readWhileRolledBack(client: Users, { transaction }: Transactional) {
  let seen: number | undefined
  const attempt = transaction(async (tx) => {
    await tx.user.create({ data: someUser('ada') })
    seen = await client.user.count()
    throw new Error('changed my mind')
  })
  await expect(attempt).rejects.toThrow('changed my mind')
  return seen
}

async function writeWhileRolledBack(client: Users, { transaction }: Transactional) {
  let write: Promise<unknown> | undefined
  const attempt = transaction(async (tx) => {
    await tx.user.create({ data: someUser('ada') })
    write = client.user.create({ data: someUser('bob') }).then((user) => user.id)
    // Time for the write to be done, if nothing makes it wait.
    for (let id = 0; id < 10; id++) await tx.user.count()
    throw new Error('changed my mind')
  })
  await expect(attempt).rejects.toThrow('changed my mind')
  expect(await write, 'acknowledged').toBe('bob')
  return client.user.count({ where: { id: 'bob' } })
}

function failingTransaction(database: Database) {
  return database.transaction(async (tx) => {
    await tx.user.create({ data: someUser('bob') })
    throw new Error('changed my mind')
  })
}

function countTicks() {
  let ticks = 0
  const timer = setInterval(() => ticks++, 10)
  return {
    stop() {
      clearInterval(timer)
      return ticks
    },
  }
}

const same = (error: unknown) => error
