import { statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BetterSqlite3 as Database } from '../../app/database/sqlite/driver.js'
import { runCommand } from '../support/command-line'
import { startOpenServer, startServer, type TestServer } from '../support/server'
import { openTab } from '../support/tab'
import { until } from '../support/until'
import { createVisitor, type Visitor } from '../support/visitor'

const MISUSED = 2
const PERMISSIONS = 0o777
const OWN_FILE = 0o600

let server: TestServer
beforeAll(async () => {
  server = await startOpenServer()
})
afterAll(() => server.dispose())

const run = (...args: string[]) => runCommand(server, ...args)
const beside = (name: string) => path.join(path.dirname(server.databaseFile), name)

describe('the command line', () => {
  it('refuses a command that there is not, and lists those that there are', async () => {
    const { code, output, errors } = await run('end-everything')

    expect(code).toBe(MISUSED)
    expect(errors).toContain('There is no command "end-everything".')
    expect(errors).toContain('end-all-sessions')
    expect(output).toBe('')
  })

  it('refuses arguments that a command does not have, and shows its use', async () => {
    for (const args of [
      ['seed', '--people', '3'],
      ['backup'],
      ['restore'],
      ['password-link', 'not an address'],
    ]) {
      const { code, errors } = await run(...args)
      expect(code).toBe(MISUSED)
      expect(errors).toContain(`  ${args[0]} `)
      expect(errors).not.toMatch(/\n\s+at /)
    }
  })

  it('refuses a database that is not there, and makes none', async () => {
    const databaseFile = beside('typo.db')
    for (const args of [
      ['end-all-sessions'],
      ['password-link', 'ada@example.com'],
      ['backup', 'b'],
    ]) {
      const { code, errors } = await runCommand({ ...server, databaseFile }, ...args)
      expect(code).toBe(1)
      expect(errors).toContain('There is no database')
    }
    expect(statSync(databaseFile, { throwIfNoEntry: false })).toBeUndefined()
  })
})

describe('end-all-sessions', () => {
  it('lets no request in that starts after it, from however hot a cache, and tells open tabs', async () => {
    const visitor = createVisitor(server.origin)
    await visitor.signUp('everybody@example.com')
    const tab = await openTab(server, visitor.secret())
    const busy = keepAsking(visitor)

    const { code, output } = await run('end-all-sessions')
    const after = await Promise.all(Array.from({ length: 20 }, () => visitor.isSignedIn()))
    const asked = await busy.stop()

    expect(code).toBe(0)
    expect(output).toMatch(/^Ended \d+ active sessions?\. Nobody is signed in\./)
    expect(asked.admitted).toBeGreaterThan(0)
    expect(after).not.toContain(true)
    await until(() => tab.closed)
    expect(tab.messages).toContainEqual({ type: 'signed-out', reason: 'ended' })
    expect(lastEvent('sessions.ended')).toMatchObject({
      actorId: null,
      details: expect.stringContaining('command-line') as string,
    })
  })
})

describe('password-link', () => {
  it('refuses people who are not there or disabled', async () => {
    await createVisitor(server.origin).signUp('disabled@example.com')
    write(`UPDATE "User" SET "disabledAt" = "createdAt" WHERE "email" = 'disabled@example.com'`)

    const unknown = await run('password-link', 'nobody@example.com')
    const disabled = await run('password-link', 'disabled@example.com')

    expect(unknown).toMatchObject({ code: 1, errors: 'Nobody has this e-mail address.\n' })
    expect(disabled.code).toBe(1)
    expect(disabled.errors).toContain('This account is disabled.')
  })

  it('prints a link that works once, for a new password', async () => {
    const before = createVisitor(server.origin)
    await before.signUp('forgetful@example.com')

    const { code, output } = await run('password-link', ' Forgetful@Example.com')
    const [link = ''] = output.split('\n')
    const visitor = createVisitor(server.origin)
    await visitor.get(link.slice(server.origin.length))
    const answer = await visitor.post('/password-link', { password: 'eight blue lanterns' })
    const again = await createVisitor(server.origin).get(link.slice(server.origin.length))

    expect(code).toBe(0)
    expect(link).toMatch(`${server.origin}/password-link?token=`)
    expect(answer.status).toBe(302)
    expect(await visitor.isSignedIn()).toBe(true)
    expect(await before.isSignedIn()).toBe(false)
    expect(again.status).toBe(404)
    expect(lastEvent('link.created')).toMatchObject({ actorId: null })
  })
})

