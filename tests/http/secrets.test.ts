import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApplicationVisitor } from '../support/application-visitor'
import { formOf } from '../support/administration'
import { addApplication } from '../support/applications'
import { dump } from '../support/dump'
import { dataPath, readRoutes } from '../support/routes'
import { startServer, type TestServer } from '../support/server'
import { openTab } from '../support/tab'
import { createVisitor, PASSWORD } from '../support/visitor'

const WRONG = 'a wrong password of mine'
const CHANGED = 'nine purple harbours'
const CHOSEN = 'eleven silver bridges'

/**
 * A long walk through the whole app, then a search for what nobody may be told in all that anybody
 * was told: bodies and headers of answers, frames of sockets, logs, standard output.
 */
describe('after a walk through everything,', () => {
  let server: TestServer
  let setUpLink: string
  let passwordLink: string
  let apiToken: string
  let applicationToken: string
  let code: string
  const answers: Promise<string>[] = []
  const frames: unknown[] = []
  const cookies = new Set<string>()
  const hashes = new Set<string>()
  const formTokens = new Set<string>()

  beforeAll(async () => {
    server = await startServer({ LOG_LEVEL: 'trace', SIGNUP: 'open' })
    await walk()
    await breakDown()
  }, 90_000)
  afterAll(() => server.dispose())

  const visitor = () =>
    createVisitor(server.origin, {
      onAnswer(answer) {
        for (const line of answer.headers.getSetCookie()) cookies.add(/=([^;]*)/.exec(line)![1]!)
        const headers = [...answer.headers].filter(([name]) => name !== 'set-cookie')
        answers.push(answer.text().then((body) => `${JSON.stringify(headers)}\n${body}`))
      },
    })

  async function walk() {
    const [admin, ada, elsewhere, guest] = [visitor(), visitor(), visitor(), visitor()]
    setUpLink = server.setUpToken()
    await admin.setUp(setUpLink, 'admin@example.com')
    await ada.signUp('ada@example.com')
    await elsewhere.signIn('ada@example.com', WRONG)
    await elsewhere.signIn('ada@example.com')
    const tab = await openTab(server, elsewhere.secret())
    await noteHashes()

    formTokens.add(await ada.formToken())
    await ada.submit('/profile', { intent: 'rename', name: 'Ada King' })
    await ada.submit('/profile', { intent: 'change-email', email: 'x', currentPassword: WRONG })
    const scoped = { intent: 'create-token', name: 'backup', scope: 'profile:read', lifetime: '7' }
    const created = await (await ada.submit('/profile/tokens', scoped)).text()
    apiToken = /lk_[\w-]{50}/.exec(created)![0]
    const wiki = await addApplication(server)
    const { id: application } = wiki
    await enterApplication(wiki, admin)
    const forOne = { intent: 'create-token', name: 'git', application, lifetime: '7' }
    const madeForOne = await (await ada.submit('/profile/tokens', forOne)).text()
    applicationToken = /lka_[\w-]{50}/.exec(madeForOne)![0]
    const newUser = { name: 'Guest', email: 'guest@example.com', role: 'user' }
    const invited = await (await admin.submit('/admin/users/new', newUser)).text()
    passwordLink = /password-link\?token=([\w-]+)/.exec(invited)![1]!
    await noteHashes()
    await guest.get(`/password-link?token=${passwordLink}`)
    await guest.get('/password-link')
    await guest.post(formOf(`/password-link?token=${passwordLink}`), { password: CHOSEN })

    await ada.get('/api/v1/session')
    await ada.get('/api/v1/session', { Authorization: `Bearer ${apiToken}` })
    await ada.get('/api/v1/session', { Authorization: `Bearer ${applicationToken}` })
    for (const { path, hasLoader } of await readRoutes({ userId: String(await userId('Guest')) })) {
      for (const address of hasLoader ? [path, dataPath(path)] : []) {
        await admin.get(address)
        await ada.get(address)
      }
    }
    await ada.submit('/profile/password', { currentPassword: WRONG, newPassword: CHANGED })
    await ada.submit('/profile/password', {
      currentPassword: PASSWORD,
      newPassword: CHANGED,
      endOthers: 'on',
    })
    await ada.submit('/profile/data')
    await noteHashes()
    frames.push(...tab.messages)
    await ada.confirm('/profile/delete', { currentPassword: CHANGED })
    await guest.submit('/logout')
  }

  /** Signs in at an application, is asked about, signs out there; the check of its connection on the way. */
  async function enterApplication(
    application: Awaited<ReturnType<typeof addApplication>>,
    person: ReturnType<typeof visitor>,
  ) {
    await server.query('UPDATE "Application" SET "assertion" = TRUE')
    const there = createApplicationVisitor(server, application, person)
    const note = async (answer: Response) => {
      for (const value of there.cookies.values()) cookies.add(value)
      const headers = [...answer.headers].filter(([name]) => name !== 'set-cookie')
      answers.push(answer.text().then((body) => `${JSON.stringify(headers)}\n${body}`))
      return answer
    }
    const path = await there.start('/notes')
    for (const nonce of there.cookies.values()) cookies.add(nonce)
    const opened = await there.open(path)
    code = new URL(opened.headers.get('Location')!).searchParams.get('code')!
    await noteHashes()
    await note(await there.at(there.pathOf(opened)))
    await noteHashes()
    for (const page of [
      'live.js',
      'session',
      'sign-out',
      'refused',
      'enter?code=x',
      'signed-out',
    ]) {
      await note(await there.at(`/.latchkey/${page}`))
    }
    await note(await there.ask('/notes'))
    await note(await there.askForward('/notes'))
    await note(await there.askForward('/notes', { method: 'POST' }))
    const checked = await person.submit(`/admin/applications/${application.id}`, {
      intent: 'check',
    })
    const again = await note(await there.at(there.pathOf(checked)))
    await note(await there.at(there.pathOf(again)))
    const [{ jwk }] = (await server.query<{ jwk: string }>('SELECT "jwk" FROM "SigningKey"')) as [
      { jwk: string },
    ]
    hashes.add((JSON.parse(jwk) as { d: string }).d)
  }

  /** What Latchkey says when its database fails it in the middle of something secret. */
  async function breakDown() {
    for (const table of ['Password', 'Session']) {
      await server.query(`ALTER TABLE "${table}" RENAME TO "Lost"`)
      expect((await visitor().signUp(`${table}@example.com`)).status).toBe(500)
      await server.query(`ALTER TABLE "Lost" RENAME TO "${table}"`)
    }
    expect(server.logs()).toContain('a route failed')
  }

  const userId = async (name: string) =>
    (await dump(server)).User!.find((user) => user.name === name)!.id

  /** In the spellings in which bytes come to light. */
  async function noteHashes() {
    const { Password, Session, ApiToken, OneTimeLink, ApplicationCookie, ApplicationCode } =
      await dump(server)
    for (const { hash } of Password!) hashes.add(String(hash))
    const ofSecrets = [...Session!, ...ApiToken!, ...OneTimeLink!, ...ApplicationCookie!]
    const all = [
      ...ofSecrets.map(({ tokenHash }) => tokenHash),
      ...ApplicationCode!.map(({ codeHash }) => codeHash),
    ]
    for (const one of all) {
      const bytes = Buffer.from(String(one), 'hex')
      for (const spelling of ['hex', 'base64', 'base64url'] as const) {
        hashes.add(bytes.toString(spelling).replace(/=+$/, ''))
      }
      hashes.add([...bytes.subarray(0, 8)].join(','))
    }
  }

  // The first part of a session's secret is its id, which is on pages and in the log.
  const secrets = () =>
    [...cookies]
      .filter((value) => value !== '' && !links().includes(value))
      .map((value) => value.slice(value.indexOf('.') + 1))
  const tokens = () => [apiToken, applicationToken]
  const links = () => [setUpLink, passwordLink]
  const passwords = [PASSWORD, WRONG, CHANGED, CHOSEN].flatMap((text) => [
    text,
    encodeURIComponent(text),
    text.replaceAll(' ', '+'),
  ])

  /** Which of these are in a text: none, so that a failure does not print them all. */
  const found = (needles: Iterable<string>, text: string) =>
    [...needles].filter((needle) => text.includes(needle))

  it('there are secrets to look for, so that the rest means something', async () => {
    expect(answers.length).toBeGreaterThan(60)
    expect(secrets().length).toBeGreaterThan(4)
    expect(hashes.size).toBeGreaterThan(20)
    expect(apiToken.length).toBeGreaterThan(40)
    expect(frames).not.toEqual([])
  })

  it('no answer holds the secret of a session, a password or a hash', async () => {
    for (const answer of await Promise.all(answers)) {
      expect(found([...secrets(), ...passwords, ...hashes], answer)).toEqual([])
      expect(answer).not.toMatch(/\$2[aby]\$\d\d\$|node_modules|PrismaClient| at .+:\d+:\d+\)/)
    }
  })

  it('an API token and a password link are each shown once, to whoever made them', async () => {
    const all = await Promise.all(answers)
    for (const shown of [...tokens(), passwordLink]) {
      expect(all.filter((answer) => answer.includes(shown))).toHaveLength(1)
    }
    expect(all.filter((answer) => answer.includes(setUpLink))).toHaveLength(0)
  })

  it('a code for an application is shown once, in the address that it is taken to', async () => {
    const all = await Promise.all(answers)
    expect(all.filter((answer) => answer.includes(code))).toHaveLength(1)
    expect(server.logs()).not.toContain(code)
  })

  it('no frame and no log line holds a secret, nor a form token', () => {
    const text = server.logs() + JSON.stringify(frames)
    const everything = [
      ...secrets(),
      ...passwords,
      ...hashes,
      ...links(),
      ...tokens(),
      ...formTokens,
    ]
    expect(server.logs()).toContain('"path":"/login"')
    expect(found(everything, text)).toEqual([])
    expect(text).not.toMatch(/\$2[aby]\$|formToken|latchkey[-\w]*=|[Bb]earer \w/)
  })

  it('standard output holds the set-up link and no other secret', () => {
    const output = server.output()
    expect(output.split(setUpLink)).toHaveLength(2)
    expect(found([...secrets(), ...passwords, ...hashes, ...tokens()], output)).toEqual([])
    expect(output.trim().split('\n')).toHaveLength(1)
  })
})
