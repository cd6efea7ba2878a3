import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addApplication, letIn } from '../support/applications'
import { createAdministration, type Someone } from '../support/administration'
import { dump } from '../support/dump'
import { startServer, type TestServer } from '../support/server'

describe('an API token for an application', () => {
  let server: TestServer
  let admin: Someone
  let { invite, asProgram, isAccepted } = {} as ReturnType<typeof createAdministration>
  beforeAll(async () => {
    server = await startServer()
    const administration = createAdministration(server)
    ;({ invite, asProgram, isAccepted } = administration)
    admin = await administration.setUp()
  })
  afterAll(() => server.dispose())

  const fields = (application: string) => ({
    intent: 'create-token',
    name: 'git',
    application,
    lifetime: '7',
  })
  const tokensOf = async ({ id }: Someone) =>
    (await dump(server)).ApiToken!.filter(({ userId }) => userId === id)

  it('is refused for an application that is not open to its owner, not there, or with scopes', async () => {
    const ada = await invite(admin)
    const [open, closed] = [
      await addApplication(server),
      await addApplication(server, { name: 'Files', forEverybody: false }),
    ]
    for (const wrong of [
      fields(closed.id),
      fields('nothing-of-this-name'),
      fields('a\0'),
      fields('x'.repeat(1000)),
      { ...fields(open.id), scope: 'profile:read' },
      { ...fields(open.id), application: [open.id, open.id] },
      fields(''),
    ]) {
      const answer = await ada.submit('/profile/tokens', wrong)
      expect([wrong, answer.status]).toEqual([wrong, 422])
    }
    expect(await tokensOf(ada)).toEqual([])
  })

  it('is offered only for what its owner may open, and not at all where there is nothing', async () => {
    const { id } = await addApplication(server, { name: 'Secret', forEverybody: false })
    const [ada, grace] = [await invite(admin), await invite(admin)]
    await letIn(server, ada.id, { id })
    const page = async (who: Someone) => (await who.get('/profile/tokens')).text()
    expect(await page(ada)).toContain(`<option value="${id}">Secret</option>`)
    expect(await page(grace)).not.toContain('Secret')
    await server.query('DELETE FROM "Application"')
    expect(await page(grace)).not.toContain('name="application"')
  })

  it('is made, listed with the name of the application, opens nothing here, and is revoked', async () => {
    const ada = await invite(admin)
    const { id, address } = await addApplication(server)
    const shown = await (await ada.submit('/profile/tokens', fields(id))).text()
    const [token] = /lka_[\w-]{50}/.exec(shown)!
    expect(shown).toContain(`${address}</`)
    expect(await isAccepted(token)).toBe(false)
    expect((await asProgram(token, `/api/v1/users/${ada.id}`, 'DELETE')).status).toBe(401)
    const pages = [
      await (await ada.get('/profile/tokens')).text(),
      await (await admin.get(`/admin/users/${ada.id}`)).text(),
    ]
    for (const page of pages) {
      expect(page).toContain('for Wiki')
      expect(page).not.toContain(token.slice(4, 47))
    }
    const [row] = await tokensOf(ada)
    expect(row).toMatchObject({ applicationId: id, scopes: '' })
    const revoke = { intent: 'revoke-token', tokenId: String(row!.id) }
    await ada.confirm('/profile/tokens', revoke)
    expect(await tokensOf(ada)).toEqual([])
  })

  it('says so when its owner may not open the application any more', async () => {
    const ada = await invite(admin)
    const application = await addApplication(server, { forEverybody: false })
    await letIn(server, ada.id, application)
    await ada.submit('/profile/tokens', fields(application.id))
    const page = async () => (await ada.get('/profile/tokens')).text()
    expect(await page()).not.toContain('not open to you any more')
    await server.query('DELETE FROM "GroupMember" WHERE "userId" = ?', ada.id)
    expect(await page()).toContain('for Wiki, which is not open to you any more')
  })
})
