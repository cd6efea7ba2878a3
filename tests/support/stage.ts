import { addApplication, reach, signInAt } from './applications'
import { letNothingExpire } from './expire'
import { buildStageAtFirst, type StageAtFirst } from './stage-at-first'
import { buildMailStage, type MailStage } from './stage-with-mail'
import { startServer, type TestServer } from './server'
import { createVisitor, PASSWORD, type Visitor, type VisitorOptions } from './visitor'

/** A server with people, devices and a history that look like real ones, for whoever looks at pages. */
export type Stage = {
  server: TestServer
  /** Another one, that nobody has set up yet; started when it is asked for. */
  empty: () => Promise<TestServer>
  /** Another one, that sends mail; started when it is asked for. */
  withMail: () => Promise<MailStage>
  /** Another one, on its first day; started when it is asked for. */
  atFirst: () => Promise<StageAtFirst>
  /** Signed in, each with their cookies. */
  admin: Visitor
  user: Visitor
  /** Of a user for administrators to look at, and of the one who looks. */
  userId: string
  adminId: string
  /** Where somebody chooses a password. */
  passwordLink: string
  dispose(): Promise<void>
}

const ADA = { name: 'Ada Lovelace', email: 'ada@example.com' }
const GRACE = { name: 'Grace Hopper', email: 'grace@example.com' }

const DEVICES = {
  mac: {
    ip: '203.0.113.24',
    userAgent:
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0',
  },
  phone: {
    ip: '192.0.2.61',
    userAgent:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  },
  windows: {
    ip: '198.51.100.7',
    userAgent:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  },
}

const COLLEAGUES = [
  'Alan Turing',
  'Barbara Liskov',
  'Donald Knuth',
  'Edsger Dijkstra',
  'Frances Allen',
  'Hubert Blaine Wolfeschlegelsteinhausenbergerdorff',
  'Katherine Johnson',
  'Margaret Hamilton',
  'Radia Perlman',
]

export async function buildStage(): Promise<Stage> {
  const server = await startServer({ TRUST_PROXY: '1', SIGNUP: 'open' })
  let empty: Promise<TestServer> | undefined
  let withMail: Promise<MailStage> | undefined
  let atFirst: Promise<StageAtFirst> | undefined
  const admin = await setUp(server)
  await signInOn(server, DEVICES.phone)
  await signInOn(server, DEVICES.windows)
  const user = await signUpGrace(server)
  const created = []
  for (const name of COLLEAGUES) created.push(await createUser(admin, name))
  const [alan, barbara] = created as [Created, Created]
  await admin.confirm(`/admin/users/${alan.id}`, { intent: 'disable' })
  await addApplications(server)
  await createToken(admin, 'Greeting on the start page', ['profile:read'], '365')
  await createToken(admin, 'Leavers, from the HR system', ['profile:read', 'users:write'], '90')
  await addGroups(server, admin)
  await letTimePass(server)
  await letNothingExpire(server)
  return {
    server,
    empty: () => (empty ??= startServer()),
    withMail: () => (withMail ??= buildMailStage()),
    atFirst: () => (atFirst ??= buildStageAtFirst()),
    admin,
    user,
    userId: await userIdOf(server, GRACE.email),
    adminId: await userIdOf(server, ADA.email),
    passwordLink: barbara.passwordLink,
    async dispose() {
      await server.dispose()
      await (await empty)?.dispose()
      await (await withMail)?.dispose()
      await (await atFirst)?.dispose()
    },
  }
}

async function setUp(server: TestServer): Promise<Visitor> {
  const admin = createVisitor(server.origin, DEVICES.mac)
  await admin.setUp(server.setUpToken(), ADA.email, ADA.name)
  // She has seen to all of it long ago.
  await admin.submit('/profile', { intent: 'hide-next-steps' })
  return admin
}

const signInOn = (server: TestServer, device: VisitorOptions) =>
  createVisitor(server.origin, device).signIn(ADA.email, PASSWORD, { keep: 'on' })

async function signUpGrace(server: TestServer): Promise<Visitor> {
  const grace = createVisitor(server.origin, DEVICES.windows)
  await grace.signUp(GRACE.email, GRACE.name)
  return grace
}

type Created = { id: string; passwordLink: string }

