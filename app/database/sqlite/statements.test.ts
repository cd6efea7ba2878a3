import BetterSqlite3 from 'better-sqlite3'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openTemporary, runElsewhere, someUser, temporaryPath } from './fixtures'
import { rememberStatements } from './statements'

test('a statement that failed works the next time', async () => {
  const { client } = await openTemporary()
  const createAda = () => client.user.create({ data: someUser('ada') })
  await createAda()
  await expect(createAda()).rejects.toThrow('Unique constraint')
  await client.user.deleteMany()
  await createAda()
  expect(await client.user.count()).toBe(1)
})

test('a text that is no SQL is refused each time, and nothing is remembered of it', () => {
  const { source } = openSource()
  const prepare = () => source.prepare('SELECT FROM')
  expect(prepare).toThrow('syntax error')
  expect(prepare).toThrow('syntax error')
})

test('the same query is parsed once, and answers for each of its arguments', () => {
  const { source, parsed } = openSource()
  const ask = (argument: string) =>
    source.prepare('SELECT upper(?) AS "found"').bind([argument]).raw().all()
  expect([ask('a'), ask('b'), ask('a')]).toEqual([[['A']], [['B']], [['A']]])
  expect(parsed).toHaveBeenCalledTimes(1)
})

test('two that were bound at once do not take each other’s arguments', () => {
  const { source } = openSource()
  const [first, second] = ['first', 'second'].map((argument) =>
    source.prepare('SELECT ?').bind([argument]),
  )
  expect(second?.raw().all()).toEqual([['second']])
  expect(first?.raw().all()).toEqual([['first']])
})

test('of ever new texts only so many are remembered', () => {
  const { source, parsed } = openSource()
  const askAll = () => {
    for (let number = 0; number < 400; number += 1) source.prepare(`SELECT ${number}`)
  }
  askAll()
  source.prepare('SELECT 399')
  expect(parsed).toHaveBeenCalledTimes(400)
  source.prepare('SELECT 0')
  expect(parsed).toHaveBeenCalledTimes(401)
})

test('a query goes on answering after another program has changed its table', async () => {
  const path = temporaryPath()
  const { client } = await openTemporary(path)
  await client.user.create({ data: someUser('ada') })
  const names = async () => (await client.user.findMany()).map(({ name }) => name)
  expect(await names()).toEqual(['ada'])
  runElsewhere(path, `ALTER TABLE "User" ADD COLUMN "later" TEXT; UPDATE "User" SET "name" = 'eve'`)
  expect(await names()).toEqual(['eve'])
})

function openSource() {
  const raw = new BetterSqlite3(':memory:')
  onTestFinished(() => void raw.close())
  return { source: rememberStatements(raw), parsed: vi.spyOn(raw, 'prepare') }
}
