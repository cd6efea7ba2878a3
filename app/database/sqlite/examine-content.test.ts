import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { days } from '~/accounts/time'
import { notFine, PLENTY, examine, says, verdictOn } from './examine-fixtures'
import { closedDatabaseOf, openTemporary, runElsewhere, temporaryPath } from './fixtures'

/** How Linux calls it. */
const NFS = 0x6969

const startOnce = async (path: string) => (await openTemporary(path, { as: 'server' })).close()

describe('the check for damage', () => {
  test('refuses a page that is damaged, until a backup is put in its place', async () => {
    const path = await closedDatabaseOf('ada')
    const whole = readFileSync(path)
    writeFileSync(path, Buffer.from(whole).fill(0xa5, whole.length - 4096))

    expect(verdictOn('damage', path)).toEqual(['wrong', says('is damaged, or not an SQLite')])
    expect(verdictOn('migrations', path)).toEqual(['skipped', says('the database ')])
    writeFileSync(path, whole)
    expect(notFine(examine(path))).toEqual([])
  })

  test('refuses a file that is no database', () => {
    const path = temporaryPath()
    writeFileSync(path, 'Dear diary, '.repeat(1_000))

    expect(verdictOn('damage', path)).toEqual(['wrong', says('is damaged, or not an SQLite')])
  })

  test('says that it was not made where the file is larger than a gigabyte', async () => {
    const path = await closedDatabaseOf('ada')
    truncateSync(path, 2 ** 30 + 1)

    expect(verdictOn('damage', path)).toEqual(['skipped', says('PRAGMA quick_check')])
  })
})

describe('the check of the migrations', () => {
  const NEWER = `INSERT INTO "_prisma_migrations" ("id", "checksum", "finished_at", "migration_name")
    VALUES ('newer', 'x', 1, '29990101000000_newer')`

  test('refuses what a newer version wrote, until that is gone', async () => {
    const path = await closedDatabaseOf('ada')
    runElsewhere(path, NEWER)

    expect(verdictOn('migrations', path)).toEqual(['wrong', says('written by a newer version')])
    runElsewhere(path, `DELETE FROM "_prisma_migrations" WHERE "id" = 'newer'`)
    expect(notFine(examine(path))).toEqual([])
  })

  test('refuses one that was edited, until it is as it was', async () => {
    const path = await closedDatabaseOf('ada')
    runElsewhere(path, `UPDATE "_prisma_migrations" SET "checksum" = 'x' || "checksum"`)

    expect(verdictOn('migrations', path)).toEqual(['wrong', says('Bring the file back')])
    runElsewhere(path, `UPDATE "_prisma_migrations" SET "checksum" = substr("checksum", 2)`)
    expect(notFine(examine(path))).toEqual([])
  })

  test("refuses another program's tables, until another file is named", async () => {
    const path = temporaryPath()
    runElsewhere(path, 'CREATE TABLE "Recipe" ("id")')

    expect(verdictOn('migrations', path)).toEqual(['wrong', says("another program's tables")])
    expect(notFine(examine(await closedDatabaseOf('ada')))).toEqual([])
  })

  test('warns of tables that are not there yet, until the server was started', async () => {
    const path = temporaryPath()
    runElsewhere(path, 'CREATE TABLE "T" ("id"); DROP TABLE "T"')

    expect(verdictOn('migrations', path)).toEqual(['warning', says('Start the server once')])
    await startOnce(path)
    expect(notFine(examine(path))).toEqual([])
  })
})

describe('the check of the clock', () => {
  test('warns when something was written at a time to come, until the clock is right', async () => {
    const path = await closedDatabaseOf('ada')
    runElsewhere(
      path,
      `INSERT INTO "AuditEvent" ("id", "at", "kind", "details")
       VALUES ('e', '${new Date().toISOString().replace('Z', '+00:00')}', 'sessions.ended', '{}')`,
    )
    const wentBack = { now: () => new Date(Date.now() - days(1)), monotonic: () => 0 }

    const found = verdictOn('clock', path, { clock: wentBack })
    expect(found).toEqual(['warning', says('timedatectl set-ntp true')])
    expect(notFine(examine(path))).toEqual([])
  })
})

describe('the checks of the disk', () => {
  test('refuse one of another machine, until the database is on a local one', async () => {
    const path = await closedDatabaseOf('ada')

    const found = verdictOn('durability', path, { fileSystemOf: () => ({ ...PLENTY, type: NFS }) })
    expect(found).toEqual(['wrong', says('Put the database on a local disk')])
    expect(notFine(examine(path))).toEqual([])
  })

  test('warn of one that is nearly full, until there is space', async () => {
    const path = await closedDatabaseOf('ada')
    const nearlyFull = { ...PLENTY, bavail: 2_930 }

    const found = verdictOn('free space', path, { fileSystemOf: () => nearlyFull })
    expect(found).toEqual(['warning', says('Only 12 MB are left')])
    expect(notFine(examine(path))).toEqual([])
  })
})
