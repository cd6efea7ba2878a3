import { expect, test, vi } from 'vitest'
import type { Database } from '../database'
import { openTemporary, someUser, temporaryPath } from './fixtures'

const STATEMENTS = 200

const chains = {
  'plain reads': async ({ client }: Database) => {
    for (let index = 0; index < STATEMENTS; index += 1) await client.user.count()
  },
  'statements of a transaction': ({ transaction }: Database) =>
    transaction(async (tx) => {
      for (let index = 0; index < STATEMENTS; index += 1) await tx.user.count()
    }),
}

test.each(Object.entries(chains))(
  'a chain of %s lets others have their turn before each',
  async (_, runChain) => {
    const database = await openTemporary()
    let turns = 0
    let over = false
    const count = () => {
      turns += 1
      if (!over) setImmediate(count)
    }
    setImmediate(count)
    await runChain(database)
    over = true
    expect(turns).toBeGreaterThanOrEqual(STATEMENTS)
  },
)

test('every statement waits for the turn that the database was given, and so does what follows it', async () => {
  const nextTurn = vi.fn(() => Promise.resolve())
  const database = await openTemporary(temporaryPath(), { nextTurn })
  const statements = {
    read: () => database.client.user.count(),
    write: () => database.client.user.create({ data: someUser('ada') }),
    counter: () => database.count('key', 1, 1_000),
    transaction: () => database.transaction((tx) => tx.user.count()),
  }
  const waited: Record<string, number> = {}
  for (const [name, run] of Object.entries(statements)) {
    nextTurn.mockClear()
    await run()
    waited[name] = nextTurn.mock.calls.length
  }
  // A transaction has six: three for its beginning, two for its one statement, one for its end.
  expect(waited).toMatchObject({ read: 2, counter: 2, transaction: 6 })
  expect(waited.write).toBeGreaterThan(0)
})
