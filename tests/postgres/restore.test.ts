import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { createCaller, type Caller } from '../support/caller'
import { runCommand } from '../support/command-line'
import { dumpOf } from '../support/move'
import { administer, serversUrl, urlOf } from '../support/postgres/databases'
import { findPrograms } from '../support/postgres/programs.js'
import { queriesOf } from '../support/queries'
import { startOpenServer, type TestServer } from '../support/server'
import { openTab } from '../support/tab'
import { until } from '../support/until'
import { PASSWORD } from '../support/visitor'

const execute = promisify(execFile)

let server: TestServer
let caller: Caller
beforeEach(async () => {
  server = await startOpenServer()
  caller = createCaller(server.origin)
})
afterEach(() => server.dispose())

const run = (...args: string[]) => runOn(server.databaseUrl, ...args)

function runOn(databaseUrl: string, ...args: string[]) {
  const { folder, port } = server
  return runCommand({ folder, port, databaseUrl }, ...args)
}

describe('backup and restore on PostgreSQL', () => {
  test('say how it is done there, and do nothing', async () => {
    const backup = await run('backup', 'copy.dump')
    expect(backup).toMatchObject({ code: 1, output: '' })
    expect(backup.errors).toContain('pg_dump --format=custom --exclude-table-data=')
    const restore = await run('restore', 'copy.dump')
    expect(restore).toMatchObject({ code: 1, output: '' })
    expect(restore.errors).toContain('pg_restore --no-owner --dbname="$DATABASE_URL" <file>')
    expect(restore.errors).toContain('end-all-sessions --after-restore')
  })
})

describe('a database that was dumped while its server ran, and restored', () => {
  // One of the links is that for the first administrator, which the server printed.
  test('is what it was, signs everybody out and ends their links, and then works as ever', async () => {
    const home = await caller.signUp('ada@example.com')
    const [link = ''] = (await run('password-link', 'ada@example.com')).output.split('\n')
    await pgDump()
    const before = await dumpOf(server.databaseUrl)
    // What ended since the backup would be open in it.
    expect((await caller.signOut(home)).status).toBe(302)
    await server.stop()
    const databaseUrl = await emptyDatabase()
    await pgRestore(databaseUrl)
    expect(await dumpOf(databaseUrl)).toEqual(before)

    const ended = await runOn(databaseUrl, 'end-all-sessions', '--after-restore')
    await server.start({ DATABASE_URL: databaseUrl })

    // The node that ran then is not in the dump, so nobody waits for it.
    expect(ended).toMatchObject({ code: 0, errors: '' })
    expect(ended.output).toBe('Ended 1 active session and 2 one-time links. Nobody is signed in.\n')
    expect(await caller.check(home)).toBe(401)
    expect((await caller.send(link.slice(server.origin.length))).status).toBe(410)
    const { query } = queriesOf(databaseUrl)
    expect(
      await query(`SELECT "details" FROM "AuditEvent" WHERE "kind" = 'database.restored'`),
    ).toEqual([{ details: expect.stringContaining('"links":2') as string }])

    // People come in again, and what ends by an operator's hand is announced.
    const again = await caller.signIn('ada@example.com', PASSWORD)
    expect(await caller.check(again)).toBe(200)
    const tab = await openTab(server, again)
    await query('DELETE FROM "Session"')
    await until(() => tab.closed)
    expect(await caller.check(again)).toBe(401)
  })
})

describe('end-all-sessions --after-restore', () => {
  test('beside running servers is in force at them when it is answered', async () => {
    const secret = await caller.signUp('ada@example.com')
    expect(await caller.check(secret)).toBe(200)
    const tab = await openTab(server, secret)
    const { code, output } = await run('end-all-sessions', '--after-restore')
    expect(await caller.check(secret)).toBe(401)
    expect(code).toBe(0)
    expect(output).toBe('Ended 1 active session and 1 one-time link. Nobody is signed in.\n')
    await until(() => tab.closed)
    expect(tab.messages.at(-1)).toEqual({
      type: 'signed-out',
      reason: 'signed-out-by-administrator',
    })
  })

  test('is refused on a database that is empty, and makes no tables in it', async () => {
    const databaseUrl = await emptyDatabase()
    const { code, errors } = await runOn(databaseUrl, 'end-all-sessions', '--after-restore')
    expect(code).toBe(1)
    expect(errors).toContain('is empty. Is it the right one?')
    expect(await dumpOf(databaseUrl)).toEqual({})
  })
})

const dumpFile = () => path.join(server.folder, 'latchkey.dump')

/** As docs/several-nodes.md says it. */
async function pgDump() {
  const program = path.join(await findPrograms(), 'pg_dump')
  const options = ['--format=custom', '--exclude-table-data="Node"', `--file=${dumpFile()}`]
  await execute(program, [...options, server.databaseUrl])
}

async function pgRestore(databaseUrl: string) {
  const program = path.join(await findPrograms(), 'pg_restore')
  await execute(program, ['--no-owner', `--dbname=${databaseUrl}`, '--exit-on-error', dumpFile()])
}

let count = 0
async function emptyDatabase() {
  const name = `restored_${process.pid}_${(count += 1)}`
  await administer(`CREATE DATABASE "${name}" OWNER "latchkey"`)
  onTestFinished(async () => {
    await server.stop()
    await administer(`DROP DATABASE "${name}" WITH (FORCE)`)
  })
  return urlOf(serversUrl(), name)
}
