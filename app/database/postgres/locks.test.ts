import { describe, expect, test } from 'vitest'
import { until } from '../../../tests/support/until'
import type { Database } from '../types'
import { connectTo, failureOf, openTemporary, someSession, someToken, someUser } from './fixtures'

const PEOPLE = ['ada', 'bob', 'cyd', 'dan']
const ROUNDS = 50

async function openWithPeople() {
  const database = await openTemporary(undefined, { statementTimeout: 20_000 })
  await database.client.user.createMany({ data: PEOPLE.map(someUser) })
  return database
}
type Opened = Awaited<ReturnType<typeof openWithPeople>>

describe('whoever locks people', () => {
  test('never waits in a circle with who locks the same ones in another order', async () => {
    const database = await openWithPeople()
    const { transaction } = database
    let runs = 0
    const add = (ids: string[]) =>
      transaction(async (tx) => {
        runs += 1
        await database.lockUsers(tx, ids)
        for (const id of ids) {
          const { name } = await tx.user.findUniqueOrThrow({ where: { id } })
          await tx.user.update({ where: { id }, data: { name: `${name}.` } })
        }
      })
    for (let round = 0; round < ROUNDS; round += 1) {
      await Promise.all([add(PEOPLE), add(PEOPLE.toReversed()), add(['cyd', 'ada', 'cyd'])])
    }
    expect(runs).toBe(3 * ROUNDS)
  })

  test('waits for who holds them, and then reads what those have left', async () => {
    const database = await openWithPeople()
    const { transaction, client, url } = database
    const seen: string[] = []
    const rename = (name: string) =>
      transaction(async (tx) => {
        await tx.user.count()
        await database.lockUsers(tx, ['ada'])
        seen.push((await tx.user.findUniqueOrThrow({ where: { id: 'ada' } })).name)
        await tx.user.update({ where: { id: 'ada' }, data: { name } })
        if (seen.length === 1) await untilWaiting(url, 1)
      })
    await Promise.all([rename('Ada'), rename('Ada')])
    expect(seen).toEqual(['ada', 'Ada'])
    expect(await client.user.count({ where: { name: 'Ada' } })).toBe(1)
  })

  test('finds those gone that were deleted meanwhile', async () => {
    const database = await openWithPeople()
    const { transaction, url } = database
    let second: Promise<unknown> | undefined
    await transaction(async (tx) => {
      await database.lockUsers(tx, ['ada'])
      second = transaction(async (other) => {
        await database.lockUsers(other, ['ada', 'bob'])
        return other.user.findMany({ where: { id: { in: ['ada', 'bob'] } }, select: { id: true } })
      })
      await untilWaiting(url, 1)
      await tx.user.delete({ where: { id: 'ada' } })
    })
    expect(await second).toEqual([{ id: 'bob' }])
  })

  test('keeps a row that refers to them from being added, until they are let go', async () => {
    const database = await openWithPeople()
    const { transaction, client, url } = database
    let added: Promise<unknown> | undefined
    await transaction(async (tx) => {
      await database.lockUsers(tx, ['ada'])
      added = client.session.create({ data: someSession('s', 'ada') })
      added.catch(() => {})
      await untilWaiting(url, 1)
      await tx.user.delete({ where: { id: 'ada' } })
    })
    await expect(added).rejects.toMatchObject({ code: 'P2003' })
  })

  test('may name nobody, or people who are not there', async () => {
    const database = await openWithPeople()
    const { transaction } = database
    await transaction(async (tx) => {
      await database.lockUsers(tx, [])
      await database.lockUsers(tx, ['nobody', 'ada', 'ada'])
    })
  })

  test('gets through although a deadlock was made, by trying again', async () => {
    const database = await openWithPeople()
    const { transaction, url } = database
    const other = await connectTo(url)
    await other.query('BEGIN')
    await other.query(`SELECT 1 FROM "User" WHERE "id" = 'bob' FOR UPDATE`)
    let runs = 0
    const locking = transaction(async (tx) => {
      runs += 1
      await database.lockUsers(tx, ['ada', 'bob'])
    })
    await untilWaiting(url, 1)
    // The one that began to wait first notices first, and gives way.
    const waits = failureOf(other.query(`SELECT 1 FROM "User" WHERE "id" = 'ada' FOR UPDATE`))
    const given = await waits
    await other.query(given ? 'ROLLBACK' : 'COMMIT')
    await locking
    expect([given === undefined, runs]).toEqual(given ? [false, 1] : [true, 2])
  })
})

