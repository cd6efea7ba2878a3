import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { isDatabaseUnusable } from './errors'
import { migrationsFrom, pendingMigrations, type Migration } from './migrate'

const migrations = migrationsFrom({
  '/prisma/sqlite/migrations/2_more/migration.sql': 'SELECT 2;\r\n',
  '/prisma/sqlite/migrations/1_first/migration.sql': 'SELECT 1;\n',
})

test('a migration unknown to this version is refused as coming from a newer one', () => {
  refuses([applied(first()), { ...applied(first()), migration_name: '3_newer' }], 'newer version')
})

test('an applied migration whose file was edited is refused', () => {
  refuses([{ ...applied(first()), checksum: 'other' }], 'another text')
})

test('a migration that another tool left half done is refused', () => {
  refuses([{ ...applied(first()), finished_at: null }], 'not finished')
})

test('a migration that sorts before an applied one is refused', () => {
  refuses([applied(second())], 'later name')
})

test('migrations are applied once, in the order of their names', () => {
  expect(pendingMigrations(migrations, []).map(({ name }) => name)).toEqual(['1_first', '2_more'])
  expect(pendingMigrations(migrations, [applied(first())])).toEqual([second()])
  expect(pendingMigrations(migrations, [applied(first()), applied(second())])).toEqual([])
})

test('a migration that was rolled back is pending again', () => {
  const rolledBack = { ...applied(first()), finished_at: null, rolled_back_at: 1 }
  expect(pendingMigrations(migrations, [rolledBack])).toEqual(migrations)
})

test('line ends of a Windows checkout do not look like an edit', () => {
  expect(second().checksum).toBe(createHash('sha256').update('SELECT 2;\n').digest('hex'))
})

function refuses(records: ReturnType<typeof applied>[], sentence: string) {
  let error: unknown
  try {
    pendingMigrations(migrations, records)
  } catch (thrown) {
    error = thrown
  }
  expect(error).toSatisfy(isDatabaseUnusable)
  expect((error as Error).message).toContain(sentence)
}

function applied({ name, checksum }: Migration) {
  return {
    migration_name: name,
    checksum,
    finished_at: 1 as number | null,
    rolled_back_at: null as number | null,
  }
}

function first() {
  return migrations[0]!
}

function second() {
  return migrations[1]!
}
