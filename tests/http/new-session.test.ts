import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dump } from '../support/dump'
import { startOpenServer, type TestServer } from '../support/server'
import { createVisitor, PASSWORD } from '../support/visitor'

describe('a new session', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startOpenServer({ TRUST_PROXY: '1' })
    await createVisitor(server.origin).signUp('ada@example.com')
  })
  afterAll(() => server.dispose())

  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['198.51.100.66, 203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['203.0.113.9:40100', '203.0.113.9'],
    ['"[2001:DB8:0:0::7]:443"', '2001:db8::7'],
    ['203.0.113.9, <script>', 'unknown'],
    ["203.0.113.9'--", 'unknown'],
  ])('comes from as far as proxies are trusted: %s means %s', async (forwarded, ip) => {
    const visitor = createVisitor(server.origin)
    await visitor.post(
      '/login',
      { email: 'ada@example.com', password: PASSWORD },
      { 'X-Forwarded-For': forwarded, 'X-Real-IP': '1.2.3.4', Forwarded: 'for=1.2.3.4' },
    )
    const { Session } = dump(server)
    expect(Session!.sort((a, b) => (a.id! < b.id! ? -1 : 1)).at(-1)).toMatchObject({ ip })
  })

  it('ends, as the 101st, the one that was not used for longest', async () => {
    const [{ userId }] = dump(server).Session! as [{ userId: string }]
    fill(server, userId, 100)
    const idle = oldestOf(server)
    await createVisitor(server.origin).signIn('ada@example.com')
    const { Session } = dump(server)
    expect(Session).toHaveLength(100)
    expect(Session!.map(({ id }) => id)).not.toContain(idle)
    expect(oldestOf(server)).not.toBe(idle)
  })
})

/** Adds sessions, used longer and longer ago, until there are so many. */
function fill(server: TestServer, userId: string, wanted: number) {
  const database = server.openDatabase()
  const [{ count }] = database.prepare('SELECT count(*) AS count FROM Session').all() as [
    { count: number },
  ]
  const copy = database.prepare(
    `INSERT INTO Session
       SELECT ?, ?, formKey, userId, createdAt, ?, createdAt, expiresAt, endsAt, ip, userAgent
       FROM Session WHERE userId = ? LIMIT 1`,
  )
  for (let index = count; index < wanted; index += 1) {
    const used = new Date(Date.now() - index * 60_000).toISOString().replace('Z', '+00:00')
    const id = `01890000-0000-7000-8000-${String(index).padStart(12, '0')}`
    copy.run(id, randomBytes(32), used, userId)
  }
  database.close()
}

const oldestOf = (server: TestServer) =>
  dump(server).Session!.sort((a, b) => (a.lastSeenAt! < b.lastSeenAt! ? -1 : 1))[0]!.id
