import { expect, onTestFinished, test } from 'vitest'
import { createCaller } from '../support/caller'
import { startNodes } from '../support/nodes'
import { createBareDatabase } from '../support/postgres/databases'
import { queriesOf } from '../support/queries'
import { startServer } from '../support/server'
import { createVisitor } from '../support/visitor'

const EMAIL = 'ada@example.com'

test('two nodes that start together on an empty database make its tables once, and work', async () => {
  const { url, drop } = await createBareDatabase()
  const started = [1, 2].map(() => startServer({ DATABASE_URL: url }))
  onTestFinished(async () => {
    for (const server of await Promise.all(started)) await server.dispose()
    await drop()
  })
  const [here, there] = (await Promise.all(started)) as [Server, Server]
  const { query } = queriesOf(url)
  const applied = await query<{ name: string }>(
    'SELECT "migration_name" AS "name" FROM "_prisma_migrations"',
  )
  expect(applied.length).toBeGreaterThan(0)
  expect(new Set(applied.map(({ name }) => name)).size).toBe(applied.length)

  const visitor = createVisitor(here.origin)
  const printed = [here.setUpToken(), there.setUpToken()].filter((token) => token !== '')
  expect(printed).toHaveLength(1)
  await visitor.setUp(printed[0]!, EMAIL)
  const [nearby, far] = [createCaller(here.origin), createCaller(there.origin)]
  const ended = await far.signIn(EMAIL)
  const page = await (await nearby.endOthers(visitor.secret()!)).text()
  expect(page).toContain('Signed out of 1 other session; confirmed by 2 of 2 nodes')
  expect(await far.check(ended)).toBe(401)
})

type Server = Awaited<ReturnType<typeof startServer>>

test('a database whose defaults would forget commits and see old rows is told otherwise, and the log says so', async () => {
  const world = await startNodes(2)
  onTestFinished(() => world.dispose())
  const [here, there] = world.nodes as [(typeof world.nodes)[0], (typeof world.nodes)[0]]
  const name = new URL(world.databaseUrl).pathname.slice(1)
  await world.query(`ALTER DATABASE "${name}" SET synchronous_commit = off`)
  await world.query(
    `ALTER DATABASE "${name}" SET default_transaction_isolation = 'repeatable read'`,
  )
  await world.query('CREATE TABLE "Seen" ("commit" text, "isolation" text)')
  await world.query(NOTE_SETTINGS)
  await world.query(
    'CREATE TRIGGER "noteSettings" BEFORE DELETE ON "Session" FOR EACH STATEMENT EXECUTE FUNCTION "noteSettings"()',
  )
  for (const node of world.nodes) {
    await node.stop()
    await node.start()
    expect(node.logs()).toContain("synchronous_commit is off; Latchkey's connections set it to on")
    expect(node.logs()).toContain('default_transaction_isolation is repeatable read')
  }

  await world.untilAllConfirm()
  const acting = await here.caller.signUp(EMAIL)
  const ended = await there.caller.signIn(EMAIL)
  expect(await there.caller.check(ended)).toBe(200)
  await here.caller.endOthers(acting)
  expect(await there.caller.check(ended)).toBe(401)
  expect((await there.caller.signOut(acting)).status).toBe(302)
  expect(await here.caller.check(acting)).toBe(401)
  expect(await world.query('SELECT DISTINCT "commit", "isolation" FROM "Seen"')).toEqual([
    { commit: 'on', isolation: 'read committed' },
  ])
})

const NOTE_SETTINGS = `
  CREATE FUNCTION "noteSettings"() RETURNS trigger AS $$
  BEGIN
    INSERT INTO "Seen"
    VALUES (current_setting('synchronous_commit'), current_setting('transaction_isolation'));
    RETURN NULL;
  END $$ LANGUAGE plpgsql`
