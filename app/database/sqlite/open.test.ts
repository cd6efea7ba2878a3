import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { backUpDatabase, openDatabase, restoreDatabase } from '../open'
import { isDatabaseUnusable } from '../errors'
import { BetterSqlite3 } from './driver'
import {
  anotherProcess,
  asOrdinaryUser,
  openTemporary,
  runElsewhere,
  someUser,
  steadyClock,
  temporaryPath,
} from './fixtures'

const HEADER_BYTES = 100
const PAGE_BYTES = 4096

describe('opening is refused with a sentence that names the fix', () => {
  test.each([
    './latchkey.db',
    'file:',
    'file::memory:',
    'file://host/latchkey.db',
    'file:a.db?mode=ro',
    'mysql:x',
  ])('when the address is %s', async (url) => {
    await expectUnusable(() => openDatabase({ url, clock: steadyClock }), 'DATABASE_URL must')
  })

  test('when a database that was here before is missing', async () => {
    const path = await closedDatabase()
    rmSync(path)
    await expectUnusable(() => openTemporary(path), 'Put it back from a backup')
    expect(existsSync(path)).toBe(false)
  })

  test('when a database that was here before is empty', async () => {
    const path = await closedDatabase()
    truncateSync(path)
    await expectUnusable(() => openTemporary(path), 'Put it back from a backup')
    expect(statSync(path).size).toBe(0)
  })

  test('when a database that was here before has lost its tables', async () => {
    const path = await closedDatabase()
    rmSync(path)
    runElsewhere(path, 'CREATE TABLE "T" ("id"); DROP TABLE "T"')
    await expectUnusable(() => openTemporary(path), 'Put it back from a backup')
    expect(tablesOf(path)).toEqual([])
  })

  test('when the file is no database', async () => {
    const path = temporaryPath()
    writeFileSync(path, 'Dear diary, '.repeat(1_000))
    await expectUnusable(() => openTemporary(path), 'not an SQLite database')
    expect(readFileSync(path, 'utf8')).toMatch(/^Dear diary/)
  })

  test('when the header of the database is broken', async () => {
    const path = await closedDatabase()
    overwrite(path, 0, HEADER_BYTES)
    await expectUnusable(() => openTemporary(path), 'damaged')
  })

  test('when the database was cut off', async () => {
    const path = await closedDatabase()
    truncateSync(path, Math.floor(statSync(path).size / 2))
    await expectUnusable(() => openTemporary(path), 'damaged')
  })

  test('when a page is damaged, even one that opening does not need', async () => {
    const path = await closedDatabase()
    const { size } = statSync(path)
    overwrite(path, size - PAGE_BYTES, size)
    await expectUnusable(() => openTemporary(path), 'damaged')
  })

  test("when the database is another program's", async () => {
    const path = temporaryPath()
    runElsewhere(path, 'CREATE TABLE "Recipe" ("id")')
    await expectUnusable(() => openTemporary(path), "another program's tables")
    expect(tablesOf(path)).toEqual(['Recipe'])
  })

  test('when there is a folder in place of the file', async () => {
    const path = temporaryPath()
    mkdirSync(path)
    await expectUnusable(() => openTemporary(path), 'is not a file')
  })

  test('when its folder would be below a file', async () => {
    const path = temporaryPath()
    writeFileSync(path, '')
    await expectUnusable(() => openTemporary(join(path, 'latchkey.db')), 'not a possible path')
  })

  test('when the database may only be read', async () => {
    const path = await closedDatabase()
    chmodSync(path, 0o444)
    chmodSync(dirname(path), 0o777)
    await asOrdinaryUser(() => expectUnusable(() => openTemporary(path), 'cannot be written'))
  })

  test('when its folder may only be read', async () => {
    const path = await closedDatabase()
    chmodSync(path, 0o666)
    chmodSync(dirname(path), 0o555)
    await asOrdinaryUser(() => expectUnusable(() => openTemporary(path), 'cannot be written'))
    await asOrdinaryUser(() =>
      expectUnusable(() => openTemporary(path, { as: 'server' }), 'cannot be written'),
    )
  })

  test('when its folder may not be entered, and it is not said to be missing', async () => {
    const path = await closedDatabase()
    chmodSync(dirname(path), 0o000)
    const file = temporaryPath()
    chmodSync(dirname(file), 0o777)
    const openings = [
      () => openTemporary(path, { as: 'server' }),
      () => openTemporary(path),
      () => openTemporary(path, { create: false }),
      async () => backUpDatabase({ url: `file:${path}`, file }),
    ]
    for (const opening of openings) {
      await asOrdinaryUser(() => expectUnusable(opening, 'cannot be written. Let this user'))
    }
    const restoring = () =>
      restoreDatabase({ url: `file:${file}`, file: path, prepare: () => Promise.resolve() })
    await asOrdinaryUser(() => expectUnusable(restoring, 'cannot be read by this user'))
    chmodSync(dirname(path), 0o700)
  })

  test('when another process keeps the database locked', async () => {
    const path = await closedDatabase()
    const other = await anotherProcess(path, 'PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    await expectUnusable(() => openTemporary(path, { busyLimit: 100 }), 'Stop it')
    await other.end()
    await openTemporary(path)
  })
})

describe('a database that a server has open', () => {
  test('is refused to a second one, in this process and in another', async () => {
    const path = temporaryPath()
    const first = await openTemporary(path, { as: 'server' })
    await expectUnusable(() => openTemporary(path, { as: 'server' }), 'Another Latchkey server')
    await first.close()

    const other = await anotherProcess(`${path}.owner`, 'BEGIN EXCLUSIVE')
    await expectUnusable(() => openTemporary(path, { as: 'server' }), 'Another Latchkey server')
    await other.end('SIGKILL')
    await openTemporary(path, { as: 'server' })
  })

  test('is open to the command line as well', async () => {
    const path = temporaryPath()
    await openTemporary(path, { as: 'server' })
    const cli = await openTemporary(path)
    await cli.transaction((tx) => tx.user.create({ data: someUser('ada') }))
  })

  test('is given back by a start that fails', async () => {
    const path = temporaryPath()
    writeFileSync(path, 'Dear diary')
    await expectUnusable(() => openTemporary(path, { as: 'server' }), 'damaged')
    rmSync(path)
    await openTemporary(path, { as: 'server' })
  })
})

describe('an open database', () => {
  test('lies in files and a folder that nobody else may read', async () => {
    const path = join(temporaryPath(), 'data', 'latchkey.db')
    const { client } = await openTemporary(path, { as: 'server' })
    await client.user.create({ data: someUser('ada') })
    expect(modeOf(dirname(path))).toBe('700')
    for (const suffix of ['', '-wal', '-shm', '.owner', '.exists']) {
      expect(modeOf(path + suffix), suffix).toBe('600')
    }
  })

  test('refuses undefined in a condition, where it would mean everything', async () => {
    const { client } = await openTemporary()
    await client.user.create({ data: someUser('ada') })
    const careless = { id: undefined as unknown as string }
    await expect(client.user.deleteMany({ where: careless })).rejects.toThrow('undefined')
    expect(await client.user.count()).toBe(1)
  })

  test('answers a ping until its tables are gone or it is closed, and then stays closed', async () => {
    const path = temporaryPath()
    const database = await openTemporary(path)
    await database.ping()
    runElsewhere(path, 'ALTER TABLE "User" RENAME TO "Loser"')
    await expect(database.ping()).rejects.toThrow()
    await database.close()
    await expect(database.ping()).rejects.toThrow('closed')
    await database.close()
  })
})

async function closedDatabase() {
  const path = temporaryPath()
  await (await openTemporary(path)).close()
  return path
}

async function expectUnusable(open: () => Promise<unknown>, sentence: string) {
  const error = await open().catch((error: unknown) => error)
  expect(error).toSatisfy(isDatabaseUnusable)
  expect((error as Error).message).toContain(sentence)
}

function overwrite(path: string, from: number, to: number) {
  const bytes = readFileSync(path)
  writeFileSync(path, bytes.fill(0xa5, from, to))
}

function tablesOf(path: string) {
  const database = new BetterSqlite3(path)
  onTestFinished(() => void database.close())
  return database.prepare('SELECT "name" FROM "sqlite_schema"').pluck().all()
}

function modeOf(path: string) {
  return (statSync(path).mode & 0o777).toString(8)
}
