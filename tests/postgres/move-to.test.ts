import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../app/database/open'
import { steadyClock } from '../../app/database/fixtures'
import { createCaller, type Caller } from '../support/caller'
import { runCommand } from '../support/command-line'
import { createFileToMove } from '../support/move'
import { createPostgresDatabase } from '../support/postgres/databases'
import { queriesOf } from '../support/queries'
import { startServer, type TestServer } from '../support/server'
import { refusal, startInVain } from '../support/start-in-vain'
import { until } from '../support/until'
import { createVisitor } from '../support/visitor'

const MISUSED = 2
/** Enough for a move to take a while. */
const PEOPLE = 4_000
const KILLS = 3

describe('move-to', () => {
  let server: TestServer
  let caller: Caller
  let file: string
  /** Where a server on PostgreSQL would be; ours is on a file beside it. */
  let to: string
  beforeEach(async () => {
    server = await startServer({ SIGNUP: 'open', DATABASE_URL: 'file:./latchkey.db' })
    caller = createCaller(server.origin)
    file = `file:${path.join(server.folder, 'latchkey.db')}`
    to = server.databaseUrl
    await createVisitor(server.origin).setUp(server.setUpToken(), 'root@example.com')
  })
  afterEach(() => server.dispose())

  function run(...args: string[]) {
    const { folder, port } = server
    return runCommand({ folder, port, databaseUrl: file }, ...args)
  }
  const onTarget = { query: (sql: string) => queriesOf(to).query(sql) }

  test('is refused while the server runs, to nowhere, and to a database that a server has begun', async () => {
    const running = await run('move-to', to)
    expect(running).toMatchObject({ code: 1, output: '' })
    expect(running.errors).toContain('Another Latchkey server is using')
    expect((await run('move-to')).code).toBe(MISUSED)
    await server.stop()

    for (const target of ['file:./other.db', 'postgresql://127.0.0.1:1/x']) {
      const { code, errors } = await run('move-to', target)
      expect(code).toBe(1)
      expect(errors).not.toMatch(/\n\s+at /)
    }
    // It has printed a link for its first administrator, and shows it to whoever comes.
    await server.start({ DATABASE_URL: to })
    const begun = await run('move-to', to)
    expect(begun.code).toBe(1)
    expect(begun.errors).toContain('is not empty')
    expect(existsSync(path.join(server.folder, 'latchkey.db.moved'))).toBe(false)
    await server.stop()
    await server.start()
  })

  test('keeps sessions, API tokens and passwords, and a sign-out there is one', async () => {
    const home = await caller.signUp('ada@example.com')
    const other = await caller.signIn('ada@example.com')
    const token = await makeToken(home)
    await server.stop()

    const { code, output, errors } = await run('move-to', to)

    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(output).toMatch(
      /^Moved 2 users, 3 sessions, 1 API token, 0 one-time links, \d+ lines of the audit log/,
    )
    await server.start({ DATABASE_URL: to })
    expect(server.output()).not.toContain('setup?token')
    expect([await caller.check(home), await caller.check(other)]).toEqual([200, 200])
    expect(await checkToken(token)).toBe(200)
    await caller.endOthers(home)
    expect([await caller.check(home), await caller.check(other)]).toEqual([200, 401])
    await onTarget.query('DELETE FROM "ApiToken"')
    await until(async () => (await checkToken(token)) === 401)
    expect(await caller.check(await caller.signIn('ada@example.com'))).toBe(200)
  })

  test('leaves a file that neither a server nor a command uses again', async () => {
    await server.stop()
    expect((await run('move-to', to)).code).toBe(0)

    const start = { PORT: String(server.port), DATABASE_URL: file }
    expect(await startInVain(server.folder, start)).toEqual(
      refusal(/was moved to PostgreSQL: let DATABASE_URL/),
    )
    for (const command of [
      ['end-all-sessions'],
      ['password-link', 'root@example.com'],
      ['move-to', to],
    ]) {
      const { code, output, errors } = await run(...command)
      expect({ code, output }).toEqual({ code: 1, output: '' })
      expect(errors).toContain('was moved to PostgreSQL')
    }
    // A copy can be made; to use it, somebody has to put it in place, which signs everybody out.
    expect((await run('backup', 'copy.db')).code).toBe(0)
    expect(await run('restore', 'copy.db')).toMatchObject({ code: 0 })
    await server.start()
    expect(await caller.check(await caller.signIn('root@example.com'))).toBe(200)
  })

  async function makeToken(secret: string) {
    const fields = { intent: 'create-token', name: 'test', scope: 'profile:read', lifetime: '30' }
    const page = await (await caller.post('/profile/tokens', fields, secret)).text()
    return /lk_[\w-]+/.exec(page)?.[0] ?? ''
  }

  async function checkToken(token: string) {
    const headers = { Authorization: `Bearer ${token}` }
    return (await caller.send('/api/v1/session', { headers })).status
  }
})

