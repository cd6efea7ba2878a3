import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAdministration, followLink, linkIn, type Someone } from '../support/administration'
import { addApplication, letIn } from '../support/applications'
import { startServer, type TestServer } from '../support/server'
import { createVisitor, type Visitor } from '../support/visitor'

describe('the page of applications', () => {
  let server: TestServer
  let admin: Someone
  let { invite } = {} as ReturnType<typeof createAdministration>
  beforeAll(async () => {
    server = await startServer({ SIGNUP: 'open' })
    const administration = createAdministration(server)
    ;({ invite } = administration)
    admin = await administration.setUp()
  })
  afterAll(() => server.dispose())

  const page = async (who: Visitor) => (await who.get('/apps')).text()
  const destination = async (answer: Promise<Response>) => (await answer).headers.get('Location')
  const NAV_ENTRY = 'href="/apps"'

  it('is nowhere linked and says what to wait for while there is nothing to open', async () => {
    const ada = await invite(admin)
    await addApplication(server, { name: 'Secret', forEverybody: false })
    const html = await page(ada)
    expect(html).toContain('Nothing to open yet')
    expect(html).not.toContain('Secret')
    expect(await (await ada.get('/profile')).text()).not.toContain(NAV_ENTRY)
    for (const path of ['/', '/login', '/signup']) {
      expect([path, await destination(ada.get(path))]).toEqual([path, '/profile'])
    }
    const elsewhere = createVisitor(server.origin)
    expect(await destination(elsewhere.signIn(ada.email))).toBe('/profile')
    await server.query('DELETE FROM "Application"')
  })

  it('is what a page that failed leads back to, or the profile while there is nothing to open', async () => {
    const failed = async () => (await admin.get('/nowhere')).text()
    const before = await failed()
    await addApplication(server)
    const after = await failed()
    await server.query('DELETE FROM "Application"')
    expect(before).toContain('Go to your profile')
    expect(after).toContain('Go to your apps')
    const noUser = await (await admin.get('/admin/users/nobody')).text()
    expect(noUser).toContain('Go to the users')
  })

  it('shows what the person may open and nothing else, with its host', async () => {
    const [ada, grace] = [await invite(admin), await invite(admin)]
    const wiki = await addApplication(server, { name: 'Wiki' })
    const files = await addApplication(server, { name: 'Files', forEverybody: false })
    await letIn(server, ada.id, files)
    for (const { name, address, host } of [wiki, files]) {
      expect(await page(ada)).toMatch(RegExp(`href="${address}"[^]*?>${name}<[^]*?>${host}<`))
    }
    expect(await page(grace)).toContain(wiki.address)
    expect(await page(grace)).not.toContain(files.id)
    expect(await (await grace.get('/profile')).text()).toContain(NAV_ENTRY)
    await server.query('DELETE FROM "Application"')
  })

  it('is where people land who asked for nothing else, as soon as they may open something', async () => {
    const ada = await invite(admin)
    await addApplication(server)
    const someone = () => createVisitor(server.origin)
    const made = await admin.confirm(`/admin/users/${ada.id}`, { intent: 'password-link' })
    const link = linkIn(await made.text())
    const ways = {
      '/': admin.get('/'),
      'the sign-in page of somebody signed in': admin.get('/login'),
      'a sign-in': someone().signIn(admin.email),
      'a sign-up': someone().signUp('new@example.com'),
      'a password link': followLink(someone(), link),
    }
    for (const [way, answer] of Object.entries(ways)) {
      expect([way, await destination(answer)]).toEqual([way, '/apps'])
    }
    const wanted = { redirectTo: '/profile/tokens' }
    expect(await destination(someone().signIn(admin.email, undefined, wanted))).toBe(
      '/profile/tokens',
    )
    expect(await destination(someone().get('/profile'))).toBe('/login?redirectTo=%2Fprofile')
    expect(await destination(someone().get('/apps'))).toBe('/login')
    await server.query('DELETE FROM "Application"')
  })
})
