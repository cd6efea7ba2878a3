import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectFine, says, verdictsOn } from '../support/examined'
import { startDeafProxy, startPgBouncer } from '../support/pooler'
import { createPostgresDatabase } from '../support/postgres/databases'

let url: string
let drop: () => Promise<unknown>
beforeEach(async () => {
  ;({ url, drop } = await createPostgresDatabase())
})
afterEach(() => drop())

const check = 'listening connection'
const lost = says('A pooler in transaction mode.*go around it, or set its pool_mode to session')

describe('the check of the listening connection', () => {
  it('refuses PgBouncer in transaction mode, until it is in session mode', async (context) => {
    const bouncer = await startPgBouncer(url, 'transaction')
    if (!bouncer) return context.skip('there is no PgBouncer to be had')

    expect(await verdictsOn(check, bouncer.url)).toEqual([['wrong', lost]])
    await bouncer.stop()
    const mended = await startPgBouncer(url, 'session')
    await expectFine(mended!.url)
    await mended!.stop()
  })

  it('refuses whatever loses notifications, until DATABASE_URL goes around it', async () => {
    const pooler = await startDeafProxy(url)

    expect(await verdictsOn(check, pooler.url)).toEqual([['wrong', lost]])
    await expectFine(url)
    await pooler.stop()
  })
})
