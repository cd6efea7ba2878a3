import { beforeEach, describe, expect, test } from 'vitest'
import { connectTo, openAndHear, openTemporary, someSession, someUser } from './fixtures'

/** The ids of one notice. */
const HUNDRED = 100
/** More rows at once than are named. */
const TOO_MANY = 10_001
const UUID = '0198f0b2-5c5f-7a3e-9f52-1d2c3b4a5968'

let database: Awaited<ReturnType<typeof openAndHear>>
beforeEach(async () => {
  database = await openAndHear()
})

const hear: typeof database.hear = (work) => database.hear(work)
const sql = (text: string) => database.sql(text)

describe('what goes is said', () => {
  test('for each person, with the ids in their order', async () => {
    const said = await hear(() => database.client.session.deleteMany())
    expect(said.toSorted(byPerson)).toEqual([
      { type: 'sessions-ended', userId: 'ada', sessionIds: ['one', 'two'], reason: '' },
      { type: 'sessions-ended', userId: 'bob', sessionIds: ['three'], reason: '' },
    ])
    expect(await hear(() => sql(`DELETE FROM "ApiToken" WHERE "id" = 'program'`))).toEqual([
      { type: 'tokens-ended', userId: 'ada', tokenIds: ['program'] },
    ])
  })

  test('also when it goes with a person that somebody deletes by hand', async () => {
    const operator = await connectTo(database.url)
    const said = await hear(() => operator.query(`DELETE FROM "User" WHERE "id" = 'ada'`))
    expect(said).toHaveLength(2)
    expect(said).toContainEqual({
      type: 'sessions-ended',
      userId: 'ada',
      sessionIds: ['one', 'two'],
      reason: '',
    })
    expect(said).toContainEqual({ type: 'tokens-ended', userId: 'ada', tokenIds: ['program'] })
  })

  test('in hundreds, each id once', async () => {
    const ids = Array.from({ length: 2 * HUNDRED + 50 }, (_, index) => `${1_000 + index}`)
    await database.client.session.createMany({ data: ids.map((id) => someSession(id, 'bob')) })
    const said = await hear(() => sql(`DELETE FROM "Session" WHERE "userId" = 'bob'`))
    const lists = said.map((change) => ('sessionIds' in change ? change.sessionIds : []))
    expect(lists.map(({ length }) => length).sort((a, b) => b - a)).toEqual([HUNDRED, HUNDRED, 51])
    expect(lists.flat().sort()).toEqual([...ids, 'three'].sort())
  })

  test('as anything at all when it is nearly everything, and row by row just below that', async () => {
    const add = (rows: number) =>
      sql(`INSERT INTO "Session" SELECT lpad(n::text, 36, '0'), '', '', 'bob', now(), now(), now(), now(), now(), '', ''
        FROM generate_series(1, ${rows}) AS n`)
    const remove = () => sql(`DELETE FROM "Session" WHERE "ip" = ''`)
    await add(TOO_MANY)
    expect(await hear(remove)).toEqual([{ type: 'unknown' }])
    await add(TOO_MANY - 1)
    const said = await hear(remove)
    expect(said).toHaveLength((TOO_MANY - 1) / HUNDRED)
    expect(new Set(said.map(({ type }) => type))).toEqual(new Set(['sessions-ended']))
  })

  test('as anything at all when it is a TRUNCATE', async () => {
    expect(await hear(() => sql('TRUNCATE "Session" CASCADE'))).toEqual([{ type: 'unknown' }])
    expect(await hear(() => sql('TRUNCATE "ApiToken"'))).toEqual([{ type: 'unknown' }])
    const all = await hear(() => sql('TRUNCATE "User" CASCADE'))
    expect(all.length).toBeGreaterThan(0)
    expect(new Set(all.map(({ type }) => type))).toEqual(new Set(['unknown']))
  })
})