test('those who ask who administers take turns, and nobody else waits for them', async () => {
  const database = await openWithPeople()
  const { transaction, client, url } = database
  await client.user.updateMany({ where: { id: { in: ['ada', 'bob'] } }, data: { role: 'admin' } })
  const stepDown = (id: string) =>
    transaction(async (tx) => {
      await database.lockAdministrators(tx)
      if ((await tx.user.count({ where: { role: 'admin' } })) < 2) return
      await tx.user.update({ where: { id }, data: { role: 'user' } })
      await untilWaiting(url, 1)
      await client.user.update({ where: { id: 'cyd' }, data: { name: 'Cyd' } })
    })
  await Promise.all([stepDown('ada'), stepDown('bob')])
  expect(await client.user.count({ where: { role: 'admin' } })).toBe(1)
})

describe('background work', () => {
  test.each(['User', 'Session', 'ApiToken', 'AuditEvent'] as const)(
    'leaves out those of %s that somebody holds, and calls none held that is not there',
    async (table) => {
      const database = await openWithPeople()
      const { transaction, client, url } = database
      await addRows(client)
      const other = await connectTo(url)
      await other.query(`BEGIN; SELECT 1 FROM "${table}" WHERE "id" IN ('bob', 'dan') FOR UPDATE`)
      const ids = [...PEOPLE, 'nobody', 'bob']
      const held = await transaction((tx) => database.lockUnlessHeld(tx, table, ids))
      expect([...held].sort()).toEqual(['bob', 'dan'])
      expect(await transaction((tx) => database.lockUnlessHeld(tx, table, []))).toEqual(new Set())
    },
  )

  test('holds what it has got, so that who ends it waits for a moment', async () => {
    const database = await openWithPeople()
    const { transaction, client, url } = database
    await addRows(client)
    let ended: Promise<unknown> | undefined
    await transaction(async (tx) => {
      expect(await database.lockUnlessHeld(tx, 'Session', PEOPLE)).toEqual(new Set())
      ended = client.session.delete({ where: { id: 'ada' } }).then(() => 'ended')
      await untilWaiting(url, 1)
      await tx.session.updateMany({ data: { lastSeenAt: new Date() } })
    })
    expect(await ended).toBe('ended')
  })

  test('beside endings in every order is never in a deadlock with them', async () => {
    const database = await openWithPeople()
    await addRows(database.client)
    let runs = 0
    const count = () => (runs += 1)
    for (let round = 0; round < ROUNDS / 2; round += 1) {
      await Promise.all([
        touch(database, count),
        touch(database, count),
        endAndStart(database, count),
      ])
    }
    expect(runs).toBe(3 * (ROUNDS / 2))
  })
})

/** As activity is written: every row that nobody holds. */
function touch(database: Opened, count: () => void) {
  return database.transaction(async (tx) => {
    count()
    const held = await database.lockUnlessHeld(tx, 'Session', PEOPLE)
    const ids = PEOPLE.filter((id) => !held.has(id)).toReversed()
    for (const id of ids) await tx.session.updateMany({ where: { id }, data: { ip: 'seen' } })
  })
}

function endAndStart(database: Opened, count: () => void) {
  return database.transaction(async (tx) => {
    count()
    await database.lockUsers(tx, PEOPLE)
    await tx.session.deleteMany({ where: { id: { in: PEOPLE.toReversed() } } })
    await tx.session.createMany({ data: PEOPLE.map((id) => someSession(id, id)) })
  })
}

async function addRows(client: Database['client']) {
  await client.session.createMany({ data: PEOPLE.map((id) => someSession(id, id)) })
  await client.apiToken.createMany({ data: PEOPLE.map((id) => someToken(id, id)) })
  const event = { at: new Date(), kind: 'test', details: '{}' }
  await client.auditEvent.createMany({ data: PEOPLE.map((id) => ({ id, ...event })) })
}

/** Until so many wait for a lock that somebody else holds. */
async function untilWaiting(url: string, count: number) {
  const other = await connectTo(url)
  await until(async () => {
    const { rows } = await other.query(`
      SELECT 1 FROM "pg_stat_activity"
      WHERE "wait_event_type" = 'Lock' AND "datname" = current_database()`)
    return rows.length >= count
  })
}
