import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAdministration, type Someone } from '../support/administration'
import { signInAt } from '../support/applications'
import { runCommand } from '../support/command-line'
import { dump, withoutActivity } from '../support/dump'
import { startServer, type TestServer } from '../support/server'

const REFUSED = 1
const MISUSED = 2

const WIKI = ['--name', 'Wiki', '--address', 'https://wiki.example.org']

describe('application and group on the command line, while the server runs,', () => {
  let server: TestServer
  let admin: Someone
  let ada: Someone
  beforeAll(async () => {
    server = await startServer()
    const { setUp, invite } = createAdministration(server)
    admin = await setUp()
    ada = await invite(admin)
    await run('group', 'add', 'staff', '--name', 'Staff')
    await run('application', 'add', 'wiki', ...WIKI, '--upstream', '127.0.0.1:8080')
  })
  afterAll(() => server.dispose())

  const run = (...args: string[]) => runCommand(server, ...args)
  const rows = async () => withoutActivity(await dump(server))
  const application = async (id: string) => (await rows()).Application!.find((row) => row.id === id)

  it.each<[sentence: string, args: string[]]>([
    ['There is no command "application".', ['application']],
    ['There is no command "application invent".', ['application', 'invent']],
    ['Say --name', ['application', 'add', 'files', '--address', 'https://files.example.org']],
    ['Say --address', ['application', 'add', 'files', '--name', 'Files']],
    ["Name the application's id", ['application', 'add', ...WIKI]],
    ['is made of small letters', ['application', 'add', 'My Files', ...WIKI]],
    ['own addresses', ['application', 'add', 'new', ...WIKI]],
    ['without a path', at('https://files.example.org/start')],
    ['like https://wiki.example.org', at('ftp://files.example.org')],
    ['no path that can be public', [...at('https://files.example.org'), '--public-path', '/']],
    ['no origin', [...at('https://files.example.org'), '--more-origin', 'nowhere']],
    ['where it listens', [...at('https://files.example.org'), '--upstream', 'http://a/b']],
    ['either', [...at('https://files.example.org'), '--groups', 'staff', '--everybody']],
    ["Unknown option '--adress'", ['application', 'edit', 'wiki', '--adress', 'x']],
    ['what is to be changed', ['application', 'edit', 'wiki']],
    ['Say --proxy', ['application', 'config', 'wiki']],
    ['Say --proxy', ['application', 'config', '--proxy', 'apache']],
    ['cannot have a comma', ['group', 'add', 'both', '--name', 'Staff, family']],
    ['Say --name', ['group', 'rename', 'staff']],
    ["Name the group's id", ['group', 'members', '--add', 'ada@example.com']],
  ])(
    'misuse is answered with a sentence and the use, and nothing is done: %s',
    async (sentence, args) => {
      const before = await rows()
      const { code, output, errors } = await run(...args)
      expect(errors).toContain(sentence)
      expect(errors).toContain(`  ${args[0]} `)
      expect(errors).not.toMatch(/\n\s+at /)
      expect({ code, output }).toEqual({ code: MISUSED, output: '' })
      expect(await rows()).toEqual(before)
    },
  )

  it.each<[sentence: string, args: string[]]>([
    [
      'had it once',
      ['application', 'add', 'wiki', '--name', 'X', '--address', 'https://x.example'],
    ],
    ['has the host name wiki.example.org', at('https://wiki.example.org:8443')],
    ['host name of Latchkey itself', at('https://localhost')],
    ['set ALLOW_HTTP=1', at('http://files.example.org')],
    [
      'One of these groups does not exist',
      [...at('https://f.example'), '--groups', 'staff,nobody'],
    ],
    ['There is no application "nothing"', ['application', 'edit', 'nothing', '--name', 'X']],
    ['There is no application "nothing"', ['application', 'remove', 'nothing']],
    ['There is no application "nothing"', ['application', 'config', 'nothing', '--proxy', 'nginx']],
    ['has the id "staff"', ['group', 'add', 'staff', '--name', 'Others']],
    ['is called "Staff"', ['group', 'add', 'others', '--name', 'Staff']],
    ['There is no group "nothing"', ['group', 'rename', 'nothing', '--name', 'X']],
    ['There is no group "nothing"', ['group', 'remove', 'nothing']],
    ['There is no group "nothing"', ['group', 'members', 'nothing']],
    [
      'username "who", "x@example.com"',
      ['group', 'members', 'staff', '--add', 'who,x@example.com'],
    ],
  ])(
    'what cannot be done is refused with a sentence that names the fix: %s',
    async (sentence, args) => {
      const before = await rows()
      const { code, output, errors } = await run(...args)
      expect(errors).toContain(sentence)
      expect(errors.trimEnd()).not.toContain('\n')
      expect({ code, output }).toEqual({ code: REFUSED, output: '' })
      expect(await rows()).toEqual(before)
    },
  )

  it('one unknown name keeps everybody else from being put in', async () => {
    const { code } = await run('group', 'members', 'staff', '--add', `${ada.email},nobody`)
    expect(code).toBe(REFUSED)
    expect((await rows()).GroupMember).toEqual([])
  })

  it('an edit changes what is given and nothing else, and can empty a list', async () => {
    const before = await application('wiki')
    await run(
      'application',
      'edit',
      'wiki',
      '--public-path',
      '/health',
      '--public-path',
      '/a/',
      '--assertion',
    )
    expect(await application('wiki')).toEqual({
      ...before,
      ...{ publicPaths: '/health\n/a/' },
      assertion: before!.assertion === 0 ? 1 : true,
    })
    await run('application', 'edit', 'wiki', '--public-path', '', '--no-assertion')
    expect(await application('wiki')).toEqual(before)
  })

  it('people are put in and taken out by address and username, and listed', async () => {
    const name = ada.email.split('@')[0]!
    const username = (await rows()).User!.find(({ id }) => id === ada.id)!.username as string
    const added = await run('group', 'members', 'staff', '--add', username, '--add', admin.email)
    const listed = await run('group', 'members', 'staff')
    const removed = await run('group', 'members', 'staff', '--remove', ada.email)
    expect(added).toMatchObject({ code: 0, output: 'Staff has 2 people now.\n' })
    expect(listed.output).toContain(name)
    expect(listed.output.trim().split('\n')).toHaveLength(2)
    expect(removed.output).toBe('Staff has 1 person now.\n')
  })

  it('lists name what is there, a line each', async () => {
    const applications = await run('application', 'list')
    const groups = await run('group', 'list')
    expect(applications.output).toMatch(
      /^wiki +https:\/\/wiki\.example\.org +everybody +0 signed in +Wiki\n$/,
    )
    expect(groups.output).toMatch(/^staff +\d \w+ +- +Staff\n$/)
  })

  it('config says beside the configuration when it does not know where people reach Latchkey', async () => {
    const { code, output, errors } = await run('application', 'config', '--proxy', 'caddy')
    expect(code).toBe(0)
    expect(errors).toContain(`ORIGIN is not set, so this is for ${server.origin}.`)
    expect(output).not.toContain('is not set')
  })

  it('config prints the configuration and nothing beside it, the same as the page', async () => {
    const { databaseUrl, folder, port, origin } = server
    const { code, output, errors } = await runCommand(
      { databaseUrl, folder, port, settings: { ORIGIN: origin } },
      ...['application', 'config', 'wiki', '--proxy', 'nginx'],
    )
    const page = await admin.get('/admin/applications/wiki/config?proxy=nginx')
    const whole = await run('application', 'config', '--proxy', 'caddy')
    const wholePage = await admin.get('/admin/applications/config?proxy=caddy')
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(output).toBe(await page.text())
    expect(output).toContain('127.0.0.1:8080')
    expect(output).toContain(`/api/v1/auth-request/wiki`)
    expect(whole.output).toBe(await wholePage.text())
    expect(whole.output).toContain(`127.0.0.1:${server.port}`)
  })

  it('whoever loses access is signed out when it is answered, and the audit log says by whom', async () => {
    await run('group', 'members', 'staff', '--add', ada.email)
    await run('application', 'edit', 'wiki', '--groups', 'staff')
    await signInAt(server, { applicationId: 'wiki', userId: ada.id })
    const { output } = await run('group', 'members', 'staff', '--remove', ada.email)
    expect(output).toContain('Staff has')
    const { ApplicationSession, ApplicationCookie, AuditEvent } = await dump(server)
    expect([ApplicationSession, ApplicationCookie]).toEqual([[], []])
    const left = AuditEvent!.filter(({ kind }) => kind === 'group.left').at(-1)!
    expect(left).toMatchObject({ actorId: null, subjectId: ada.id })
    expect(left.details).toContain('command-line')
  })

  it('a removed application is gone, and its id is never used again', async () => {
    await run('application', 'edit', 'wiki', '--everybody')
    await signInAt(server, { applicationId: 'wiki', userId: ada.id })
    const { code, output } = await run('application', 'remove', 'wiki')
    const again = await run('application', 'add', 'wiki', ...WIKI)
    expect({ code, output }).toEqual({
      code: 0,
      output: 'Removed wiki, with 1 sign-in and 0 API tokens.\n',
    })
    expect(again.errors).toContain('had it once')
    expect((await admin.get('/admin/applications/wiki')).status).toBe(404)
    expect((await dump(server)).ApplicationSession).toEqual([])
  })

  it('a removed group is gone, and what it opened is said', async () => {
    await run(
      'application',
      'add',
      'files',
      '--name',
      'Files',
      '--address',
      'https://files.example.org',
      '--groups',
      'staff',
    )
    const { code, output } = await run('group', 'remove', 'staff')
    expect(code).toBe(0)
    expect(output).toMatch(/^Removed Staff, which had \d \w+ and opened Files\.\n$/)
    expect((await dump(server)).GroupMember).toEqual([])
    expect((await run('application', 'list')).output).toContain('nobody')
  })
})

/** To add another application there. */
function at(address: string): string[] {
  return ['application', 'add', 'files', '--name', 'Files', '--address', address]
}
