import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../support/command-line'
import { startOpenServer, startServer, type TestServer } from '../support/server'
import { openTab } from '../support/tab'
import { createTestDatabase, isOnPostgres } from '../support/test-database'
import { until } from '../support/until'
import { formOf } from '../support/administration'
import { createVisitor, type Visitor } from '../support/visitor'

const MISUSED = 2

let server: TestServer
beforeAll(async () => {
  server = await startOpenServer()
})
afterAll(() => server.dispose())

const run = (...args: string[]) => runCommand(server, ...args)

describe('the command line', () => {
  it('refuses a command that there is not, and lists those that there are', async () => {
    const { code, output, errors } = await run('end-everything')

    expect(code).toBe(MISUSED)
    expect(errors).toContain('There is no command "end-everything".')
    expect(errors).toContain('end-all-sessions')
    expect(output).toBe('')
  })

  it('prints the use of a command that is asked for help, and does nothing', async () => {
    const helps = [
      ['group', 'add', 'staff', '--name', 'Staff', '--help'],
      ['group', '--help'],
      ['end-all-sessions', '-h'],
    ]
    for (const args of helps) {
      const { code, output, errors } = await run(...args)
      expect({ code, errors }).toEqual({ code: 0, errors: '' })
      expect(output).toContain(`  ${args[0]} `)
      expect(output).not.toContain('  seed ')
    }
    expect((await run('group', 'list')).output).not.toContain('Staff')
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
})

it('writes one of each mail as the server of these settings sends it', async () => {
  const origin = 'https://home.example.org'
  const { databaseUrl, port } = server
  const settings = { SITE_NAME: 'The Hoppers', ORIGIN: origin }
  const where = { databaseUrl, folder: server.folder, port, settings }
  expect(await runCommand(where, 'mails')).toMatchObject({ code: 0, errors: '' })
  const folder = path.join(server.folder, 'data/mail-previews')
  const mail = await readFile(path.join(folder, 'token-made.txt'), 'utf8')
  expect(mail).toContain(`The Hoppers, ${origin}`)
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
    // SQLite tells the server that something was written, and not why.
    const reason = isOnPostgres ? 'signed-out-by-administrator' : 'ended'
    expect(tab.messages).toContainEqual({ type: 'signed-out', reason })
    expect(await lastEvent('sessions.ended')).toMatchObject({
      actorId: null,
      details: expect.stringContaining('command-line') as string,
    })
  })
})

describe('password-link', () => {
  it('refuses people who are not there or disabled', async () => {
    await createVisitor(server.origin).signUp('disabled@example.com')
    await server.query(
      `UPDATE "User" SET "disabledAt" = "createdAt" WHERE "email" = 'disabled@example.com'`,
    )

    const unknown = await run('password-link', 'nobody@example.com')
    const disabled = await run('password-link', 'disabled@example.com')

    expect(unknown).toMatchObject({
      code: 1,
      errors: 'Nobody has this e-mail address or username.\n',
    })
    expect((await run('password-link', 'nobody')).errors).toBe(unknown.errors)
    expect(disabled.code).toBe(1)
    expect(disabled.errors).toContain('This account is disabled.')
  })

  it('knows people by their username as well', async () => {
    await createVisitor(server.origin).signUp('known@example.com', 'Known Person')
    const username = await server.queryValue<string>(
      `SELECT "username" FROM "User" WHERE "email" = 'known@example.com'`,
    )
    const { code, output } = await run('password-link', username!)
    expect(code).toBe(0)
    expect(output).toContain('lets whoever opens it be Known Person')
  })

  it('prints a link that works once, for a new password', async () => {
    const before = createVisitor(server.origin)
    await before.signUp('forgetful@example.com')

    const { code, output } = await run('password-link', ' Forgetful@Example.com')
    const [link = ''] = output.split('\n')
    const visitor = createVisitor(server.origin)
    const path = link.slice(server.origin.length)
    await visitor.get(path)
    const answer = await visitor.post(formOf(path), { password: 'eight blue lanterns' })
    const again = await createVisitor(server.origin).get(link.slice(server.origin.length))

    expect(code).toBe(0)
    expect(link).toMatch(`${server.origin}/password-link?token=`)
    expect(answer.status).toBe(302)
    expect(await visitor.isSignedIn()).toBe(true)
    expect(await before.isSignedIn()).toBe(false)
    expect(again.status).toBe(410)
    expect(await lastEvent('link.created')).toMatchObject({ actorId: null })
  })
})

describe('what the command line did', () => {
  it('reads as done by the command line, and to everybody where everybody is meant', async () => {
    const person = createVisitor(server.origin)
    await person.signUp('linked@example.com')
    await run('end-all-sessions')
    await run('password-link', 'linked@example.com')
    await server.query(`UPDATE "User" SET "role" = 'admin' WHERE "email" = 'linked@example.com'`)
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
    await server.query(`UPDATE "User" SET "role" = 'user' WHERE "email" = 'linked@example.com'`)
  })
})

describe('seed', () => {
  it('refuses a database with people in it, unless told that they may mix', async () => {
    const lonely = await startOpenServer()
    const refused = await runCommand(lonely, 'seed', '--users', '10')
    const afterwards = await runCommand(lonely, 'seed', '--users', '10')
    await lonely.dispose()
    const before = (await count('User'))!
    const added = await run('seed', '--users', '10', '--add')

    expect(refused.code).toBe(1)
    expect(refused.errors).toContain('There is 1 user in this database. Say --add')
    expect(afterwards.errors).toBe(refused.errors)
    expect(added.code).toBe(0)
    expect(await count('User')).toBe(before + 10)
  })

  it('adds no administrator where there are people, whose password it would print', async () => {
    const before = (await count('User'))!

    const { output } = await run('seed', '--users', '1', '--seed', '7', '--add')

    expect(output).toMatch(/^Added 1 user and \d+ sessions? in/)
    expect(output).not.toContain('1 sessions')
    expect(output).not.toContain('dministrator')
    expect(await count('User')).toBe(before + 1)
    expect(await count('User', `"role" = 'admin'`)).toBe(1)
  })

  it('adds as many as were asked for when some of the same are there already', async () => {
    const before = (await count('User'))!

    const { output } = await run('seed', '--users', '600', '--add')

    expect(output).toContain('Added 600 users')
    expect(await count('User')).toBe(before + 600)
  })

  it('prints a password with which its people sign in', async () => {
    const database = await createTestDatabase()
    const place = { ...database, databaseUrl: database.url, port: server.port }
    const { output } = await runCommand(place, 'seed', '--users', '3')
    const [, email = ''] = /administrator among them: (\S+)\.\n/.exec(output) ?? []
    const [, password = ''] = /password: (\S+)/.exec(output) ?? []
    const fresh = await startServer({ DATABASE_URL: database.url })
    const visitor = createVisitor(fresh.origin)
    await visitor.signIn(email, password)
    const page = await (await visitor.get('/admin/users')).text()
    await fresh.dispose()
    await database.drop()

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

const count = (table: string, where = 'true') =>
  server.queryValue<number>(`SELECT count(*) FROM "${table}" WHERE ${where}`)

const lastEvent = async (kind: string) =>
  (await server.query('SELECT * FROM "AuditEvent" WHERE "kind" = ? ORDER BY "id" DESC', kind))[0]
