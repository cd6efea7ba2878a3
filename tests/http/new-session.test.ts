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
    const { Session } = await dump(server)
    expect(Session!.sort((a, b) => (a.id! < b.id! ? -1 : 1)).at(-1)).toMatchObject({ ip })
  })

  it('ends, as the 101st, the one that was not used for longest', async () => {
    const [{ userId }] = (await dump(server)).Session! as [{ userId: string }]
    await fill(server, userId, 100)
    const idle = await oldestOf(server)
    await createVisitor(server.origin).signIn('ada@example.com')
    const { Session } = await dump(server)
    expect(Session).toHaveLength(100)
    expect(Session!.map(({ id }) => id)).not.toContain(idle)
    expect(await oldestOf(server)).not.toBe(idle)
  })
})

/** Adds sessions, used longer and longer ago, until there are so many. */
async function fill({ query, queryValue, queryEach }: TestServer, userId: string, wanted: number) {
  const count = (await queryValue<number>('SELECT count(*) FROM "Session"'))!
  const [session = {}] = await query('SELECT * FROM "Session" LIMIT 1')
  const others = Object.keys(session)
    .filter((name) => !['id', 'tokenHash', 'lastSeenAt'].includes(name))
    .map((name) => `"${name}"`)
    .join(', ')
  await queryEach(
    `INSERT INTO "Session" ("id", "tokenHash", "lastSeenAt", ${others})
     SELECT ?, ?, ?, ${others} FROM "Session" WHERE "userId" = ? LIMIT 1`,
    Array.from({ length: wanted - count }, (_, index) => [
      `01890000-0000-7000-8000-${String(count + index).padStart(12, '0')}`,
      randomBytes(32),
      new Date(Date.now() - (count + index) * 60_000),
      userId,
    ]),
  )
}

const oldestOf = ({ queryValue }: TestServer) =>
  queryValue<string>('SELECT "id" FROM "Session" ORDER BY "lastSeenAt" LIMIT 1')
