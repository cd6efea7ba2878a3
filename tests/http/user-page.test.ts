import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAdministration, type Someone } from '../support/administration'
import { addApplication, reach } from '../support/applications'
import { formsIn } from '../support/page-forms'
import { startServer, type TestServer } from '../support/server'
import { createVisitor } from '../support/visitor'

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

describe('the page of a user', () => {
  let server: TestServer
  let admin: Someone
  let ada: Someone
  beforeAll(async () => {
    server = await startServer()
    const { setUp, invite } = createAdministration(server)
    admin = await setUp()
    ada = await invite(admin)
  })
  afterAll(() => server.dispose())

  /** What stands between the frame, in one line. */
  async function page(id = ada.id) {
    const html = await (await admin.get(`/admin/users/${id}`)).text()
    return /<main.*<\/main>/s.exec(html)![0].replaceAll('<!-- -->', '')
  }

  it('says when the account was created and last active, the exact time on hover', async () => {
    await server.query(
      'UPDATE "User" SET "createdAt" = ?, "lastActiveAt" = ? WHERE "id" = ?',
      ...[new Date('2025-03-09T10:20:30Z'), new Date('2025-04-01T01:02:03Z'), ada.id],
    )
    const html = await page()
    expect(html).toMatch(
      /Created <time dateTime="2025-03-09T10:20:30.000Z" title="9 March 2025, 10:20:30 UTC"[^>]*>9 March 2025</,
    )
    expect(html).toMatch(/title="1 April 2025, 01:02:03 UTC"[^>]*>Active on 1 April 2025</)
  })

  it('says of a session that it expires if it is not used, unless it does so anyway', async () => {
    const ends = new Date(Date.now() + 7_200_000)
    const expireAt = (moment: Date) =>
      server.query(
        'UPDATE "Session" SET "endsAt" = ?, "expiresAt" = ? WHERE "userId" = ?',
        ...[ends, moment, ada.id],
      )
    await expireAt(ends)
    expect(await page()).not.toContain('if it is not used')
    await expireAt(new Date(ends.getTime() - 3_600_000))
    expect(await page()).toContain('if it is not used')
  })

  it('says of who was never active that they never were', async () => {
    await admin.submit('/admin/users/new', {
      ...{ intent: 'create', role: 'user', name: 'Nobody Yet', email: 'nobody@example.com' },
    })
    const id = await server.queryValue<string>(
      'SELECT "id" FROM "User" WHERE "email" = ?',
      'nobody@example.com',
    )
    expect(await page(id)).toContain('Never active')
  })

  it('leads to what the log has about them and by them, and to what each session did', async () => {
    const [session] = await server.query('SELECT "id" FROM "Session" WHERE "userId" = ?', ada.id)
    const html = await page()
    for (const asked of [`by=${ada.id}`, `about=${ada.id}`, `session=${String(session!.id)}`]) {
      expect(html).toContain(`href="/admin/audit?${asked}"`)
      expect((await admin.get(`/admin/audit?${asked}`)).status).toBe(200)
    }
  })

  it('has the lines of their own page for each session, with what it reached', async () => {
    const [session] = await server.query<{ sessionId: string; userId: string }>(
      'SELECT "id" AS "sessionId", "userId" FROM "Session" WHERE "userId" = ?',
      ada.id,
    )
    await reach(server, session!, await addApplication(server, { name: 'Library' }), new Date())
    const [theirs, ours] = [await (await ada.get('/profile')).text(), await page()]
    for (const shown of [theirs, ours]) {
      expect(shown).toMatch(/aria-label="Applications that [^"]+ reached"/)
      expect(shown).toContain('Library')
      expect(shown).toContain('Details')
    }
    expect(formsIn(ours, '').map(({ intent }) => intent)).not.toContain('sign-out-of-application')
  })

  it('has one button to sign out of a single session, and one more for all of several', async () => {
    const ways = async () =>
      formsIn(await page(), '')
        .map(({ intent }) => intent)
        .filter((intent) => intent.startsWith('sign-out-of'))
    expect(await ways()).toEqual(['sign-out-of-session'])
    await createVisitor(server.origin, { userAgent: FIREFOX }).signIn(ada.email)
    expect((await ways()).sort()).toEqual([
      ...['sign-out-of-session', 'sign-out-of-session', 'sign-out-of-sessions'],
    ])
  })

  it('offers administrators nothing about themselves that would be refused', async () => {
    const html = await page(admin.id)
    const intents = formsIn(html, '').map(({ intent }) => intent)
    for (const refused of ['password-link', 'mail-password-link', 'remove-factors']) {
      expect(intents).not.toContain(refused)
    }
    expect(html).not.toContain('Delete account…')
    expect(html).toContain('href="/profile/security"')
  })

  it('says nothing that reads as if it were of who looks at it', async () => {
    const words = (await page()).replaceAll(/<[^>]*>/g, ' ')
    expect(words).not.toMatch(/\b(my|mine|your|yours|you’re|wasn’t me|this session)\b/i)
  })
})
