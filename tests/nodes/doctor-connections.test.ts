import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectFine, follow, says, verdictsOn } from '../support/examined'
import { administratorsUrl, createPostgresDatabase } from '../support/postgres/databases'
import { queriesOf, type Query } from '../support/queries'

let url: string
let drop: () => Promise<unknown>
/** By the role of Latchkey, and by an administrator of the server. */
let query: Query
let administer: Query
let name: string

beforeEach(async () => {
  ;({ url, drop } = await createPostgresDatabase())
  name = new URL(url).pathname.slice(1)
  query = queriesOf(url).query
  administer = queriesOf(administratorsUrl(url)).query
})
afterEach(() => drop())

describe('the check of the connections', () => {
  it('refuses more than PostgreSQL lets in, until they are fewer', async () => {
    const [[verdict, text] = ['', '']] = await verdictsOn('connections', url, {
      load: { nodes: 1, connections: 400 },
    })
    expect([verdict, text]).toEqual(['wrong', says('a node needs 403. Raise max_connections')])
    const [, fewer] = /DATABASE_CONNECTIONS=(\d+)\.$/.exec(text)!
    await expectFine(url, { load: { nodes: 1, connections: Number(fewer) } })
    expect(
      await verdictsOn('connections', url, { load: { nodes: 1, connections: Number(fewer) + 1 } }),
    ).toEqual([['wrong', says('needs')]])
  })

  it('refuses a limit of the database, until it is lifted', async () => {
    await administer(`ALTER DATABASE "${name}" CONNECTION LIMIT 12`)

    const [[verdict, text] = ['', '']] = await verdictsOn('connections', url)
    expect([verdict, text]).toEqual(['wrong', says('12 connections in, and a node needs 13')])
    await follow(url, text)
    await expectFine(url)
  })

  it('counts all nodes that are on the list', async () => {
    await administer(`ALTER DATABASE "${name}" CONNECTION LIMIT 38`)
    for (const node of ['a', 'b', 'c']) {
      await query(`INSERT INTO "Node" ("id", "ping", "renewedAt") VALUES (?, 1, now())`, node)
    }

    const found = await verdictsOn('connections', url)
    expect(found).toEqual([['wrong', says('3 nodes need 39.*DATABASE_CONNECTIONS=9')]])
    await expectFine(url, { load: { nodes: 1, connections: 9 } })
  })

  it('counts all nodes that are to run here', async () => {
    const found = await verdictsOn('connections', url, { load: { nodes: 30, connections: 10 } })
    expect(found).toEqual([['wrong', says('30 nodes need 390.*DATABASE_CONNECTIONS=6')]])
    await expectFine(url, { load: { nodes: 30, connections: 6 } })
  })
})
