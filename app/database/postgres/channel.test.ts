import { describe, expect, test } from 'vitest'
import { until } from '../../../tests/support/until'
import { untilNotBusy } from '../errors'
import type { Notice } from '../types'
import {
  connectAsAdministrator,
  connectTo,
  listenTo,
  openTemporary,
  someSession,
  someUser,
} from './fixtures'

const MANY = 200

describe('a ping', () => {
  test('of a node that is not on the list is not sent', async () => {
    const database = await openTemporary()
    const { channel } = database
    const { heard } = await listenTo(database)
    await channel.register('there', 1)
    expect(await channel.ping('here', 1)).toBe(false)
    await channel.remove('there')
    expect(await channel.ping('there', 2)).toBe(false)
    await channel.askForTabs('last', 'ada')
    await until(() => heard.length > 0)
    expect(heard.map(({ type }) => type)).toEqual(['question'])
    expect(await channel.list()).toEqual([])
  })

  test('is heard by everybody who listens, the sender too, and its number is on the list', async () => {
    const database = await openTemporary()
    const other = await openTemporary(database.url)
    const listeners = [await listenTo(database), await listenTo(other)]
    await database.channel.register('here', 4)
    expect(await database.channel.ping('here', 5)).toBe(true)
    for (const { heard } of listeners) {
      await until(() => heard.length === 1)
      const transaction = expect.stringMatching(/^\d+$/) as string
      expect(heard).toEqual([{ transaction, type: 'ping', node: 'here', ping: 5 }])
    }
    expect(await other.channel.list()).toEqual([{ node: 'here', ping: 5 }])
  })

  test('carries numbers as large as a computer’s that runs for a century', async () => {
    const database = await openTemporary()
    const { heard } = await listenTo(database)
    const ping = 100 * 366 * 86_400_000
    await database.channel.register('here', 0)
    await database.channel.ping('here', ping)
    await until(() => heard.length === 1)
    expect(heard[0]).toMatchObject({ ping })
    expect(await database.channel.list()).toEqual([{ node: 'here', ping }])
  })
})

describe('the number of a node on the list', () => {
  test('never becomes smaller by a request that arrives late, which is sent all the same', async () => {
    const database = await openTemporary()
    const { channel } = database
    const { heard } = await listenTo(database)
    await channel.register('here', 5)
    await channel.ping('here', 9)
    await channel.ping('here', 7)
    await channel.register('here', 3)
    expect(await channel.list()).toEqual([{ node: 'here', ping: 9 }])
    await until(() => heard.length === 2)
    expect(heard).toMatchObject([{ ping: 9 }, { ping: 7 }])
  })

  test('keeps a node on it that has pinged since somebody looked', async () => {
    const { channel } = await openTemporary()
    await channel.register('here', 5)
    await channel.register('there', 5)
    await channel.ping('here', 6)
    await channel.remove('here', 5)
    await channel.remove('there', 5)
    expect(await channel.list()).toEqual([{ node: 'here', ping: 6 }])
    await channel.remove('here', 6)
    await channel.remove('here', 6)
    expect(await channel.list()).toEqual([])
  })

  test('is taken off whatever it is when nobody names one', async () => {
    const { channel } = await openTemporary()
    await channel.register('here', 5)
    await channel.remove('here')
    expect(await channel.list()).toEqual([])
  })
})

