import { expect, test, vi } from 'vitest'
import { anotherProcess, openTemporary, runElsewhere, someUser, temporaryPath } from './fixtures'

const ANY_WRITE = `INSERT INTO "RateLimiterFlexible" ("key", "points") VALUES ('k', 1)`

test('a look that is 200 ms old is not fresh', async () => {
  const { clock, pass } = handClock()
  const { foreignChanges } = await openTemporary(temporaryPath(), { clock })
  pass(199)
  expect(foreignChanges.isFresh()).toBe(true)
  pass(1)
  expect(foreignChanges.isFresh()).toBe(false)
  await foreignChanges.refresh()
  expect(foreignChanges.isFresh()).toBe(true)
})

test('what another process wrote is told before the look is over', async () => {
  const path = temporaryPath()
  const { foreignChanges } = await openTemporary(path)
  const changed = vi.fn()
  foreignChanges.onChange(changed)
  await anotherProcess(path, ANY_WRITE)
  expect(changed).not.toHaveBeenCalled()
  await foreignChanges.refresh()
  expect(changed).toHaveBeenCalledTimes(1)
  await foreignChanges.refresh()
  expect(changed).toHaveBeenCalledTimes(1)
})

test("this process's own writes are not foreign", async () => {
  const { client, foreignChanges, transaction } = await openTemporary()
  const changed = vi.fn()
  foreignChanges.onChange(changed)
  await client.user.create({ data: someUser('ada') })
  await transaction((tx) => tx.user.create({ data: someUser('bob') }))
  await foreignChanges.refresh()
  expect(changed).not.toHaveBeenCalled()
})

test('a change is found while a transaction of ours is open', async () => {
  const path = temporaryPath()
  const { foreignChanges, transaction } = await openTemporary(path)
  const changed = vi.fn()
  foreignChanges.onChange(changed)
  runElsewhere(path, ANY_WRITE)
  await transaction(async (tx) => {
    await tx.user.create({ data: someUser('ada') })
    await foreignChanges.refresh()
    expect(changed).toHaveBeenCalledTimes(1)
  })
  await foreignChanges.refresh()
  expect(changed).toHaveBeenCalledTimes(1)
})

test('a change between two of our own writes is found', async () => {
  const path = temporaryPath()
  const { client, foreignChanges } = await openTemporary(path)
  const changed = vi.fn()
  foreignChanges.onChange(changed)
  await client.user.create({ data: someUser('ada') })
  runElsewhere(path, `UPDATE "User" SET "name" = 'Ada'`)
  await client.user.create({ data: someUser('bob') })
  await foreignChanges.refresh()
  expect(changed).toHaveBeenCalledTimes(1)
})

test('nothing is fresh until every listener has heard of a change', async () => {
  const path = temporaryPath()
  const { foreignChanges } = await openTemporary(path)
  const failing = vi.fn().mockImplementationOnce(() => {
    throw new Error('out of order')
  })
  foreignChanges.onChange(failing)
  runElsewhere(path, ANY_WRITE)
  await expect(foreignChanges.refresh()).rejects.toThrow('out of order')
  expect(foreignChanges.isFresh()).toBe(false)
  await foreignChanges.refresh()
  expect(failing).toHaveBeenCalledTimes(2)
  expect(foreignChanges.isFresh()).toBe(true)
})

test('an idle process finds changes by itself, until the listener leaves', async () => {
  const path = temporaryPath()
  const { foreignChanges } = await openTemporary(path, { pollInterval: 5 })
  const [staying, leaving] = [vi.fn(), vi.fn()]
  foreignChanges.onChange(staying)
  foreignChanges.onChange(leaving)()
  runElsewhere(path, ANY_WRITE)
  await vi.waitFor(() => expect(staying).toHaveBeenCalledTimes(1), { timeout: 5_000 })
  expect(leaving).not.toHaveBeenCalled()
})

function handClock() {
  let elapsed = 0
  return {
    clock: { now: () => new Date(), monotonic: () => elapsed },
    pass: (milliseconds: number) => (elapsed += milliseconds),
  }
}
