import { expect, test } from 'vitest'
import type { Database } from '../database'
import { openTemporary } from './fixtures'

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
