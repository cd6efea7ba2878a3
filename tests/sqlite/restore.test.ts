import { copyFileSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCommand } from '../support/command-line'
import { startOpenServer, type TestServer } from '../support/server'
import { createVisitor, type Visitor } from '../support/visitor'

let server: TestServer
let visitor: Visitor
beforeEach(async () => {
  server = await startOpenServer()
  visitor = createVisitor(server.origin)
  await visitor.signUp('ada@example.com')
  await run('backup', 'backup.db')
})
afterEach(() => server.dispose())

const run = (...args: string[]) => runCommand(server, ...args)
const beside = (name: string) => path.join(server.folder, name)

describe('a backup', () => {
  it('that was put beside the log of the old database by hand is refused, until it is restored', async () => {
    await createVisitor(server.origin).signUp('late@example.com')
    await server.stop('SIGKILL')
    copyFileSync(beside('backup.db'), server.databaseFile)

    await expect(server.start()).rejects.toThrow(`restore ${server.databaseFile}`)
    const refused = await run('end-all-sessions')
    expect(refused.code).toBe(1)
    expect(refused.errors).toContain('is left over from another database')
    expect(readFileSync(server.databaseFile)).toEqual(readFileSync(beside('backup.db')))

    expect(await run('restore', server.databaseFile)).toMatchObject({ code: 0 })
    await server.start()
    expect(await people()).toEqual(['ada@example.com', 'root@example.com'])
  })

  it('that was put in place by hand with nothing beside it can be started from', async () => {
    await server.stop()
    copyFileSync(beside('backup.db'), server.databaseFile)
    await server.start()
    expect(await visitor.isSignedIn()).toBe(true)
  })
})

describe('restore', () => {
  it('is refused while the server runs, which notices nothing', async () => {
    const { code, errors } = await run('restore', 'backup.db')
    expect(code).toBe(1)
    expect(errors).toContain('A Latchkey server is using')
    expect(await visitor.isSignedIn()).toBe(true)
  })

  it('is refused for a file that cannot be used, and the database stays as it is', async () => {
    await server.stop()
    for (const file of ['no-such-file', 'latchkey.db.exists']) {
      const { code, errors } = await run('restore', file)
      expect(code).toBe(1)
      expect(errors).toMatch(/There is no file|is damaged/)
      expect(errors).not.toMatch(/\n\s+at /)
    }
    await server.start()
    expect(await visitor.isSignedIn()).toBe(true)
  })

  it('puts the backup in place with no session and no link of then, and keeps the old database', async () => {
    const link = (await run('password-link', 'ada@example.com')).output.split('\n')[0]!
    await run('backup', 'with-link.db')
    await createVisitor(server.origin).signUp('late@example.com')
    await server.stop('SIGKILL')

    const { code, output } = await run('restore', 'with-link.db')
    const kept = readdirSync(beside('.')).filter((name) => name.includes('.replaced-'))
    await server.start()

    expect(code).toBe(0)
    expect(kept).toHaveLength(1)
    expect(output).toContain(`is kept in ${beside(kept[0]!)}`)
    expect(output).toMatch(/ended 1 active session and \d+ one-time links? of then/)
    expect(await people()).toEqual(['ada@example.com', 'root@example.com'])
    expect(await visitor.isSignedIn()).toBe(false)
    expect((await visitor.get(link.slice(server.origin.length))).status).toBe(410)
    await visitor.signIn('ada@example.com')
    expect(await visitor.isSignedIn()).toBe(true)
    expect(await events('database.restored')).toEqual([
      { count: 1, links: expect.any(Number) as number, of: 'everybody', by: 'command-line' },
    ])
  })

  it('brings a database back that was lost', async () => {
    await server.stop()
    rmSync(server.databaseFile)
    await expect(server.start()).rejects.toThrow('npm run latchkey -- restore <file>')

    const { code, output } = await run('restore', 'backup.db')
    await server.start()

    expect(code).toBe(0)
    expect(output).not.toContain('is kept in')
    expect(await people()).toEqual(['ada@example.com', 'root@example.com'])
  })
})

const people = () => column('SELECT "email" FROM "User"')

const events = async (kind: string) =>
  (await column(`SELECT "details" FROM "AuditEvent" WHERE "kind" = '${kind}'`)).map(
    (details) => JSON.parse(String(details)) as unknown,
  )

async function column(sql: string): Promise<unknown[]> {
  const rows = await server.query(sql)
  return rows.map((row) => Object.values(row)[0])
}