describe('what the command line did', () => {
  it('reads as done by the command line, and to everybody where everybody is meant', async () => {
    const person = createVisitor(server.origin)
    await person.signUp('linked@example.com')
    await run('end-all-sessions')
    await run('password-link', 'linked@example.com')
    write(`UPDATE "User" SET "role" = 'admin' WHERE "email" = 'linked@example.com'`)
    await person.signIn('linked@example.com')

    const log = await person.get('/admin/audit?kind=sessions.ended')
    const links = await person.get('/admin/audit?kind=link.created')
    const own = await person.get('/profile/activity')

    const ended = rowsOf(await log.text())[0]
    expect(ended).toContain('the command line')
    expect(ended).toContain('everybody')
    expect(rowsOf(await links.text())[0]).toContain('the command line')
    const made = rowsOf(await own.text()).find((row) => row.includes('Password link created'))
    expect(made).toContain('the command line')
    write(`UPDATE "User" SET "role" = 'user' WHERE "email" = 'linked@example.com'`)
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

    const copy = new Database(beside('backup.db'), { readonly: true })
    const user = copy.prepare(`SELECT "name" FROM "User" WHERE "email" = ?`).get('kept@example.com')
    const check = copy.pragma('integrity_check', { simple: true })
    copy.close()

    expect(code).toBe(0)
    expect(user).toEqual({ name: 'Test Person' })
    expect(check).toBe('ok')
    expect(statSync(beside('backup.db')).mode & PERMISSIONS).toBe(OWN_FILE)
    expect(statSync(beside('backup.db.partial'), { throwIfNoEntry: false })).toBeUndefined()
  })
})

describe('seed', () => {
  it('refuses a database with people in it, unless told that they may mix', async () => {
    const lonely = await startOpenServer()
    const refused = await runCommand(lonely, 'seed', '--users', '10')
    const afterwards = await runCommand(lonely, 'seed', '--users', '10')
    await lonely.dispose()
    const before = count('User')
    const added = await run('seed', '--users', '10', '--add')

    expect(refused.code).toBe(1)
    expect(refused.errors).toContain('There is 1 user in this database. Say --add')
    expect(afterwards.errors).toBe(refused.errors)
    expect(added.code).toBe(0)
    expect(count('User')).toBe(before + 10)
  })

  it('adds no administrator where there are people, whose password it would print', async () => {
    const before = count('User')

    const { output } = await run('seed', '--users', '1', '--seed', '7', '--add')

    expect(output).toMatch(/^Added 1 user and \d+ sessions? in/)
    expect(output).not.toContain('1 sessions')
    expect(output).not.toContain('dministrator')
    expect(count('User')).toBe(before + 1)
    expect(count('User', `"role" = 'admin'`)).toBe(1)
  })

  it('adds as many as were asked for when some of the same are there already', async () => {
    const before = count('User')

    const { output } = await run('seed', '--users', '600', '--add')

    expect(output).toContain('Added 600 users')
    expect(count('User')).toBe(before + 600)
  })

  it('prints a password with which its people sign in', async () => {
    const databaseFile = beside('fresh.db')
    const { output } = await runCommand({ ...server, databaseFile }, 'seed', '--users', '3')
    const [, email = ''] = /administrator among them: (\S+)\.\n/.exec(output) ?? []
    const [, password = ''] = /password: (\S+)/.exec(output) ?? []
    const fresh = await startServer({ DATABASE_URL: `file:${databaseFile}` })
    const visitor = createVisitor(fresh.origin)
    await visitor.signIn(email, password)
    const page = await (await visitor.get('/admin/users')).text()
    await fresh.dispose()

    expect(page).toContain(email)
  })
})

/** Asks again and again whether the visitor is signed in, so that the server answers from memory. */
function keepAsking(visitor: Visitor) {
  let stopped = false
  let admitted = 0
  const asking = (async () => {
    while (!stopped) if (await visitor.isSignedIn()) admitted += 1
  })()
  return {
    async stop() {
      stopped = true
      await asking
      return { admitted }
    },
  }
}

/** The rows of a page's table, without its heading. */
const rowsOf = (html: string) => html.split('<tr').slice(2)

function withDatabase<T>(work: (database: Database.Database) => T): T {
  const database = server.openDatabase()
  try {
    return work(database)
  } finally {
    database.close()
  }
}

const write = (sql: string) => withDatabase((database) => database.exec(sql))

const count = (table: string, where = 'true') =>
  withDatabase((database) =>
    database.prepare(`SELECT count(*) FROM "${table}" WHERE ${where}`).pluck().get(),
  ) as number

const lastEvent = (kind: string) =>
  withDatabase((database) =>
    database.prepare(`SELECT * FROM "AuditEvent" WHERE "kind" = ? ORDER BY "id" DESC`).get(kind),
  )