describe('a barrier', () => {
  test('is the last notice of its transaction, whose id all of them carry', async () => {
    const database = await openTemporary()
    const { client, transaction, channel } = database
    await client.user.create({ data: someUser('ada') })
    await client.session.create({ data: someSession('one', 'ada') })
    const { heard } = await listenTo(database)
    const id = await transaction(async (tx) => {
      await tx.session.deleteMany()
      await tx.user.update({ where: { id: 'ada' }, data: { name: 'Ada' } })
      return channel.sendBarrier(tx)
    })
    await until(() => heard.length === 3)
    expect(heard.map(({ transaction }) => transaction)).toEqual([id, id, id])
    expect(heard.map(kindOf)).toEqual(['sessions-ended', 'user-changed', 'barrier'])
  })

  test('is sent also by a transaction that changes nothing, and not by one that is rolled back', async () => {
    const database = await openTemporary()
    const { transaction, channel } = database
    const { heard } = await listenTo(database)
    const failing = transaction(async (tx) => {
      await channel.sendBarrier(tx)
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    const id = await transaction((tx) => channel.sendBarrier(tx))
    await until(() => heard.length > 0)
    expect(heard).toEqual([{ transaction: id, type: 'barrier' }])
  })

  test('is confirmed, and a question is asked, by what everybody hears', async () => {
    const database = await openTemporary()
    const { heard } = await listenTo(database)
    await database.channel.confirm('17', 'there', 3)
    await database.channel.askForTabs('q', 'ada')
    await until(() => heard.length === 2)
    expect(heard).toMatchObject([
      { type: 'confirmed', id: '17', node: 'there', tabs: 3 },
      { type: 'question', id: 'q', userId: 'ada' },
    ])
  })
})

describe('notices', () => {
  test('come in the order of the commits, also of many connections', async () => {
    const database = await openTemporary()
    const { heard } = await listenTo(database)
    const { channel, client, transaction } = database
    await client.user.create({ data: someUser('ada') })
    // Who has the row writes; whoever comes next has it only after that was committed.
    const order: string[] = []
    const writing = Array.from({ length: MANY }, () =>
      untilNotBusy(() =>
        transaction(async (tx) => {
          await tx.$queryRaw`SELECT 1 FROM "User" FOR UPDATE`
          await tx.user.update({ where: { id: 'ada' }, data: { name: `${order.length}` } })
          order.push(await channel.sendBarrier(tx))
        }),
      ),
    )
    await Promise.all(writing)
    await until(() => heard.length === 2 * MANY)
    const barriers = heard.filter(({ type }) => type === 'barrier')
    expect(barriers.map((notice) => notice.transaction)).toEqual(order)
    expect(heard.map(kindOf)).toEqual(
      Array.from({ length: MANY }, () => ['user-changed', 'barrier']).flat(),
    )
  })

  test('that were committed before one that came back were heard before it', async () => {
    const database = await openTemporary()
    const { channel, client } = database
    const { heard } = await listenTo(database)
    await channel.register('here', 0)
    for (let ping = 1; ping <= 20; ping += 1) {
      await client.user.create({ data: someUser(`user-${ping}`) })
      await client.user.update({ where: { id: `user-${ping}` }, data: { name: 'x' } })
      await channel.ping('here', ping)
    }
    await until(() => heard.length === 40)
    expect(heard.map(kindOf)).toEqual(
      Array.from({ length: 20 }, () => ['user-changed', 'ping']).flat(),
    )
  })
})

describe('a listener', () => {
  test('is told once that its connection is gone, and hears nothing more', async () => {
    const database = await openTemporary()
    const { heard, lost } = await listenTo(database)
    const administrator = await connectAsAdministrator(database.url)
    await administrator.query(
      `SELECT pg_terminate_backend("pid") FROM "pg_stat_activity" WHERE "query" = 'LISTEN latchkey'`,
    )
    await until(() => lost.length > 0)
    await database.channel.askForTabs('q', 'ada')
    const next = await listenTo(database)
    await database.channel.askForTabs('r', 'ada')
    await until(() => next.heard.length === 1)
    expect(next.heard).toMatchObject([{ id: 'r' }])
    expect(heard).toEqual([])
    expect(lost).toHaveLength(1)
  })

  test('that was closed hears nothing more and is not told of a loss', async () => {
    const database = await openTemporary()
    const { heard, lost, close } = await listenTo(database)
    close()
    const next = await listenTo(database)
    await (await connectTo(database.url)).query(`NOTIFY latchkey, 'x'`)
    await until(() => next.heard.length === 1)
    expect([heard, lost]).toEqual([[], []])
  })
})

const kindOf = (notice: Notice) => (notice.type === 'change' ? notice.change.type : notice.type)
