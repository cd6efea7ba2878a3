import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { backUpDatabase, openDatabase } from '../open'
import { examine, notFine, says, verdictOn } from './examine-fixtures'
import {
  anotherProcess,
  asOrdinaryUser,
  closedDatabaseOf,
  crashAfterAdding,
  openTemporary,
  steadyClock,
  temporaryPath,
} from './fixtures'

const startOnce = async (path: string) => (await openTemporary(path, { as: 'server' })).close()

describe('the check of the database', () => {
  test('refuses an address that names no file, until it does', () => {
    expect(examine('')[0]).toMatchObject({ verdict: 'wrong', text: says('DATABASE_URL must be') })
    expect(examine(temporaryPath())[0]).toMatchObject({ verdict: 'warning' })
  })

  test('refuses one that was moved away, until its marker is deleted', async () => {
    const path = await closedDatabaseOf('ada')
    writeFileSync(`${path}.moved`, 'moved')

    expect(verdictOn('database', path)).toEqual(['wrong', says(`delete ${path}.moved`)])
    rmSync(`${path}.moved`)
    expect(notFine(examine(path))).toEqual([])
  })

  test('refuses one that was lost, until a backup is put in its place', async () => {
    const path = await closedDatabaseOf('ada')
    const backup = `${temporaryPath()}.backup`
    backUpDatabase({ url: `file:${path}`, file: backup })
    truncateSync(path)

    expect(verdictOn('database', path)).toEqual(['wrong', says('Put it back from a backup')])
    copyFileSync(backup, path)
    expect(notFine(examine(path))).toEqual([])
  })

  test('refuses a folder in place of the file, until another file is named', async () => {
    const path = temporaryPath()
    mkdirSync(path)

    expect(verdictOn('database', path)).toEqual(['wrong', says('is not a file')])
    expect(notFine(examine(await closedDatabaseOf('ada')))).toEqual([])
  })

  test('refuses a file that may only be read, until it may be written', async () => {
    const path = await closedDatabaseOf('ada')
    chmodSync(dirname(path), 0o777)
    for (const suffix of ['.owner', '.exists']) chmodSync(path + suffix, 0o666)
    chmodSync(path, 0o444)

    await asOrdinaryUser(async () => {
      expect(verdictOn('database', path)).toEqual(['wrong', says('cannot be written. Let this')])
    })
    chmodSync(path, 0o666)
    await asOrdinaryUser(async () => {
      expect(verdictOn('database', path)).toEqual(['ok', path])
    })
  })

  test('refuses a folder that may only be read, until it may be written', async (context) => {
    const path = await closedDatabaseOf('ada')
    const folder = protect(dirname(path))
    if (!folder) return context.skip('root may write everywhere, and may not mount here')

    expect(verdictOn('database', path)).toEqual(['wrong', says('cannot be written. Let this')])
    folder.free()
    expect(notFine(examine(path))).toEqual([])
  })

  test('refuses a backup beside the log of another database, until the log is gone', async () => {
    const path = await closedDatabaseOf('ada')
    const backup = `${temporaryPath()}.backup`
    backUpDatabase({ url: `file:${path}`, file: backup })
    await crashAfterAdding('late', path)
    copyFileSync(backup, path)

    expect(verdictOn('database', path)).toEqual(['wrong', says('left over from another database')])
    for (const suffix of ['-wal', '-shm']) rmSync(path + suffix)
    expect(notFine(examine(path))).toEqual([])
  })

  test('warns that there is none, until the first start makes it', async () => {
    const path = join(dirname(temporaryPath()), 'data', 'latchkey.db')

    expect(verdictOn('database', path)).toEqual(['warning', says('the first start makes one')])
    expect(verdictOn('migrations', path)).toEqual(['skipped', says('no database')])
    await startOnce(path)
    expect(notFine(examine(path))).toEqual([])
  })

  test('says that a server has it open, which is fine', async () => {
    const path = await closedDatabaseOf('ada')
    await anotherProcess(`${path}.owner`, 'BEGIN EXCLUSIVE')

    expect(verdictOn('database', path)).toEqual(['ok', `${path}, which a server has open`])
  })
})

describe('an examination', () => {
  test('makes no file and changes none, also after a crash', async () => {
    const path = await closedDatabaseOf('ada')
    const closed = stateOf(path)
    expect(notFine(examine(path))).toEqual([])
    expect(stateOf(path)).toEqual(closed)

    await crashAfterAdding('grace', path)
    const crashed = stateOf(path)
    expect(notFine(examine(path))).toEqual([])
    expect(stateOf(path)).toEqual(crashed)
    const database = await openDatabase({ url: `file:${path}`, clock: steadyClock })
    expect(await database.client.user.count()).toBe(2)
    await database.close()
  })

  test('of a database that is not there makes no folder either', () => {
    const path = join(dirname(temporaryPath()), 'data', 'latchkey.db')
    examine(path)
    expect(statSync(dirname(path), { throwIfNoEntry: false })).toBeUndefined()
  })
})

/** Every file beside the database with what is in it, but for the index that SQLite makes of the log. */
function stateOf(path: string) {
  const names = readdirSync(dirname(path)).sort()
  return names.map((name) => [
    name,
    name === `${basename(path)}-shm` ? '' : readFileSync(join(dirname(path), name), 'hex'),
  ])
}

/**
 * Lets a folder only be read. Root may write everywhere but on a disk that is mounted for reading:
 * undefined where root may not mount one.
 */
function protect(folder: string): { free: () => void } | undefined {
  if (process.geteuid?.() !== 0) {
    chmodSync(folder, 0o555)
    return { free: () => chmodSync(folder, 0o700) }
  }
  const mount = (...words: string[]) => spawnSync('mount', words).status === 0
  if (!mount('--bind', folder, folder)) return undefined
  onTestFinished(() => void spawnSync('umount', [folder]))
  expect(mount('-o', 'remount,bind,ro', folder)).toBe(true)
  return { free: () => void mount('-o', 'remount,bind,rw', folder) }
}
