import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAdministration, type Someone } from '../support/administration'
import { formsIn } from '../support/page-forms'
import { startServer, type TestServer } from '../support/server'
import { sessionCookieName } from '../support/session-cookie'
import { PASSWORD } from '../support/visitor'

const ROUNDS = 12

describe('the last administrator', () => {
  let server: TestServer
  let admin: Someone
  let { setUp, invite, edit, createToken, asProgram } = {} as ReturnType<
    typeof createAdministration
  >
  beforeAll(async () => {
    server = await startServer()
    ;({ setUp, invite, edit, createToken, asProgram } = createAdministration(server))
    admin = await setUp()
  })
  afterAll(() => server.dispose())

  it('cannot be demoted, disabled or deleted, by any form or token of theirs', async () => {
    await invite(admin)
    const page = `/admin/users/${admin.id}`
    const token = await createToken(admin, ['users:write'])
    const ways = [
      () => edit(admin, admin, 'user'),
      () => admin.confirm(page, { intent: 'disable' }),
      () => admin.confirm(`${page}/delete`, { intent: 'delete' }),
      () => admin.confirm('/profile/delete', { currentPassword: PASSWORD }),
      () => asProgram(token, `/api/v1/users/${admin.id}`, 'DELETE'),
    ]
    const statuses = []
    for (const way of ways) statuses.push((await way()).status)
    expect(statuses).toEqual([422, 422, 422, 422, 409])
    expect((await admin.get('/admin/users')).status).toBe(200)
  })

  it('is not asked about what would be refused, nor offered it', async () => {
    const page = `/admin/users/${admin.id}`
    const fields = { name: 'Ada Lovelace', email: admin.email, role: 'user' }
    for (const form of [{ intent: 'disable' }, { intent: 'edit', ...fields }]) {
      const answer = await admin.submit(page, form)
      expect([answer.status, await answer.text()]).toEqual([
        422,
        expect.stringContaining('This is the only administrator.'),
      ])
    }
    const shown = await (await admin.get(page)).text()
    expect(shown).toContain('The only administrator cannot be disabled.')
    expect(formsIn(shown, page).map(({ intent }) => intent)).not.toContain('disable')
    const leaving = await (await admin.get('/profile/delete')).text()
    expect(leaving).toContain('You are the only administrator.')
    expect(formsIn(leaving, '/profile/delete').map(({ path }) => path)).toEqual(['/logout'])
  })

  it('who is not the last gives up administration after a question, and is told so', async () => {
    const [other, path] = [await invite(admin, { role: 'admin' }), `/admin/users/${admin.id}`]
    const fields = { intent: 'edit', name: 'Ada Lovelace', email: admin.email, role: 'user' }
    const asked = await admin.submit(path, fields)
    expect(await asked.text()).toContain('Give up administration?')
    expect((await admin.get('/admin/users')).status).toBe(200)
    // Whatever does not take the pages away is not asked about.
    expect(await (await admin.submit(path, { ...fields, role: 'admin' })).text()).toContain('Saved')

    const done = await edit(admin, admin, 'user')
    expect([done.status, done.headers.get('Location')]).toEqual([302, '/profile'])
    expect((await admin.get('/admin/users')).status).toBe(403)
    admin = other
  })

  it('who ends all their own sessions, or the one of this browser, has signed out', async () => {
    const path = `/admin/users/${admin.id}`
    const ways = [
      async () => ({
        intent: 'sign-out-of-session',
        sessionId: (await admin.identity()).session.id,
      }),
      async () => ({ intent: 'sign-out-of-sessions' }),
    ]
    for (const way of ways) {
      const answer = await admin.confirm(path, await way())
      expect(answer.headers.get('Location')).toBe('/login?reason=signed-out')
      expect(answer.headers.get('Set-Cookie')).toContain(`${sessionCookieName(server.origin)}=;`)
      expect((await admin.get(path)).status).toBe(302)
      await admin.signIn(admin.email)
    }
  })

  it(`remains when two act on each other in the same instant, ${ROUNDS} times`, async () => {
    const removals = [
      (by: Someone, whom: Someone) => edit(by, whom, 'user'),
      (by: Someone, { id }: Someone) => by.confirm(`/admin/users/${id}`, { intent: 'disable' }),
      (by: Someone, { id }: Someone) => by.confirm(`/admin/users/${id}/delete`, {}),
    ]
    for (let round = 0; round < ROUNDS; round += 1) {
      const other = await invite(admin, { role: 'admin' })
      const [one, two] = [removals[round % 3]!, removals[Math.floor(round / 3) % 3]!]
      const answers = await Promise.all([one(admin, other), two(other, admin)])
      const left = await administrators(server)
      expect(left, answers.map(({ status }) => status).join()).toHaveLength(1)
      admin = left[0] === admin.id ? admin : other
      expect((await admin.get('/admin/users')).status).toBe(200)
    }
  })
})

async function administrators(server: TestServer): Promise<string[]> {
  const rows = await server.query<{ id: string }>(
    `SELECT "id" FROM "User" WHERE "role" = 'admin' AND "disabledAt" IS NULL`,
  )
  return rows.map(({ id }) => id)
}
