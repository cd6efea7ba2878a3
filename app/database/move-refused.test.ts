import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createFileToMove, dumpOf, move, rowsOf, tablesOf } from '../../tests/support/move'
import { queriesOf } from '../../tests/support/queries'
import { freePort } from '../../tests/support/server'
import { startTcpProxy } from '../../tests/support/tcp-proxy'
import { until } from '../../tests/support/until'
import { isDatabaseUnusable } from './errors'
import { moveToOther } from './open'
import {
  bareDatabase,
  connectTo,
  expectUnusable,
  failureOf,
  openTemporary,
  someUser,
  steadyClock,
  temporaryDatabase,
} from './postgres/fixtures'
import { openTemporary as openSqlite, peopleIn, temporaryPath } from './sqlite/fixtures'

/** More than fit into one statement. */
const PEOPLE = 1_020

let makeFile: Awaited<ReturnType<typeof createFileToMove>>
beforeAll(async () => {
  makeFile = await createFileToMove(PEOPLE)
})
afterAll(() => makeFile.dispose())

const newFile = () => makeFile.copy()

describe('moving is refused, nothing is left behind and the file can be used', () => {
  test('to anything but PostgreSQL, and from anything but SQLite', async () => {
    const path = newFile()
    for (const to of ['file:./other.db', 'mysql://x/y', '', 'postgresql://[']) {
      await expectRefusal(path, to, /^Name the database to move to as .*percent-encoded: \/ as %2F/)
    }
    const from = await temporaryDatabase()
    const to = await bareDatabase()
    const moving = async () => moveToOther({ from, to, clock: steadyClock, onProgress: () => {} })
    await expectUnusable(moving, 'must name the SQLite file')
    expect(await tablesOf(to)).toEqual([])
  })

  test('from a file that is not there', async () => {
    const path = temporaryPath()
    await expectRefusal(path, await bareDatabase(), 'There is no database')
    expect(existsSync(path)).toBe(false)
  })

  test('while a server has the file, which notices nothing', async () => {
    const path = newFile()
    const to = await bareDatabase()
    const server = await openSqlite(path, { as: 'server' })
    await expectUnusable(() => move(path, to), 'Another Latchkey server is using')
    expect(existsSync(`${path}.moved`)).toBe(false)
    expect(await server.client.user.count()).toBe(PEOPLE)
    expect(await tablesOf(to)).toEqual([])
  })

  test.each(['user', 'oneTimeLink', 'auditEvent', 'attemptCounter'] as const)(
    'to a database that has one row, of %s',
    async (table) => {
      const path = newFile()
      const to = await temporaryDatabase()
      const database = await openTemporary(to)
      const { client } = database
      const at = new Date()
      const add = {
        user: () => client.user.create({ data: someUser('ada') }),
        oneTimeLink: () =>
          client.oneTimeLink.create({
            data: {
              id: 'l',
              tokenHash: Buffer.from('l'),
              purpose: 'setup',
              createdAt: at,
              expiresAt: at,
            },
          }),
        auditEvent: () =>
          client.auditEvent.create({ data: { id: 'a', at, kind: 'test', details: '{}' } }),
        attemptCounter: () =>
          client.attemptCounter.create({ data: { key: 'k', points: 1, expiresAt: at } }),
      }
      await add[table]()
      await database.close()
      const before = await dumpOf(to)
      await expectRefusal(path, to, 'is not empty')
      expect(await dumpOf(to)).toEqual(before)
    },
  )

  test('to an address that is wrong, with a sentence about that one, not about DATABASE_URL', async () => {
    const path = newFile()
    const right = await bareDatabase()
    const wrong: [string, RegExp][] = [
      [
        `${right}_typo`,
        /no such database: .*Create it \(createdb\), or mend the address to move to/,
      ],
      [
        right.replace('latchkey@', 'nobody:x@'),
        /the password in the address to move to\. In a pass/,
      ],
      // Of the password "12/34", what is left of the slash is taken for a port.
      ['postgresql://nowhere.invalid:12/34@x/y', /the host in the address to move to\..*\/ as %2F/],
    ]
    for (const [to, sentence] of wrong) {
      const { message } = await expectRefusal(path, to, sentence)
      expect(message).not.toContain('DATABASE_URL')
    }
    expect(await tablesOf(right)).toEqual([])
  })

  test('to a database that cannot be reached, or has another program’s tables', async () => {
    const path = newFile()
    const port = await freePort()
    await expectRefusal(path, `postgresql://127.0.0.1:${port}/x`, 'cannot be reached')
    const to = await bareDatabase()
    await (await connectTo(to)).query('CREATE TABLE "Recipe" ("id" text)')
    await expectRefusal(path, to, /another program's tables\. Let the address to move to name one/)
    expect(await tablesOf(to)).toEqual(['Recipe'])
  })

  test('when a row cannot be kept there', async () => {
    const path = newFile()
    const to = await temporaryDatabase()
    await queriesOf(`file:${path}`).query(`UPDATE "AuditEvent" SET "details" = 'a' || char(0)`)
    await expect(move(path, to)).rejects.toThrow()
    await expectNothingMoved(path, to)
  })

  test('when somebody writes to the file meanwhile', async () => {
    const path = newFile()
    const to = await temporaryDatabase()
    const other = queriesOf(`file:${path}`)
    let written: Promise<unknown> | undefined
    const moving = move(path, to, () => {
      written ??= other.query(`DELETE FROM "AttemptCounter"`)
    })
    await expectUnusable(() => moving, 'Somebody wrote to the file meanwhile')
    await written
    await expectNothingMoved(path, to)
  })

  test('when the connection is lost in the middle', async () => {
    const path = newFile()
    const to = await temporaryDatabase()
    const administrator = await connectTo(to)
    let cut: Promise<unknown> | undefined
    const moving = move(path, to, () => {
      cut ??= administrator.query(`
        SELECT pg_terminate_backend("pid") FROM "pg_stat_activity"
        WHERE "datname" = current_database() AND "pid" <> pg_backend_pid()`)
    })
    expect(await failureOf(moving)).toMatchObject({ name: 'DatabaseUnreachable' })
    await cut
    await expectNothingMoved(path, to)
  })

  test('as not known when the answer to the last word does not come: then it may be there', async () => {
    const path = newFile()
    const { way, past, url } = await behindProxy()
    const lost = way.loseAnswerToCommit()
    expect(await failureOf(move(path, url))).toMatchObject({ name: 'OutcomeUnknown' })
    await lost
    await until(
      async () => (await queriesOf(past).queryValue('SELECT count(*) FROM "User"')) === PEOPLE,
    )
    await expectUnusable(() => openSqlite(path), 'was moved to PostgreSQL')
  })
})

async function behindProxy() {
  const past = await temporaryDatabase()
  const url = new URL(past)
  const way = await startTcpProxy(Number(url.port))
  onTestFinished(() => way.close())
  url.port = String(way.port)
  return { way, past, url: url.href }
}

/** Refused, with no trace of an attempt, and the file can be opened. */
async function expectRefusal(path: string, to: string, sentence: string | RegExp) {
  const isThere = existsSync(path)
  const failure = await failureOf((async () => move(path, to))())
  expect(failure).toSatisfy(isDatabaseUnusable)
  expect((failure as Error).message).toMatch(sentence)
  expect(existsSync(`${path}.moved`)).toBe(false)
  if (isThere) expect(await peopleIn(path)).toHaveLength(PEOPLE)
  return failure as Error
}

async function expectNothingMoved(path: string, to: string) {
  expect(existsSync(`${path}.moved`)).toBe(false)
  expect(await peopleIn(path)).toHaveLength(PEOPLE)
  for (const rows of Object.values(await rowsOf(to))) expect(rows).toEqual([])
  // It can be done again, and then it is whole.
  expect(await (await openTemporary(to)).client.user.count()).toBe(0)
}
