import { expect, test } from 'vitest'
import { backUpDatabase, restoreDatabase } from '../open'
import type { Database } from '../types'
import { BetterSqlite3 } from './driver'
import { sqliteMigrations, applyMigrations } from './apply-migrations'
import { openTemporary, runElsewhere, someUser, temporaryPath } from './fixtures'

test('somebody of whom a whole backup was made is found after it was restored, whoever went before', async () => {
  const path = temporaryPath()
  const url = `file:${path}`
  const database = await openTemporary(path)
  await database.client.user.createMany({ data: ['ada', 'grace', 'viola'].map(someUser) })
  // The rows that are left are moved together in a backup.
  await database.client.user.delete({ where: { id: 'ada' } })
  backUpDatabase({ url, file: `${path}.backup` })
  await database.client.user.deleteMany()
  await database.close()
  await restoreDatabase({ url, file: `${path}.backup`, prepare: () => Promise.resolve() })

  const restored = await openTemporary(path)
  expect(await found(restored, 'iol')).toEqual(['viola'])
  expect(await found(restored, 'ada')).toEqual([])
  await restored.client.user.update({ where: { id: 'viola' }, data: { nameKey: 'other' } })
  await restored.client.user.update({
    where: { id: 'viola' },
    data: { email: 'other@example.com' },
  })
  expect(await found(restored, 'oth')).toEqual(['viola'])
  expect(indexProblem(path)).toBeNull()
})

test('those who were there before the index was made are found', async () => {
  const path = temporaryPath()
  new BetterSqlite3(path).close()
  const before = sqliteMigrations.findIndex(({ name }) => name.endsWith('search_any_part'))
  await applyMigrations(path, { onEmpty: () => {}, migrations: sqliteMigrations.slice(0, before) })
  runElsewhere(
    path,
    `INSERT INTO "User" ("id", "email", "username", "name", "nameKey", "createdAt", "updatedAt", "lastActiveAt")
     VALUES ('viola', 'v@example.com', 'v', 'Viola', 'viola', 0, 0, 0)`,
  )
  expect(await found(await openTemporary(path), 'iol')).toEqual(['viola'])
})

test('a transaction that is rolled back leaves nobody in the index', async () => {
  const path = temporaryPath()
  const database = await openTemporary(path)
  const failed = database.transaction(async (tx) => {
    await tx.user.create({ data: someUser('viola') })
    throw new Error('after all not')
  })
  await expect(failed).rejects.toThrow('after all not')
  await database.client.user.create({ data: someUser('grace') })
  expect(await found(database, 'iol')).toEqual([])
  expect(await found(database, 'rac')).toEqual(['grace'])
  expect(indexProblem(path)).toBeNull()
})

async function found({ client, usersWithPart }: Database, part: string): Promise<string[]> {
  const rows = await client.$queryRaw<{ id: string }[]>(usersWithPart!(part))
  return rows.map(({ id }) => id)
}

/** What SQLite finds wrong with the index; null when it is whole. */
function indexProblem(path: string): unknown {
  const database = new BetterSqlite3(path)
  try {
    database.exec(`INSERT INTO "UserSearch" ("UserSearch") VALUES ('integrity-check')`)
    return null
  } catch (error) {
    return error
  } finally {
    database.close()
  }
}
