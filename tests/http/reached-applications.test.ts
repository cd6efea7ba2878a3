import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAdministration, type Someone } from '../support/administration'
import { addApplication, reach } from '../support/applications'
import { startServer, type TestServer } from '../support/server'
import { createVisitor } from '../support/visitor'

describe('the applications that a session reached', () => {
  let server: TestServer
  let admin: Someone
  let { invite } = {} as ReturnType<typeof createAdministration>
  let wiki: { id: string; name: string }
  beforeAll(async () => {
    server = await startServer()
    const administration = createAdministration(server)
    ;({ invite } = administration)
    admin = await administration.setUp()
    wiki = await addApplication(server)
  })
  afterAll(() => server.dispose())

  /** Somebody with a second session, which is signed in to the wiki. */
  async function somebody() {
    const ada = await invite(admin)
    const elsewhere = createVisitor(server.origin)
    await elsewhere.signIn(ada.email)
    const sessionId = elsewhere.secret()!.split('.')[0]!
    const signInId = await reach(server, { sessionId, userId: ada.id }, wiki)
    return { ada, elsewhere, signInId }
  }
  const cookies = (id: string) =>
    server.query('SELECT 1 FROM "ApplicationCookie" WHERE "applicationSessionId" = ?', id)
  const leave = (signInId: string) => ({ intent: 'sign-out-of-application', signInId })

  it('are left by nobody but the person whose session it is, and by no id that is none', async () => {
    const { signInId } = await somebody()
    const mallory = await invite(admin)
    for (const id of [signInId, 'x', 'a\0', '']) {
      const answer = await mallory.confirm('/profile', leave(id))
      expect([id, answer.status]).toEqual([id, 200])
      expect(await answer.text()).toContain('signed out of it already')
    }
    expect(await cookies(signInId)).toHaveLength(1)
  })

  it('are left after a question where the page could not ask', async () => {
    const { ada, signInId } = await somebody()
    const asked = await (await ada.submit('/profile', leave(signInId))).text()
    expect(asked).toContain('Sign out of Wiki?')
    expect(await cookies(signInId)).toHaveLength(1)
    const done = await (await ada.confirm('/profile', leave(signInId))).text()
    expect(done).toMatch(/Signed out of Wiki in [^;<]+; it will ask before it lets you in again/)
    expect(await cookies(signInId)).toEqual([])
    expect(await (await ada.get('/profile')).text()).not.toContain(signInId)
  })

  it('are left in the very browser, whose session goes on', async () => {
    const { elsewhere, signInId } = await somebody()
    const done = await (await elsewhere.confirm('/profile', leave(signInId))).text()
    expect(done).toContain('Signed out of Wiki on this browser; it will ask')
    expect(await elsewhere.isSignedIn()).toBe(true)
  })

  it('are named when their session is ended, by its owner and by an administrator', async () => {
    const one = await somebody()
    const ended = await one.ada.confirm('/profile', { intent: 'sign-out-of-sessions' })
    expect(await ended.text()).toContain('It can no longer use your account or open Wiki.')
    const other = await somebody()
    const byAdmin = await admin.confirm(`/admin/users/${other.ada.id}`, {
      intent: 'sign-out-of-sessions',
    })
    expect(await byAdmin.text()).toContain('They can no longer use this account or open Wiki.')
  })

  it('are counted before and after a person is deleted', async () => {
    const { ada } = await somebody()
    expect(await (await ada.get('/profile/delete')).text()).toContain('1 sign-in')
    const page = `/admin/users/${ada.id}/delete`
    expect(await (await admin.get(page)).text()).toContain('1 sign-in')
    const next = (await admin.confirm(page)).headers.get('Location')!
    expect(await (await admin.get(next)).text()).toContain(
      '2 sessions and 1 sign-in at applications went with it',
    )
  })
})
