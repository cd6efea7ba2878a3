import { copyFileSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isDatabaseUnusable } from '../errors'
import { backUpDatabase } from '../open'
import type { DatabaseOptions } from '../types'
import {
  anotherProcess,
  closedDatabaseOf,
  crashAfterAdding,
  openTemporary,
  peopleIn,
} from './fixtures'

describe('a log that was written for another database is refused, and nothing is opened,', () => {
  test('beside a backup that was put in the place of the database', async () => {
    const path = await closedDatabaseOf('ada')
    const { path: backup } = backUpDatabase({ url: `file:${path}`, file: `${path}.backup` })
    await crashAfterAdding('bob', path)
    copyFileSync(backup, path)

    await expectRefusedByAll(path)
  })

  test('beside a copy that another program made before the last start', async () => {
    const path = await closedDatabaseOf('ada')
    copyFileSync(path, `${path}.copy`)
    await startOnce(path)
    await crashAfterAdding('bob', path)
    copyFileSync(`${path}.copy`, path)

    await expectRefusedByAll(path)
  })

  test('beside a symbolic link to such a copy', async () => {
    const path = await closedDatabaseOf('ada')
    const link = `${path}.link`
    symlinkSync(path, link)
    await startOnce(link)
    copyFileSync(path, `${path}.copy`)
    await startOnce(link)
    await crashAfterAdding('bob', path)
    copyFileSync(`${path}.copy`, path)

    await expectRefused(link)
  })

  test('beside a file that was lost, where nothing says that it was there', async () => {
    const path = await closedDatabaseOf('ada')
    await crashAfterAdding('bob', path)
    rmSync(path)
    rmSync(`${path}.exists`)

    await expectRefused(path)
  })
})

describe('what was committed before a crash is there afterwards', () => {
  test('in the database that the server had open', async () => {
    const path = await closedDatabaseOf('ada')
    await crashAfterAdding('bob', path)
    expect(await peopleIn(path, { as: 'server' })).toEqual(['ada', 'bob'])
  })

  test('in a database of which no number was noted yet, as by an older version', async () => {
    const path = await closedDatabaseOf('ada')
    rmSync(`${path}.exists`)
    await crashAfterAdding('bob', path)
    expect(await peopleIn(path)).toEqual(['ada', 'bob'])
  })

  test('in a copy that was put in place with nothing beside it, whoever opened it first', async () => {
    for (const as of ['server', 'command-line'] as const) {
      const path = await closedDatabaseOf('ada')
      copyFileSync(path, `${path}.copy`)
      await startOnce(path)
      copyFileSync(`${path}.copy`, path)
      expect(await peopleIn(path, { as })).toEqual(['ada'])
      await crashAfterAdding('bob', path)
      expect(await peopleIn(path)).toEqual(['ada', 'bob'])
    }
  })

  test('in a database that was being read while the server started', async () => {
    const path = await closedDatabaseOf('ada')
    const reader = await anotherProcess(path, 'BEGIN; SELECT * FROM "User"')
    await startOnce(path)
    await crashAfterAdding('bob', path)
    await reader.end('SIGKILL')
    expect(await peopleIn(path)).toEqual(['ada', 'bob'])
  })

  test('in both files when they were put back together and the marker was deleted', async () => {
    const path = await closedDatabaseOf('ada')
    await crashAfterAdding('bob', path)
    for (const ending of ['', '-wal']) copyFileSync(path + ending, `${path}.copy${ending}`)
    await startOnce(path)
    for (const ending of ['', '-wal']) copyFileSync(`${path}.copy${ending}`, path + ending)

    await expectRefused(path, `delete ${path}.exists`)
    rmSync(`${path}.exists`)
    expect(await peopleIn(path)).toEqual(['ada', 'bob'])
  })
})

async function startOnce(path: string) {
  await (await openTemporary(path, { as: 'server' })).close()
}

/** By whatever could open it. */
async function expectRefusedByAll(path: string) {
  await expectRefused(path)
  await expectRefused(path, 'restore', { as: 'server' })
  const backUp = () => backUpDatabase({ url: `file:${path}`, file: `${path}.other` })
  expect(backUp).toThrow('is left over from another database')
}

async function expectRefused(
  path: string,
  sentence = `npm run latchkey -- restore `,
  options: Partial<DatabaseOptions> = {},
) {
  const before = [path, `${path}-wal`].map(contentOf)
  const error = await openTemporary(path, options).catch((error: unknown) => error)
  expect(error).toSatisfy(isDatabaseUnusable)
  expect((error as Error).message).toContain('is left over from another database')
  expect((error as Error).message).toContain(sentence)
  expect([path, `${path}-wal`].map(contentOf)).toEqual(before)
}

function contentOf(path: string) {
  try {
    return readFileSync(path).toString('base64')
  } catch {
    return undefined
  }
}
