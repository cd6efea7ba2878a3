import { statSync } from 'node:fs'
import { expect, onTestFinished, test, vi } from 'vitest'
import { until } from '../../../tests/support/until'
import { PrismaClient } from '../generated/sqlite/client'
import { createAdapter } from './adapter'
import { connectReader, connectWriter } from './connection'
import { createCounters } from './counters'
import { createDurableLog } from './durable-log'
import { connectParts, openTemporary, someUser, temporaryPath } from './fixtures'
import { createWriteTurns, deadlineIn } from './write-lock'

const BUSY_LIMIT_MS = 5_000

const soon = () => new Promise((resolve) => setTimeout(resolve, 20))

async function connectToNew() {
  const path = temporaryPath()
  await openTemporary(path)
  const writer = await connectWriter(path)
  const turns = createWriteTurns(BUSY_LIMIT_MS)
  onTestFinished(() => void writer.raw.close())
  const write = () =>
    writer.raw.exec(`INSERT INTO "AttemptCounter" VALUES (random(), 1, '2030-01-01')`)
  return { path, writer, turns, write, busyLimit: BUSY_LIMIT_MS }
}

/** A disk that takes until it is told to be done. */
function slowDisk() {
  const waiting: ((error?: Error) => void)[] = []
  const sync = vi.fn(
    () =>
      new Promise<void>((resolve, reject) =>
        waiting.push((error) => (error ? reject(error) : resolve())),
      ),
  )
  const finish = async (error?: Error) => {
    await until(() => waiting.length > 0)
    waiting.shift()!(error)
  }
  return { sync, finish }
}

/** Whether a promise is done, asked again and again. */
function watch(promise: Promise<unknown>) {
  const state = { settled: false }
  const settle = () => (state.settled = true)
  promise.then(settle, settle)
  return state
}

test('commits that come while the disk is busy all wait for the one sync after', async () => {
  const parts = await connectToNew()
  const { write } = parts
  const { sync, finish } = slowDisk()
  const log = createDurableLog({ ...parts, sync })
  write()
  const first = log.flush()
  write()
  const [second, third] = [log.flush(), log.flush()]
  const later = watch(second)
  await finish()
  await first
  await soon()
  expect(later.settled).toBe(false)
  await finish()
  await Promise.all([second, third])
  expect(sync).toHaveBeenCalledTimes(2)
  await log.close()
})

test('a sync that failed fails everybody who waited for it, and the next is not believed', async () => {
  const parts = await connectToNew()
  const { path, write } = parts
  const { sync, finish } = slowDisk()
  const log = createDurableLog({ ...parts, sync })
  write()
  const waiting = [log.flush(), log.flush()]
  const outcomes = Promise.allSettled(waiting)
  await finish(new Error('EIO'))
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(0)
  // The one that came meanwhile is served by a copy of everything into the database.
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  expect(sync).toHaveBeenCalledTimes(1)
  expect(statSync(`${path}-wal`).size).toBe(0)

  write()
  const after = log.flush()
  await finish()
  await after
  expect(sync).toHaveBeenCalledTimes(2)
  await log.close()
})

test('nothing is said to be done as long as the log cannot be copied into the database', async () => {
  const parts = await connectToNew()
  const { path, write } = parts
  const log = createDurableLog({ ...parts, sync: () => Promise.reject(new Error('EIO')) })
  const other = await connectReader(path)
  onTestFinished(() => void other.raw.close())
  write()
  // Whoever reads holds on to the log as it is.
  other.raw.exec('BEGIN; SELECT 1 FROM "User"')
  await expect(log.flush()).rejects.toThrow('EIO')
  await expect(log.flush()).rejects.toThrow('written anew')
  other.raw.exec('COMMIT')
  await log.flush()
  await log.close()
})

test('a sync that failed is made good also while a transaction is open', async () => {
  const parts = await connectToNew()
  const log = createDurableLog({ ...parts, sync: () => Promise.reject(new Error('EIO')) })
  parts.write()
  await expect(log.flush()).rejects.toThrow('EIO')

  const endTurn = await parts.turns.take(deadlineIn(BUSY_LIMIT_MS))
  parts.writer.raw.exec('BEGIN IMMEDIATE')
  const flushed = log.flush()
  const state = watch(flushed)
  await soon()
  expect(state.settled).toBe(false)
  parts.writer.raw.exec('COMMIT')
  endTurn()

  await flushed
  expect(statSync(`${parts.path}-wal`).size).toBe(0)
  await log.close()
})

test('every write is answered after the sync, and only counters before it', async () => {
  const { path } = await connectToNew()
  const parts = await connectParts(path)
  const flushes: (() => void)[] = []
  const log = {
    flush: vi.fn(() => new Promise<void>((resolve) => flushes.push(resolve))),
    close: () => Promise.resolve(),
  }
  const adapter = createAdapter({ ...parts, log })
  const { provider, adapterName } = adapter
  const client = new PrismaClient({
    adapter: { provider, adapterName, connect: () => Promise.resolve(adapter) },
  })
  onTestFinished(() => client.$disconnect())
  const count = createCounters(parts)

  const writes = {
    'a row': () => client.user.create({ data: someUser('ada') }),
    'a statement': () => client.$executeRaw`UPDATE "User" SET "name" = 'Ada'`,
    'a transaction': () => client.$transaction((tx) => tx.user.create({ data: someUser('bob') })),
    // What it found done may be another's, who waits still.
    'a transaction that changed nothing': () => client.$transaction((tx) => tx.user.count()),
  }
  for (const [what, write] of Object.entries(writes)) {
    const done = write()
    const state = watch(done)
    await until(() => flushes.length === 1)
    await soon()
    expect(state.settled, what).toBe(false)
    // Others need not wait for the disk.
    expect(await count('k', 1, 60_000)).toMatchObject({ points: expect.any(Number) as number })
    flushes.shift()!()
    await done
  }
  expect(log.flush).toHaveBeenCalledTimes(Object.keys(writes).length)
})
