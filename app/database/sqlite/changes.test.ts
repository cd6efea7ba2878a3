import { expect, test, vi } from 'vitest'
import type { Changes, Database } from '../types'
import { anotherProcess, openTemporary, runElsewhere, someUser, temporaryPath } from './fixtures'

const ANY_WRITE = `INSERT INTO "AttemptCounter" VALUES ('k', 1, '2030-01-01')`

test('after 200 ms without a look, nothing that others wrote is known', async () => {
  const { clock, pass } = handClock()
  const { others } = await openTemporary(temporaryPath(), { clock })
  pass(199)
  expect(changesOf(others).areKnown()).toBe(true)
  pass(1)
  expect(changesOf(others).areKnown()).toBe(false)
  await changesOf(others).catchUp()
  expect(changesOf(others).areKnown()).toBe(true)
})

test('what another process wrote is told before the look is over', async () => {
  const path = temporaryPath()
  const { others } = await openTemporary(path)
  const changed = vi.fn()
  changesOf(others).subscribe(changed)
  await anotherProcess(path, ANY_WRITE)
  expect(changed).not.toHaveBeenCalled()
  await changesOf(others).catchUp()
  expect(changed).toHaveBeenCalledTimes(1)
  await changesOf(others).catchUp()
  expect(changed).toHaveBeenCalledTimes(1)
})

test("this process's own writes are not foreign", async () => {
  const { client, others, transaction } = await openTemporary()
  const changed = vi.fn()
  changesOf(others).subscribe(changed)
  await client.user.create({ data: someUser('ada') })
  await transaction((tx) => tx.user.create({ data: someUser('bob') }))
  await changesOf(others).catchUp()
  expect(changed).not.toHaveBeenCalled()
})

test('a change is found while a transaction of ours is open', async () => {
  const path = temporaryPath()
  const { others, transaction } = await openTemporary(path)
  const changed = vi.fn()
  changesOf(others).subscribe(changed)
  runElsewhere(path, ANY_WRITE)
  await transaction(async (tx) => {
    await tx.user.create({ data: someUser('ada') })
    await changesOf(others).catchUp()
    expect(changed).toHaveBeenCalledTimes(1)
  })
  await changesOf(others).catchUp()
  expect(changed).toHaveBeenCalledTimes(1)
})

test('a change between two of our own writes is found', async () => {
  const path = temporaryPath()
  const { client, others } = await openTemporary(path)
  const changed = vi.fn()
  changesOf(others).subscribe(changed)
  await client.user.create({ data: someUser('ada') })
  runElsewhere(path, `UPDATE "User" SET "name" = 'Ada'`)
  await client.user.create({ data: someUser('bob') })
  await changesOf(others).catchUp()
  expect(changed).toHaveBeenCalledTimes(1)
})

test('memory may not be used until every listener has heard of a change', async () => {
  const path = temporaryPath()
  const { others } = await openTemporary(path)
  const failing = vi.fn().mockImplementationOnce(() => {
    throw new Error('out of order')
  })
  changesOf(others).subscribe(failing)
  runElsewhere(path, ANY_WRITE)
  await expect(changesOf(others).catchUp()).rejects.toThrow('out of order')
  expect(changesOf(others).areKnown()).toBe(false)
  await changesOf(others).catchUp()
  expect(failing).toHaveBeenCalledTimes(2)
  expect(changesOf(others).areKnown()).toBe(true)
})

test('an idle process finds changes by itself, until the listener leaves', async () => {
  const path = temporaryPath()
  const { others } = await openTemporary(path, { pollInterval: 5 })
  const [staying, leaving] = [vi.fn(), vi.fn()]
  changesOf(others).subscribe(staying)
  changesOf(others).subscribe(leaving)()
  runElsewhere(path, ANY_WRITE)
  await vi.waitFor(() => expect(staying).toHaveBeenCalledTimes(1), { timeout: 30_000 })
  expect(leaving).not.toHaveBeenCalled()
})

function handClock() {
  let elapsed = 0
  return {
    clock: { now: () => new Date(), monotonic: () => elapsed },
    pass: (milliseconds: number) => (elapsed += milliseconds),
  }
}

function changesOf(others: Database['others']): Changes {
  if ('changes' in others) return others.changes
  throw new Error('SQLite has no channel')
}