async function createUser(admin: Visitor, name: string): Promise<Created> {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@example.com`
  const answer = await admin.submit('/admin/users/new', {
    ...{ intent: 'create', role: 'user' },
    ...{ name, email },
  })
  const html = await answer.text()
  const id = /\/admin\/users\/([\w-]{36})/.exec(html)?.[1]
  const token = /password-link\?token=([\w-]+)/.exec(html)?.[1]
  if (!id || !token) throw new Error(`${name} was not created: ${answer.status}`)
  return { id, passwordLink: `/password-link?token=${token}` }
}

/** What the people may open, and what the devices of one of them reached. */
async function addApplications(server: TestServer) {
  const sessions = await server.query<{ sessionId: string; userId: string; ip: string }>(
    `SELECT "Session"."id" AS "sessionId", "userId", "ip" FROM "Session"
     JOIN "User" ON "User"."id" = "userId" WHERE "email" = ?`,
    ADA.email,
  )
  const on = ({ ip }: { ip: string }) => sessions.find((session) => session.ip === ip)!
  const add = (name: string) => addApplication(server, { name, id: name.toLowerCase() })
  const [wiki, files, grafana] = [await add('Wiki'), await add('Files'), await add('Grafana')]
  const photos = await add('Photos')
  await reach(server, on(DEVICES.mac), wiki, ago({ hours: 1 }))
  await reach(server, on(DEVICES.phone), wiki, ago({ days: 2 }))
  await reach(server, on(DEVICES.phone), files, ago({ hours: 5 }))
  await reach(server, on(DEVICES.windows), grafana, ago({ days: 4 }))
  await signOutOf(server, photos)
}

/** Grace was in an application, and signed out of that alone. */
async function signOutOf(server: TestServer, application: { id: string }) {
  const userId = await userIdOf(server, GRACE.email)
  const [id = ''] = await signInAt(server, { applicationId: application.id, userId })
  await server.query('DELETE FROM "ApplicationCookie" WHERE "applicationSessionId" = ?', id)
  await server.query('UPDATE "ApplicationSession" SET "askAgain" = TRUE WHERE "id" = ?', id)
}

/** One group that opens an application, and one that opens nothing. */
async function addGroups(server: TestServer, admin: Visitor) {
  for (const [id, name] of Object.entries({ staff: 'Staff', family: 'Family' })) {
    await admin.submit('/admin/groups', { intent: 'add-group', id, name })
  }
  const userId = [await userIdOf(server, ADA.email), await userIdOf(server, GRACE.email)]
  await admin.submit('/admin/groups/staff', { intent: 'add-members', userId })
  await admin.submit('/admin/applications/wiki', {
    ...{ intent: 'edit', name: 'Wiki', address: 'https://wiki.example.org', confirmed: 'yes' },
    ...{ access: 'groups', group: 'staff', upstream: 'http://127.0.0.1:8080' },
  })
}

async function createToken(admin: Visitor, name: string, scope: string[], lifetime: string) {
  const fields = { intent: 'create-token', name, scope, lifetime }
  const answer = await admin.submit('/profile/tokens', fields)
  if (answer.status !== 200) throw new Error(`The token was not created: ${answer.status}`)
}

/** Spreads over days what has just happened within a second. */
async function letTimePass({ query, queryEach }: TestServer) {
  await queryEach(
    `UPDATE "Session" SET "createdAt" = ?, "lastSeenAt" = ? WHERE "ip" = ?
     AND "userId" = (SELECT "id" FROM "User" WHERE "email" = ?)`,
    [
      [ago({ days: 9 }), ago({ hours: 2 }), DEVICES.phone.ip, ADA.email],
      [ago({ days: 30 }), ago({ days: 3 }), DEVICES.windows.ip, ADA.email],
    ],
  )

  const spread = async (table: string, column: string, hours: number) => {
    const rows = await query<{ id: string }>(`SELECT "id" FROM "${table}" ORDER BY "id" DESC`)
    await queryEach(
      `UPDATE "${table}" SET "${column}" = ? WHERE "id" = ?`,
      rows.map(({ id }, index) => [ago({ hours: index * hours + 1 }), id]),
    )
  }
  await spread('AuditEvent', 'at', 5)
  await spread('User', 'createdAt', 50)
  await spread('ApiToken', 'createdAt', 30)
}

const ago = ({ days = 0, hours = 0 }) => new Date(Date.now() - (days * 24 + hours) * 3_600_000)

async function userIdOf({ queryValue }: TestServer, email: string): Promise<string> {
  return (await queryValue<string>('SELECT "id" FROM "User" WHERE "email" = ?', email))!
}
