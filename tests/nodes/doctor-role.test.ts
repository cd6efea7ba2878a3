import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../app/database/open'
import { expectFine, follow, says, verdictsOn } from '../support/examined'
import { administratorsUrl, createPostgresDatabase, urlOf } from '../support/postgres/databases'
import { queriesOf, type Query } from '../support/queries'

let url: string
let drop: () => Promise<unknown>
let administer: Query
let name: string

beforeEach(async () => {
  ;({ url, drop } = await createPostgresDatabase())
  name = new URL(url).pathname.slice(1)
  administer = queriesOf(administratorsUrl(url)).query
})
afterEach(() => drop())

describe('the check of the role', () => {
  it('refuses one that may not make tables, until it may', async () => {
    await administer(`ALTER DATABASE "${name}" OWNER TO "postgres"`)
    await administer('REVOKE ALL ON SCHEMA public FROM PUBLIC')

    const [[verdict, text] = ['', '']] = await verdictsOn('role', url)
    expect([verdict, text]).toEqual(['wrong', says('GRANT USAGE, CREATE ON SCHEMA public')])
    expect(await verdictsOn('migrations', url)).toEqual([['skipped', says('may not look')]])
    await follow(url, text)
    await expectFine(url)
  })

  it('refuses one that does not own everything, until it does', async () => {
    await administer('ALTER TABLE "User" OWNER TO "postgres"')
    await administer('ALTER FUNCTION "latchkeyNotify"(jsonb) OWNER TO "postgres"')
    await administer('ALTER TYPE "Role" OWNER TO "postgres"')

    const [[verdict, text] = ['', '']] = await verdictsOn('role', url)
    expect([verdict, text]).toEqual(['wrong', says('could not change it')])
    await follow(url, text)
    await expectFine(url)
  })
})

describe('the check of the role, in a database of another program,', () => {
  /** As a program on Prisma leaves it that has users and roles as well. */
  const makeOtherProgram = async () => {
    await administer('DROP SCHEMA public CASCADE')
    await administer('CREATE SCHEMA public AUTHORIZATION "latchkey"')
    await administer(`CREATE TYPE "Role" AS ENUM ('reader', 'writer')`)
    for (const table of ['User', 'Session', 'Recipe', '_prisma_migrations']) {
      await administer(`CREATE TABLE "${table}" ("id" text PRIMARY KEY)`)
    }
  }

  it('advises to leave that alone and to create one of its own, until DATABASE_URL names it', async () => {
    await makeOtherProgram()
    const [[verdict, text = ''] = []] = await verdictsOn('role', url)
    expect(verdict).toBe('wrong')
    expect(text).toMatch(/another program's: .*"User".* is not of Latchkey\. Leave it as it is/)
    expect(text).not.toMatch(/ALTER|OWNER TO|"Recipe"/)

    const [, command = ''] = /\((createdb [^)]*)\)/.exec(text) ?? []
    expect(command).toBe('createdb latchkey --owner=latchkey --template=template0 --encoding=UTF8')
    const own = `${name}_own`
    await administer(`CREATE DATABASE "${own}" OWNER "latchkey" TEMPLATE template0 ENCODING 'UTF8'`)
    const clock = { now: () => new Date(), monotonic: () => performance.now() }
    await (await openDatabase({ url: urlOf(url, own), clock })).close()
    await expectFine(urlOf(url, own))
    await administer(`DROP DATABASE "${own}" WITH (FORCE)`)
  })

  it('leaves to the check of the migrations what has no name of ours', async () => {
    await administer('DROP SCHEMA public CASCADE')
    await administer('CREATE SCHEMA public AUTHORIZATION "latchkey"')
    await administer('CREATE TABLE "Recipe" ("id" integer)')

    expect(await verdictsOn('role', url)).toEqual([['ok', '']])
    expect(await verdictsOn('migrations', url)).toEqual([
      ['wrong', says("another program's tables")],
    ])
  })

  it("says nothing of a table that somebody keeps beside Latchkey's", async () => {
    await administer('CREATE TABLE "UserBeforeTheMove" AS SELECT * FROM "User"')
    await expectFine(url)
  })
})
