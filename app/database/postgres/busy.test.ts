import { describe, expect, test } from 'vitest'
import { isDatabaseBusy } from '../errors'
import type { Transaction } from '../types'
import { connectTo, failureOf, openTemporary, someUser } from './fixtures'

const LIMIT_MS = 500

describe('a statement that takes longer than it may', () => {
  test('gives up by itself, alone and in a transaction, with nothing done', async () => {
    const { client, transaction, url } = await openTemporary(undefined, {
      statementTimeout: LIMIT_MS,
    })
    const other = await connectTo(url)
    await client.user.create({ data: someUser('ada') })
    await other.query('BEGIN; SELECT 1 FROM "User" FOR UPDATE')
    const data = { name: 'Somebody else' }
    const failures = await Promise.all([
      failureOf(client.user.updateMany({ data })),
      failureOf(client.$executeRaw`DELETE FROM "User"`),
      failureOf(
        transaction(async (tx) => {
          await tx.user.create({ data: someUser('bob') })
          await tx.user.updateMany({ data })
        }),
      ),
    ])
    for (const failure of failures) expect(failure).toSatisfy(isDatabaseBusy)
    await other.query('ROLLBACK')
    expect(await client.user.findMany({ select: { name: true } })).toEqual([{ name: 'ada' }])
  })

  test('leaves connections on which the next one works', async () => {
    const options = { statementTimeout: LIMIT_MS, connections: 1 }
    const { client, transaction } = await openTemporary(undefined, options)
    const sleep = (tx: Pick<Transaction, '$queryRaw'>) => tx.$queryRaw`SELECT pg_sleep(10)::text`
    expect(await failureOf(sleep(client))).toSatisfy(isDatabaseBusy)
    expect(await failureOf(transaction(sleep))).toSatisfy(isDatabaseBusy)
    expect(await client.user.count()).toBe(0)
  })
})

test('while all connections are in use, whoever asks is told that the database is busy', async () => {
  const database = await openTemporary(undefined, { connections: 1 })
  const { client, transaction } = database
  await transaction(async () => {
    const failures = await Promise.all([
      failureOf(client.user.count()),
      failureOf(client.user.create({ data: someUser('ada') })),
      failureOf(transaction(async () => 'ran')),
      failureOf(database.count('k', 1, LIMIT_MS)),
      failureOf(database.ping()),
    ])
    for (const failure of failures) expect(failure).toSatisfy(isDatabaseBusy)
  })
  expect(await client.user.count()).toBe(0)
})

describe('two transactions that get in each other’s way', () => {
  test('in a deadlock both get through, one of them by trying again', async () => {
    const { client, transaction } = await openTemporary(undefined, { statementTimeout: 20_000 })
    await client.user.createMany({ data: [someUser('ada'), someUser('bob')] })
    let runs = 0
    let holding = 0
    let both: () => void = () => {}
    const bothHold = new Promise<void>((resolve) => (both = resolve))
    const rename = (first: string, second: string) =>
      transaction(async (tx) => {
        runs += 1
        await tx.user.update({ where: { id: first }, data: { name: `${first} by ${first}` } })
        holding += 1
        if (holding === 2) both()
        await bothHold
        await tx.user.update({ where: { id: second }, data: { nameKey: `${second} by ${first}` } })
      })

    await Promise.all([rename('ada', 'bob'), rename('bob', 'ada')])

    // Whoever tries again may meet the other one once more.
    expect(runs).toBeGreaterThanOrEqual(3)
    const people = await client.user.findMany({ orderBy: { id: 'asc' } })
    expect(people.map(({ name, nameKey }) => [name, nameKey])).toEqual([
      ['ada by ada', 'ada by bob'],
      ['bob by bob', 'bob by ada'],
    ])
  })

  test.each(['40001', '40P01'])(
    'are tried again, and no more than five times (%s)',
    async (code) => {
      const { transaction, client } = await openTemporary()
      const failing = async (tx: Transaction, id: string) => {
        await tx.user.create({ data: someUser(id) })
        await tx.$executeRawUnsafe(`DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '${code}'; END $$`)
      }
      let runs = 0
      const result = await transaction(async (tx) => {
        runs += 1
        if (runs < 5) await failing(tx, `bob-${runs}`)
        await tx.user.create({ data: someUser('ada') })
        return runs
      })
      expect(result).toBe(5)
      expect(await client.user.findMany({ select: { id: true } })).toEqual([{ id: 'ada' }])

      runs = 0
      const forever = transaction(async (tx) => {
        runs += 1
        await failing(tx, 'eve')
      })
      expect(await failureOf(forever)).toSatisfy(isDatabaseBusy)
      expect(runs).toBe(5)
    },
  )
})
