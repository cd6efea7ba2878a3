import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { models } from '../../tests/support/models'
import { createFileToMove, dumpOf, move, rowsOf, tablesOf } from '../../tests/support/move'
import { until } from '../../tests/support/until'
import { TABLES } from './move'
import { backUpDatabase, restoreDatabase } from './open'
import {
  bareDatabase,
  expectUnusable,
  failureOf,
  listenTo,
  openTemporary,
  temporaryDatabase,
} from './postgres/fixtures'
import { openTemporary as openSqlite, peopleIn, temporaryPath } from './sqlite/fixtures'

/** More than fit into two statements. */
const PEOPLE = 2_050

let makeFile: Awaited<ReturnType<typeof createFileToMove>>
beforeAll(async () => {
  makeFile = await createFileToMove(PEOPLE)
})
afterAll(() => makeFile.dispose())

const newFile = () => makeFile.copy()

describe('what was moved', () => {
  test('is every row of every table, column by column, and the file is as it was', async () => {
    const path = newFile()
    const to = await bareDatabase()
    const rows = await rowsOf(`file:${path}`)
    const before = await dumpOf(`file:${path}`)
    const progress: [number, number][] = []

    const counts = await move(path, to, (done, total) => progress.push([done, total]))

    expect(Object.keys(counts).sort()).toEqual(TABLES.map(([table]) => table).sort())
    expect(counts).toMatchObject({
      ...{ user: PEOPLE, givenUsername: PEOPLE, session: PEOPLE, password: 1 },
    })
    expect(await rowsOf(to)).toEqual(rows)
    expect(await dumpOf(`file:${path}`)).toEqual(before)
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
    expect(progress.at(-1)).toEqual([total, total])
    expect(progress).toEqual(progress.toSorted(([one], [other]) => one - other))
  })

  test('is every model that there is, those first that others refer to', () => {
    const names = TABLES.map(([table]) => table[0]!.toUpperCase() + table.slice(1))
    expect(names.toSorted()).toEqual(models.map(({ name }) => name).sort())
    for (const { name, relations } of models) {
      for (const { table } of relations) {
        expect(names.indexOf(table), name).toBeLessThan(names.indexOf(name))
      }
    }
  })

  test('is announced by nobody while it comes, and by its triggers from then on', async () => {
    const path = newFile()
    const to = await temporaryDatabase()
    const database = await openTemporary(to)
    const { heard } = await listenTo(database)
    await move(path, to)
    await database.client.user.update({ where: { id: 'person-0' }, data: { name: 'Zoe' } })
    await database.client.user.delete({ where: { id: 'person-0' } })
    await until(() => heard.length >= 2)
    const changes = heard.map((notice) => notice.type === 'change' && notice.change)
    expect(changes).toMatchObject([
      { type: 'user-changed', userId: 'person-0' },
      { type: 'sessions-ended', userId: 'person-0' },
    ])
  })

  test('keeps a server that starts on it meanwhile waiting until it is there', async () => {
    const path = newFile()
    const to = await temporaryDatabase()
    let found: Promise<number> | undefined
    await move(path, to, () => {
      found ??= openTemporary(to).then(({ client }) => client.user.count())
    })
    expect(await found).toBe(PEOPLE)
  })
})

describe('the file that was moved', () => {
  test('is refused to servers, to the command line and to moving again', async () => {
    const path = newFile()
    const to = await bareDatabase()
    await move(path, to)
    const before = readFileSync(path)
    const name = new URL(to).pathname.slice(1)
    expect(readFileSync(`${path}.moved`, 'utf8')).toContain(`database ${name} on 127.0.0.1`)
    for (const as of ['server', 'command-line'] as const) {
      await expectUnusable(() => openSqlite(path, { as }), 'was moved to PostgreSQL')
    }
    await expectUnusable(() => openSqlite(path, { create: false }), 'was moved to PostgreSQL')
    const again = await bareDatabase()
    await expectUnusable(() => move(path, again), 'was moved to PostgreSQL')
    expect(existsSync(`${path}.moved`)).toBe(true)
    expect(await tablesOf(again)).toEqual([])
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  test('can still be copied, and a backup put in its place can be used', async () => {
    const path = newFile()
    await move(path, await bareDatabase())
    const file = temporaryPath()
    backUpDatabase({ url: `file:${path}`, file })

    const { kept } = await restoreDatabase({
      url: `file:${path}`,
      file,
      prepare: () => Promise.resolve(),
    })

    expect(existsSync(`${path}.moved`)).toBe(false)
    expect(existsSync(`${kept}/latchkey.db.moved`)).toBe(true)
    expect(await peopleIn(path)).toHaveLength(PEOPLE)
    await expectUnusable(() => openSqlite(`${kept}/latchkey.db`), 'was moved to PostgreSQL')
  })

  test('can be used again by who deletes the marker, as its refusal says', async () => {
    const path = newFile()
    await move(path, await bareDatabase())
    const error = (await failureOf(openSqlite(path))) as Error
    const [, marker] = /delete (\S+), and end all sessions/.exec(error.message) ?? []
    expect(marker).toBe(`${path}.moved`)
  })
})
