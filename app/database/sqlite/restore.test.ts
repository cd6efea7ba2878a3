import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isDatabaseUnusable } from '../errors'
import { backUpDatabase, openDatabase, restoreDatabase } from '../open'
import { applyMigrations, sqliteMigrations } from './apply-migrations'
import {
  closedDatabaseOf,
  crashAfterAdding,
  openTemporary,
  peopleIn,
  runElsewhere,
  someUser,
  steadyClock,
} from './fixtures'

describe('restoring is refused, and nothing is changed,', () => {
  test('while a server is running', async () => {
    const { path, backup } = await databaseWithBackup()
    const server = await openTemporary(path, { as: 'server' })
    await expectRefused(path, backup, 'A Latchkey server is using')
    await server.close()
  })

  test('when there is no such file', async () => {
    const { path } = await databaseWithBackup()
    await expectRefused(path, `${path}.other`, 'There is no file')
    await expectRefused(path, dirname(path), 'There is no file')
  })

  test('when the file is empty, no database, damaged, or cut off', async () => {
    const { path, backup } = await databaseWithBackup()
    const bad = `${path}.bad`
    writeFileSync(bad, '')
    await expectRefused(path, bad, 'no tables of Latchkey')
    writeFileSync(bad, 'Dear diary, '.repeat(1_000))
    await expectRefused(path, bad, 'damaged, or not an SQLite database')
    copyFileSync(backup, bad)
    truncateSync(bad, statSync(bad).size / 2)
    await expectRefused(path, bad, 'damaged, or not an SQLite database')
    const content = readFileSync(backup)
    writeFileSync(bad, content.fill(0xa5, content.length - 4096))
    await expectRefused(path, bad, 'damaged, or not an SQLite database')
  })

  test("when it is another program's database", async () => {
    const { path } = await databaseWithBackup()
    runElsewhere(`${path}.other`, 'CREATE TABLE "Recipe" ("id")')
    await expectRefused(path, `${path}.other`, 'no tables of Latchkey')
  })

  test('when a newer version of Latchkey wrote it', async () => {
    const { path, backup } = await databaseWithBackup()
    runElsewhere(
      backup,
      `INSERT INTO "_prisma_migrations" ("id", "checksum", "finished_at", "migration_name")
       VALUES ('x', 'x', 1, '99991231000000_later')`,
    )
    await expectRefused(path, backup, 'newer version of Latchkey')
  })

  test('when what has to be done to it first fails', async () => {
    const { path, backup } = await databaseWithBackup()
    const failing = () => Promise.reject(new Error('no'))
    const before = contentsBeside(path)
    const restoring = restoreDatabase({ url: `file:${path}`, file: backup, prepare: failing })
    await expect(restoring).rejects.toThrow('no')
    expect(contentsBeside(path)).toEqual(before)
  })
})

describe('a backup takes the place of', () => {
  test('the database, which is kept whole together with its log', async () => {
    const { path, backup } = await databaseWithBackup()
    await crashAfterAdding('late', path)

    const { kept } = await restore(path, backup)
    const old = join(kept!, basename(path))

    expect(existsSync(`${path}-wal`)).toBe(false)
    expect(await peopleIn(path)).toEqual(['ada', 'prepared'])
    expect(await peopleIn(old)).toEqual(['ada', 'late'])
  })

  test('the database, and is itself left as it is', async () => {
    const { path, backup } = await databaseWithBackup()
    const before = readFileSync(backup)
    await restore(path, backup)
    expect(readFileSync(backup).equals(before)).toBe(true)
    expect(existsSync(`${backup}-wal`)).toBe(false)
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600')
  })

  test('a database that is missing, or that has never been', async () => {
    const { path, backup } = await databaseWithBackup()
    rmSync(path)
    const elsewhere = join(dirname(path), 'new', 'latchkey.db')
    for (const target of [path, elsewhere]) {
      const { kept } = await restore(target, backup)
      expect(kept).toBeUndefined()
      expect(await peopleIn(target)).toEqual(['ada', 'prepared'])
    }
  })

  test('a database whose place it has taken already, beside the old log', async () => {
    const { path, backup } = await databaseWithBackup()
    await crashAfterAdding('late', path)
    copyFileSync(backup, path)
    await restore(path, path)
    expect(await peopleIn(path)).toEqual(['ada', 'prepared'])
  })

  test('another backup, also when it is the database that was kept', async () => {
    const { path, backup } = await databaseWithBackup()
    await crashAfterAdding('late', path)
    const { kept } = await restore(path, backup)
    await restore(path, join(kept!, basename(path)))
    expect(await peopleIn(path)).toEqual(['ada', 'late', 'prepared'])
  })

  test('the database of a newer version, once it has been migrated', async () => {
    const { path } = await databaseWithBackup()
    const older = `${path}.older`
    writeFileSync(older, '')
    await applyMigrations(older, { onEmpty: () => {}, migrations: sqliteMigrations.slice(0, 1) })
    await restore(path, older)
    expect(await peopleIn(path)).toEqual(['prepared'])
  })
})

