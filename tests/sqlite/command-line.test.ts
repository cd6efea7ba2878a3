import { statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../support/command-line'
import { queriesOf } from '../support/queries'
import { startOpenServer, type TestServer } from '../support/server'
import { createVisitor } from '../support/visitor'

const PERMISSIONS = 0o777
const OWN_FILE = 0o600

let server: TestServer
beforeAll(async () => {
  server = await startOpenServer()
})
afterAll(() => server.dispose())

const run = (...args: string[]) => runCommand(server, ...args)
const beside = (name: string) => path.join(server.folder, name)

describe('the command line', () => {
  it('refuses a database that is not there, and makes none', async () => {
    const file = beside('typo.db')
    for (const args of [
      ['end-all-sessions'],
      ['password-link', 'ada@example.com'],
      ['backup', 'b'],
    ]) {
      const { code, errors } = await runCommand({ ...server, databaseUrl: `file:${file}` }, ...args)
      expect(code).toBe(1)
      expect(errors).toContain('There is no database')
    }
    expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined()
  })
})

describe('backup', () => {
  it('refuses to overwrite a file, and to write where it cannot', async () => {
    writeFileSync(beside('precious'), 'precious')

    const there = await run('backup', 'precious')
    const nowhere = await run('backup', 'no-such-folder/backup.db')

    expect(there.code).toBe(1)
    expect(there.errors).toContain('is not overwritten')
    expect(statSync(beside('precious')).size).toBe('precious'.length)
    expect(nowhere.code).toBe(1)
    expect(nowhere.errors).toContain('does not exist')
  })

  it('copies everything that was committed, for its owner only, while the server writes', async () => {
    const visitor = createVisitor(server.origin)
    await visitor.signUp('kept@example.com')
    const { code } = await run('backup', 'backup.db')

    const copy = queriesOf(`file:${beside('backup.db')}`)
    const name = await copy.queryValue(
      'SELECT "name" FROM "User" WHERE "email" = ?',
      'kept@example.com',
    )

    expect(code).toBe(0)
    expect(name).toBe('Test Person')
    expect(await copy.queryValue('PRAGMA integrity_check')).toBe('ok')
    expect(statSync(beside('backup.db')).mode & PERMISSIONS).toBe(OWN_FILE)
    expect(statSync(beside('backup.db.partial'), { throwIfNoEntry: false })).toBeUndefined()
  })
})
