import { expect, it } from 'vitest'
import { openTemporary, someUser } from './fixtures'

it('refuses to insert rows outside of a transaction', async () => {
  const database = await openTemporary()
  let outside!: Parameters<typeof database.insertMany>[0]
  await database.transaction(async (tx) => void (outside = tx))

  await expect(database.insertMany(outside, 'User', [someUser('ada')])).rejects.toThrow(
    'in a transaction',
  )
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
