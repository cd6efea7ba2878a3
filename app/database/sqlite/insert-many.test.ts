import { describe, expect, it } from 'vitest'
import type { Transaction } from '../database'
import { isDatabaseBusy } from '../errors'
import { openTemporary, someUser, temporaryPath } from './fixtures'

describe('refuses to insert rows', () => {
  it('for a transaction of another database', async () => {
    const [database, another] = [await openTemporary(), await openTemporary()]
    const mistaken = another.transaction((tx) => database.insertMany(tx, 'User', [someUser('ada')]))
    await expect(mistaken).rejects.toThrow('no transaction of this database')
  })

  it('for a transaction that is over', async () => {
    const database = await openTemporary()
    let over!: Transaction
    await database.transaction(async (tx) => void (over = tx))
    const late = database.insertMany(over, 'User', [someUser('ada')])
    await expect(late).rejects.toSatisfy(isDatabaseBusy)
  })

  it('for one whose time was up, in whichever transaction is open by then', async () => {
    const database = await openTemporary(temporaryPath(), { transactionLimit: 500 })
    let secondIsOpen = () => {}
    const untilSecond = new Promise<void>((resolve) => (secondIsOpen = resolve))
    const first = database.transaction(async (tx) => {
      await untilSecond
      await database.insertMany(tx, 'User', [someUser('ada')])
    })
    // Has its turn when the first one is rolled back, and lets that one go on.
    const second = database.transaction(async (tx) => {
      secondIsOpen()
      await database.insertMany(tx, 'User', [someUser('bob')])
    })
    await expect(first).rejects.toSatisfy(isDatabaseBusy)
    await second
    expect(await database.client.user.findMany({ select: { id: true } })).toEqual([{ id: 'bob' }])
  })
})

it('stores rows just as the typed client does', async () => {
  const database = await openTemporary()
  const ada = { ...someUser('ada'), role: 'admin' as const, disabledAt: null }
  await database.client.user.create({ data: ada })
  const [byClient] = await database.client.$queryRaw<object[]>`SELECT * FROM "User"`
  await database.client.user.deleteMany({ where: { id: 'ada' } })

  await database.transaction((tx) => database.insertMany(tx, 'User', [ada]))

  expect(await database.client.$queryRaw`SELECT * FROM "User"`).toEqual([byClient])
})

it('leaves nothing behind when the transaction is rolled back', async () => {
  const database = await openTemporary()
  const lost = database.transaction(async (tx) => {
    await database.insertMany(tx, 'User', [someUser('ada')])
    throw new Error('rolled back')
  })

  await expect(lost).rejects.toThrow('rolled back')
  expect(await database.client.user.count()).toBe(0)
})