describe('a move that is killed', () => {
  test('has moved nothing, or everything, and the file can be used again unless it was moved', async () => {
    const source = await createFileToMove(PEOPLE)
    onTestFinished(() => source.dispose())
    const file = source.copy()
    const { url, drop } = await createPostgresDatabase()
    onTestFinished(drop)
    const { queryValue } = queriesOf(url)
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const { child, exited } = startMoving(file, url)
      await until(
        () =>
          queryValue(`SELECT count(*) FROM "pg_stat_activity"
        WHERE "datname" = current_database() AND "backend_xid" IS NOT NULL`),
        { interval: 5 },
      )
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 300))
      child.kill('SIGKILL')
      await exited
      await until(async () => (await queryValue(OTHERS)) === 0)

      const people = await queryValue('SELECT count(*) FROM "User"')
      const isMoved = existsSync(`${file}.moved`)
      expect(isMoved ? [PEOPLE] : [0]).toContain(people)
      if (isMoved) return
      const database = await openDatabase({ url: `file:${file}`, clock: steadyClock, as: 'server' })
      expect(await database.client.user.count()).toBe(PEOPLE)
      await database.close()
    }
    const { exited } = startMoving(file, url)
    expect(await exited).toEqual([0, null])
    expect(await queryValue('SELECT count(*) FROM "User"')).toBe(PEOPLE)
  })

  test('while it waits for the last word has moved everything, and the file is not used again', async () => {
    const source = await createFileToMove(1)
    onTestFinished(() => source.dispose())
    const file = source.copy()
    const { url, drop } = await createPostgresDatabase()
    onTestFinished(drop)
    const { query, queryValue } = queriesOf(url)
    await query(`CREATE FUNCTION "beSlow"() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN PERFORM pg_sleep(1); RETURN NULL; END'`)
    await query(`CREATE CONSTRAINT TRIGGER "slow" AFTER INSERT ON "AuditEvent" DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION "beSlow"()`)
    const { child, exited } = startMoving(file, url)
    await until(
      () =>
        queryValue(`SELECT count(*) FROM "pg_stat_activity"
      WHERE "datname" = current_database() AND "wait_event" = 'PgSleep'`),
      { interval: 5 },
    )
    child.kill('SIGKILL')
    await exited
    await until(async () => (await queryValue(OTHERS)) === 0)
    expect(await queryValue('SELECT count(*) FROM "User"')).toBe(1)
    await expect(
      openDatabase({ url: `file:${file}`, clock: steadyClock, as: 'server' }),
    ).rejects.toThrow('was moved to PostgreSQL')
  })
})

const OTHERS = `SELECT count(*) FROM "pg_stat_activity"
  WHERE "datname" = current_database() AND "pid" <> pg_backend_pid()`

const CLI = path.resolve('build/node/cli.js')

function startMoving(file: string, to: string) {
  const code = `import(${JSON.stringify(CLI)}).then((cli) => cli.runCli(['move-to', process.argv[1]]))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, '--', to], {
    cwd: path.dirname(file),
    env: { ...process.env, NODE_ENV: 'production', DATABASE_URL: `file:${file}` },
    stdio: 'ignore',
  })
  return { child, exited: once(child, 'exit') }
}
