import { expect, test, vi } from 'vitest'
import { anotherProcess, openTemporary, runElsewhere, someUser, temporaryPath } from './fixtures'

const ANY_WRITE = `INSERT INTO "AttemptCounter" VALUES ('k', 1, '2030-01-01')`

test('after 200 ms without a look, nothing that others wrote is known', async () => {
  const { clock, pass } = handClock()
  const { changes } = await openTemporary(temporaryPath(), { clock })
  pass(199)
  expect(changes.areKnown()).toBe(true)
  pass(1)
  expect(changes.areKnown()).toBe(false)
  await changes.catchUp()
  expect(changes.areKnown()).toBe(true)
})

test('what another process wrote is told before the look is over', async () => {
  const path = temporaryPath()
  const { changes } = await openTemporary(path)
  const changed = vi.fn()
  changes.subscribe(changed)
  await anotherProcess(path, ANY_WRITE)
  expect(changed).not.toHaveBeenCalled()
  await changes.catchUp()
  expect(changed).toHaveBeenCalledTimes(1)
  await changes.catchUp()
  expect(changed).toHaveBeenCalledTimes(1)
})

test("this process's own writes are not foreign", async () => {
  const { client, changes, transaction } = await openTemporary()
  const changed = vi.fn()
  changes.subscribe(changed)
  await client.user.create({ data: someUser('ada') })
  await transaction((tx) => tx.user.create({ data: someUser('bob') }))
  await changes.catchUp()
  expect(changed).not.toHaveBeenCalled()
})

test('a change is found while a transaction of ours is open', async () => {
  const path = temporaryPath()
  const { changes, transaction } = await openTemporary(path)
  const changed = vi.fn()
  changes.subscribe(changed)
  runElsewhere(path, ANY_WRITE)
  await transaction(async (tx) => {
    await tx.user.create({ data: someUser('ada') })
    await changes.catchUp()
    expect(changed).toHaveBeenCalledTimes(1)
  })
  await changes.catchUp()
  expect(changed).toHaveBeenCalledTimes(1)
})

test('a change between two of our own writes is found', async () => {
  const path = temporaryPath()
  const { client, changes } = await openTemporary(path)
  const changed = vi.fn()
  changes.subscribe(changed)
  await client.user.create({ data: someUser('ada') })
  runElsewhere(path, `UPDATE "User" SET "name" = 'Ada'`)
  await client.user.create({ data: someUser('bob') })
  await changes.catchUp()
  expect(changed).toHaveBeenCalledTimes(1)
})

test('memory may not be used until every listener has heard of a change', async () => {
  const path = temporaryPath()
  const { changes } = await openTemporary(path)
  const failing = vi.fn().mockImplementationOnce(() => {
    throw new Error('out of order')
  })
  changes.subscribe(failing)
  runElsewhere(path, ANY_WRITE)
  await expect(changes.catchUp()).rejects.toThrow('out of order')
  expect(changes.areKnown()).toBe(false)
  await changes.catchUp()
  expect(failing).toHaveBeenCalledTimes(2)
  expect(changes.areKnown()).toBe(true)
})

test('an idle process finds changes by itself, until the listener leaves', async () => {
  const path = temporaryPath()
  const { changes } = await openTemporary(path, { pollInterval: 5 })
  const [staying, leaving] = [vi.fn(), vi.fn()]
  changes.subscribe(staying)
  changes.subscribe(leaving)()
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
