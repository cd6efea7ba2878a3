import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../app/database/open'
import { expectFine, says, verdictsOn } from '../support/examined'
import { createPostgresDatabase } from '../support/postgres/databases'
import { startPostgres } from '../support/postgres/start.js'
import { queriesOf } from '../support/queries'
import { until } from '../support/until'

let url: string
let drop: () => Promise<unknown>
beforeEach(async () => {
  ;({ url, drop } = await createPostgresDatabase())
})
afterEach(() => drop())

describe('the check of durability', () => {
  let server: Awaited<ReturnType<typeof startPostgres>>
  let own: string
  beforeAll(async () => {
    server = await startPostgres()
    own = server.url
    const clock = { now: () => new Date(), monotonic: () => performance.now() }
    await (await openDatabase({ url: own, clock })).close()
  })
  afterAll(() => server.stop())

  /** As its configuration file would. */
  async function set(setting: string, value: string) {
    const { query, queryValue } = queriesOf(own)
    await query(`ALTER SYSTEM SET ${setting} = ${value}`)
    await query('SELECT pg_reload_conf()')
    await until(async () => (await queryValue(`SELECT current_setting('${setting}')`)) === value)
  }

  it.each([
    ['fsync', 'off', 'on', 'wrong', 'fsync=off: a sign-out could be forgotten. Set it to on'],
    ['full_page_writes', 'off', 'on', 'warning', 'full_page_writes is off.*Set it to on'],
  ])('speaks up when %s is %s, until it is %s', async (setting, bad, good, verdict, text) => {
    await set(setting, bad)

    expect(await verdictsOn('durability', own)).toEqual([[verdict, says(text)]])
    await set(setting, good)
    await expectFine(own)
  })

  it.each([
    ['synchronous_commit', 'off', 'on'],
    ['default_transaction_isolation', 'serializable', 'read committed'],
  ])('warns when %s is %s, though our connections say otherwise', async (setting, odd, usual) => {
    const { query } = queriesOf(url)
    const name = new URL(url).pathname.slice(1)
    await query(`ALTER DATABASE "${name}" SET ${setting} = '${odd}'`)

    const found = await verdictsOn('durability', url)
    expect(found).toEqual([['warning', says(`${setting} is ${odd}.*set it to ${usual}`)]])
    await query(`ALTER DATABASE "${name}" SET ${setting} = '${usual}'`)
    await expectFine(url)
  })
})

describe('a standby', () => {
  it('is refused, until DATABASE_URL names a primary', async () => {
    const standby = await startPostgres({ isStandby: true })

    const found = await verdictsOn('database', standby.url)
    expect(found).toEqual([['wrong', says('is a standby.*name the primary')]])
    expect(await verdictsOn('listening connection', standby.url)).toEqual([
      ['skipped', says('standby')],
    ])
    await queriesOf(standby.url).query('SELECT pg_promote()')
    expect(await verdictsOn('database', standby.url)).toEqual([['ok', says('^PostgreSQL ')]])
    await standby.stop()
  })
})
