import { expect, test } from 'vitest'
import { isDatabaseFull } from '../errors'
import { openTemporary, someUser } from './fixtures'

test('without space a write and a transaction are refused whole, reads go on, and writes do once there is some', async () => {
  const database = await openTemporary()
  const { client } = database
  await client.user.create({ data: someUser('ada') })
  const [{ page_count: pages }] = await client.$queryRaw<
    [{ page_count: bigint }]
  >`PRAGMA page_count`
  await client.$queryRawUnsafe(`PRAGMA max_page_count = ${pages}`)
  const long = 'x'.repeat(100_000)

  const write = client.user.update({ where: { id: 'ada' }, data: { name: long } })
  await expect(write).rejects.toSatisfy(isDatabaseFull)
  const transaction = database.transaction(async (tx) => {
    await tx.user.create({ data: someUser('bob') })
    await tx.user.update({ where: { id: 'bob' }, data: { name: long } })
  })
  await expect(transaction).rejects.toSatisfy(isDatabaseFull)
  expect(await client.user.findMany({ select: { name: true } })).toEqual([{ name: 'ada' }])

  await client.$queryRawUnsafe(`PRAGMA max_page_count = 100000`)
  await client.user.update({ where: { id: 'ada' }, data: { name: long } })
  expect(await client.user.count({ where: { name: long } })).toBe(1)
})
