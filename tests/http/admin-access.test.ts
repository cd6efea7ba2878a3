import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ATTEMPT_LIMITS } from '../../app/accounts/attempt-limits'
import {
  createAdministration,
  followLink,
  formOf,
  linkIn,
  type Someone,
} from '../support/administration'
import { dump } from '../support/dump'
import { startServer, type TestServer } from '../support/server'
import { createVisitor } from '../support/visitor'

describe('administrators over HTTP', () => {
  let server: TestServer
  let admin: Someone
  let { invite } = {} as ReturnType<typeof createAdministration>
  beforeAll(async () => {
    server = await startServer()
    const administration = createAdministration(server)
    ;({ invite } = administration)
    admin = await administration.setUp()
  })
  afterAll(() => server.dispose())

  async function makeLink({ id }: Someone): Promise<string> {
    const answer = await admin.confirm(`/admin/users/${id}`, { intent: 'password-link' })
    return linkIn(await answer.text())
  }

  it('disable somebody, who is out in the same moment and told why at the next sign-in', async () => {
    const ada = await invite(admin)
    await admin.confirm(`/admin/users/${ada.id}`, { intent: 'disable' })
    expect(await ada.isSignedIn()).toBe(false)
    const refused = await ada.signIn(ada.email)
    expect(refused.status).toBeGreaterThanOrEqual(400)
    expect(await refused.text()).toMatch(/has been disabled/)
    const wrong = await ada.signIn(ada.email, 'something else')
    expect(await wrong.text()).not.toMatch(/has been disabled/)
    await admin.submit(`/admin/users/${ada.id}`, { intent: 'enable' })
    expect((await ada.signIn(ada.email)).status).toBe(302)
  })

  it('end one session of somebody, or all, and never another person’s by its id', async () => {
    const [ada, other] = [await invite(admin), await invite(admin)]
    const elsewhere = createVisitor(server.origin)
    await elsewhere.signIn(ada.email)
    const sessionsOf = async ({ id }: Someone) =>
      (await dump(server))
        .Session!.filter(({ userId }) => userId === id)
        .map((session) => String(session.id))
    const [first] = await sessionsOf(ada)
    const end = (fields: Record<string, string>) => admin.confirm(`/admin/users/${ada.id}`, fields)

    await end({ intent: 'sign-out-of-session', sessionId: (await sessionsOf(other))[0]! })
    expect(await other.isSignedIn()).toBe(true)
    await end({ intent: 'sign-out-of-session', sessionId: first! })
    expect([await ada.isSignedIn(), await elsewhere.isSignedIn()]).toEqual([false, true])
    await end({ intent: 'sign-out-of-sessions' })
    expect(await elsewhere.isSignedIn()).toBe(false)
    expect(await other.isSignedIn()).toBe(true)
  })

  it('give links that work once: of sixteen at the same time one', async () => {
    const ada = await invite(admin)
    const link = await makeLink(ada)
    const browsers = Array.from({ length: 16 }, () => createVisitor(server.origin))
    await Promise.all(browsers.map((browser) => browser.get(link)))
    const answers = await Promise.all(
      browsers.map((browser, index) =>
        browser.post(formOf(link), { password: `eight red bicycles ${index}` }),
      ),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 302)).toHaveLength(1)
    expect(statuses.filter((status) => ![302, 410, 429].includes(status))).toEqual([])
    const signedIn = await Promise.all(browsers.map((browser) => browser.isSignedIn()))
    expect(signedIn.indexOf(true)).toBe(statuses.indexOf(302))
    expect(await ada.isSignedIn()).toBe(false)
  })

  it('delete by a confirmation page that says what will go, and what stays', async () => {
    const ada = await invite(admin, { name: 'Ada & <b>' })
    const elsewhere = createVisitor(server.origin)
    await elsewhere.signIn(ada.email)
    const page = `/admin/users/${ada.id}/delete`
    const preview = await (await admin.get(page)).text()
    expect(preview).toContain('2 sessions')
    expect(preview).not.toContain('<b>')
    expect(preview).toContain('The audit log keeps a record: what Ada &amp; &lt;b&gt; did')
    expect(preview).toContain('each entry for 2 years from when it was written')
    const answer = await admin.confirm(page, { intent: 'delete' })
    const next = await (await admin.get(answer.headers.get('Location')!)).text()
    expect(next).toContain('The account of Ada &amp; &lt;b&gt; was deleted')
    expect(next).toContain('2 sessions went with it')
    expect([await ada.isSignedIn(), await elsewhere.isSignedIn()]).toEqual([false, false])
    expect((await admin.confirm(page, { intent: 'delete' })).status).toBe(404)
  })

  it('refuse to invite without end, say when to come back, and delete all the same', async () => {
    const ada = await invite(admin)
    await server.query(
      `UPDATE "AttemptCounter" SET "points" = ? WHERE "key" LIKE 'administration:%'`,
      ATTEMPT_LIMITS.administration.attempts,
    )
    const wanted = { name: 'One more', email: 'one-more@example.com', role: 'user' }
    const page = `/admin/users/${ada.id}`
    for (const refused of [
      await admin.submit('/admin/users/new', wanted),
      await admin.submit(page, { ...wanted, intent: 'edit' }),
      await admin.submit(page, { intent: 'password-link' }),
    ]) {
      expect(refused.status).toBe(429)
      expect(refused.headers.get('Retry-After')).toMatch(/^\d+$/)
      expect(await refused.text()).toMatch(/Too many changes\. Try again in \d+ minutes\./)
    }
    expect((await admin.confirm(`${page}/delete`)).status).toBe(302)
    await server.query(`DELETE FROM "AttemptCounter" WHERE "key" LIKE 'administration:%'`)
  })

  it('find what happened to somebody who is gone, and that person’s events only', async () => {
    const gone = await invite(admin, { name: 'Ophelia Unmistakable' })
    await invite(admin, { name: 'Somebody Else' })
    await admin.confirm(`/admin/users/${gone.id}/delete`)
    const log = await (await admin.get('/admin/audit?person=ophelia')).text()
    const table = /<tbody[\s\S]*<\/tbody>/.exec(log)![0]
    for (const words of ['Account created', 'Password chosen', 'Signed in', 'Account deleted']) {
      expect(table).toContain(words)
    }
    expect(table).not.toContain('Somebody Else')
    const deletions = await admin.get('/admin/audit?person=ophelia&kind=user.deleted')
    expect((await deletions.text()).match(/<tr/g)).toHaveLength(2)
  })

  it('never show an event of somebody else on a person’s own page', async () => {
    const [ada, other] = [await invite(admin), await invite(admin, { name: 'Secretive Soul' })]
    const session = (await dump(server)).Session!.find(({ userId }) => userId === other.id)!
    for (const path of ['/profile/activity', `/profile/activity?session=${String(session.id)}`]) {
      const page = await (await ada.get(path)).text()
      expect(page).not.toMatch(/Secretive|New password link for/)
    }
    const nothing = await (await ada.get(`/profile/activity?session=${String(session.id)}`)).text()
    expect(nothing).toContain('Nothing happened yet')
  })

  it('sign everyone out but themselves here', async () => {
    const [ada, elsewhere] = [await invite(admin), createVisitor(server.origin)]
    await elsewhere.signIn(admin.email)
    const answer = await admin.confirm('/admin/users', { intent: 'sign-everyone-out' })
    expect(await answer.text()).toMatch(/Everyone was signed out of \d+ sessions/)
    expect(await Promise.all([ada, elsewhere, admin].map((one) => one.isSignedIn()))).toEqual([
      false,
      false,
      true,
    ])
    await followLink(ada, await makeLink(ada))
    expect(await ada.isSignedIn()).toBe(true)
  })
})