describe('the reason', () => {
  test('travels along, and is gone with its transaction', async () => {
    const { transaction, client } = await openOnOneConnection()
    const end = (id: string, reason?: string) =>
      transaction(async (tx) => {
        if (reason !== undefined) await database.giveReason(tx, reason)
        await tx.session.delete({ where: { id } })
      })
    const said = await hear(async () => {
      await end('one', 'account-deleted')
      await end('two')
      await end('three', `it's "odd"; \\ DROP`)
    })
    const reasons = said.map((change) => ('reason' in change ? change.reason : undefined))
    expect(reasons).toEqual(['account-deleted', '', `it's "odd"; \\ DROP`])
    expect(
      await client.$queryRaw`SELECT current_setting('latchkey.reason', true) AS "reason"`,
    ).toEqual([{ reason: '' }])
  })

  test('is gone also with a transaction that was rolled back', async () => {
    const { transaction, client } = await openOnOneConnection()
    const failing = transaction(async (tx) => {
      await database.giveReason(tx, 'account-deleted')
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    const said = await hear(() => client.session.delete({ where: { id: 'one' } }))
    expect(said).toMatchObject([{ sessionIds: ['one'], reason: '' }])
  })

  const openOnOneConnection = () => openTemporary(database.url, { connections: 1 })
})

describe('a notice that would be too long', () => {
  test('does not come of a hundred ids of the longest kind with the longest reason', async () => {
    const long = (index: number) => UUID.slice(0, -3) + String(100 + index)
    const ids = Array.from({ length: HUNDRED }, (_, index) => long(index))
    const userId = UUID
    await database.client.user.create({ data: someUser(userId) })
    await database.client.session.createMany({ data: ids.map((id) => someSession(id, userId)) })
    const said = await hear(() =>
      database.transaction(async (tx) => {
        await database.giveReason(tx, 'signed-out-by-administrator')
        await tx.user.delete({ where: { id: userId } })
      }),
    )
    expect(said).toEqual([
      { type: 'sessions-ended', userId, sessionIds: ids, reason: 'signed-out-by-administrator' },
    ])
  })

  test('goes through as long as PostgreSQL lets it, and one byte more says: anything', async () => {
    // What stands around the id, with a number of a transaction of this length.
    const around = (id: string) =>
      JSON.stringify({
        type: 'tokens-ended',
        userId: 'ada',
        tokenIds: [id],
        reason: '',
        transaction: '',
      })
    for (const isTooLong of [false, true]) {
      const said = await hear(() =>
        database.transaction(async (tx) => {
          const [row] = await tx.$queryRaw<{ number: string }[]>`
            SELECT pg_current_xact_id()::text AS "number"`
          // PostgreSQL writes a space after each comma and colon between fields.
          const room = 7_999 - around('').length - 4 - 5 - row!.number.length
          const id = 'x'.repeat(isTooLong ? room + 1 : room)
          await tx.$executeRaw`
            INSERT INTO "ApiToken" SELECT ${id}, ${Buffer.from(String(isTooLong))}, 'ada', '', '', now(), '', NULL, NULL, NULL`
          await tx.$executeRaw`DELETE FROM "ApiToken" WHERE "id" = ${id}`
        }),
      )
      expect(said.map(({ type }) => type)).toEqual([
        'access-granted',
        isTooLong ? 'unknown' : 'tokens-ended',
      ])
    }
  })

  test('becomes one that says: anything; also of rows that somebody made by hand', async () => {
    const id = '😀'.repeat(600)
    const add = `INSERT INTO "Session" SELECT '${id}' || n, '', '', 'ada', now(), now(), now(), now(), now(), '', ''
      FROM generate_series(1, 20) AS n`
    await sql(add)
    expect(await hear(() => sql(`DELETE FROM "Session" WHERE length("id") > 600`))).toEqual([
      { type: 'unknown' },
    ])
    expect(
      await hear(() => database.transaction((tx) => database.giveReason(tx, 'x'.repeat(9_000)))),
    ).toEqual([])
  })
})

function byPerson(one: object, other: object) {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1
}
