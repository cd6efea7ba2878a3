import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  administratorsUrl,
  createPostgresDatabase,
} from '../../../tests/support/postgres/databases'
import { queriesOf } from '../../../tests/support/queries'
import { isDatabaseUnusable } from '../errors'
import { openPostgres } from './open'

const clock = { now: () => new Date(), monotonic: () => performance.now() }

let database: Awaited<ReturnType<typeof createPostgresDatabase>>
beforeEach(async () => {
  database = await createPostgresDatabase()
})
afterEach(() => database.drop())

async function setDefault(setting: string) {
  const { query } = queriesOf(administratorsUrl(database.url))
  await query(`ALTER DATABASE "${new URL(database.url).pathname.slice(1)}" SET ${setting}`)
}

test('a search path without a schema is refused with a sentence', async () => {
  await setDefault(`search_path = 'nowhere'`)
  const error = await openPostgres({ url: database.url, clock }).catch((error: unknown) => error)
  expect(error).toSatisfy(isDatabaseUnusable)
  expect((error as Error).message).toContain('Mend the search_path')
})

test('defaults that would make times unreadable, hide warnings or end connections are not ours', async () => {
  await setDefault(`datestyle = 'German'`)
  await setDefault('client_min_messages = error')
  await setDefault('lock_timeout = 1')
  const opened = await openPostgres({ url: database.url, clock })
  try {
    const settings = await opened.client.$queryRaw`
      SELECT current_setting('datestyle') AS "dates", current_setting('lock_timeout') AS "locks",
        current_setting('client_min_messages') AS "messages"`
    expect(settings).toEqual([{ dates: 'ISO, DMY', locks: '0', messages: 'warning' }])
  } finally {
    await opened.close()
  }
})