describe('a restore that is cut off', () => {
  test('while the copy is made is begun anew the next time', async () => {
    const { path, backup } = await databaseWithBackup()
    mkdirSync(`${path}.restoring`)
    for (const ending of ['', '-wal']) writeFileSync(`${path}.restoring/latchkey.db${ending}`, 'ha')
    expect(await peopleIn(path)).toEqual(['ada'])
    await restore(path, backup)
    expect(await peopleIn(path)).toEqual(['ada', 'prepared'])
    expect(existsSync(`${path}.restoring`)).toBe(false)
  })

  test('between two of its moves keeps the server from starting until it is done again', async () => {
    for (const moved of [[''], ['', '-wal']]) {
      const { path, backup } = await databaseWithBackup()
      await crashAfterAdding('late', path)
      moveAside(path, moved)

      await expect(openTemporary(path, { as: 'server' })).rejects.toThrow('restore <file>')
      expect(existsSync(path)).toBe(false)

      const { kept } = await restore(path, backup)
      expect(await peopleIn(path)).toEqual(['ada', 'prepared'])
      expect(await peopleIn(join(kept!, basename(path)))).toEqual(['ada', 'late'])
    }
  })

  test('after its last move counts as done, and the next one keeps both databases that were replaced', async () => {
    const { path, backup } = await databaseWithBackup()
    moveAside(path, [''])
    copyFileSync(backup, path)
    await restore(path, backup)
    const kept = readdirSync(dirname(path)).filter((name) => name.includes('.replaced-'))
    expect(kept).toHaveLength(2)
    expect(existsSync(`${path}.replacing`)).toBe(false)
  })
})

/** As a restoring leaves it that was killed after so many moves. */
function moveAside(path: string, endings: string[]) {
  mkdirSync(`${path}.replacing`)
  for (const ending of endings) {
    renameSync(path + ending, join(`${path}.replacing`, basename(path)) + ending)
  }
}

async function databaseWithBackup() {
  const path = await closedDatabaseOf('ada')
  const { path: backup } = backUpDatabase({ url: `file:${path}`, file: `${path}.backup` })
  return { path, backup }
}

function restore(path: string, file: string) {
  return restoreDatabase({
    url: `file:${path}`,
    file,
    async prepare(url) {
      const copy = await openDatabase({ url, clock: steadyClock, create: false })
      await copy.client.user.create({ data: someUser('prepared') })
      await copy.close()
    },
  })
}

async function expectRefused(path: string, file: string, sentence: string) {
  const before = contentsBeside(path)
  const error = await restore(path, file).catch((error: unknown) => error)
  expect(error).toSatisfy(isDatabaseUnusable)
  expect((error as Error).message).toContain(sentence)
  expect(contentsBeside(path)).toEqual(before)
}

function contentsBeside(path: string) {
  const folder = dirname(path)
  return readdirSync(folder)
    .filter((name) => !name.endsWith('-shm'))
    .map((name) => [name, readFileSync(join(folder, name)).toString('base64')])
}
