import { afterAll, beforeAll, expect, test } from 'vitest'
import { startNodes, type TestNode, type TestNodes } from '../support/nodes'
import { asSuperuser, type Superuser } from '../support/postgres/superuser'
import { until } from '../support/until'

/** Takes the place of PostgreSQL's own, as if somebody had listened for long and not read. */
const FULL_QUEUE = `
  CREATE SCHEMA "fault";
  CREATE FUNCTION "fault".pg_notify(text, text) RETURNS void AS $$
  BEGIN
    RAISE EXCEPTION 'too many notifications in the NOTIFY queue' USING ERRCODE = '54000';
  END $$ LANGUAGE plpgsql;
  CREATE FUNCTION "fault".pg_notification_queue_usage() RETURNS float8 AS 'SELECT 1.0::float8' LANGUAGE sql;
  GRANT USAGE ON SCHEMA "fault" TO PUBLIC;`

let world: TestNodes
let here: TestNode
let there: TestNode
let superuser: Superuser
beforeAll(async () => {
  world = await startNodes(2)
  ;[here, there] = world.nodes as [TestNode, TestNode]
  superuser = await asSuperuser(world.databaseUrl)
})
afterAll(async () => {
  await superuser.close()
  await world.dispose()
})

const name = () => new URL(world.databaseUrl).pathname.slice(1)

async function fillQueue() {
  await superuser.run(FULL_QUEUE)
  const path = 'SET search_path = fault, pg_catalog, public'
  await superuser.run(`ALTER FUNCTION public."latchkeyNotify"(jsonb) ${path}`)
  await superuser.run(`ALTER DATABASE "${name()}" ${path}`)
  // Connections that are there have the path from before.
  await superuser.endConnections()
}

async function emptyQueue() {
  await superuser.run(
    'ALTER FUNCTION public."latchkeyNotify"(jsonb) SET search_path = pg_catalog, public',
  )
  await superuser.run(`ALTER DATABASE "${name()}" RESET search_path`)
  await superuser.run('DROP SCHEMA "fault" CASCADE')
  await superuser.endConnections()
}

test('while the notification queue is full, nothing is said to be ended, nothing comes from memory, and it is said why', async () => {
  const email = await world.newEmail()
  const acting = await here.caller.signUp(email)
  const other = await there.caller.signIn(email)
  const gone = await there.caller.signIn(email)
  for (const secret of [other, gone]) expect(await there.caller.check(secret)).toBe(200)
  await fillQueue()

  await until(async () => (await (await readyz()).text()).includes('pg_notification_queue_usage()'))
  expect((await readyz()).status).toBe(503)
  await until(async () => (await here.caller.page('/profile', acting)).status === 200)
  const endOthers = await here.caller.endOthers(acting)
  expect(endOthers.status).toBe(503)
  expect(await endOthers.text()).toContain('Nothing was changed')
  const signOut = await there.caller.signOut(other)
  expect([signOut.status, signOut.headers.get('Set-Cookie')]).toEqual([503, null])
  for (const { caller } of world.nodes) expect(await caller.check(other)).toBe(200)

  // Without a word to anybody, which the triggers would say: the nodes are seen to ask each time.
  await superuser.run('SET session_replication_role = replica')
  await superuser.run('DELETE FROM public."Session" WHERE "id" = $1', [gone.split('.')[0]])
  for (const { caller } of world.nodes) expect(await caller.check(gone)).toBe(401)

  await emptyQueue()
  await until(async () => (await readyz()).status === 200)
  await until(async () => (await there.caller.signOut(other)).status === 302)
  expect(await here.caller.check(other)).toBe(401)
  await world.untilAllConfirm()
})

const readyz = () => there.caller.send('/readyz')
