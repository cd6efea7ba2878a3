import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createAdministration, type Someone } from '../support/administration'
import { signInAt } from '../support/applications'
import { dump, withoutActivity } from '../support/dump'
import { startServer, type TestServer } from '../support/server'

describe('the pages about groups', () => {
  let server: TestServer
  let admin: Someone
  let ada: Someone
  let bob: Someone
  let count = 0
  let id: string
  let path: string
  beforeAll(async () => {
    server = await startServer()
    const { setUp, invite } = createAdministration(server)
    admin = await setUp()
    ada = await invite(admin)
    bob = await invite(admin, { name: 'Bob' })
  })
  afterAll(() => server.dispose())
  beforeEach(async () => {
    count += 1
    id = `group-${count}`
    path = `/admin/groups/${id}`
    await admin.submit('/admin/groups', { intent: 'add-group', id, name: `Group ${count}` })
  })

  const rows = async () => withoutActivity(await dump(server))
  const members = async () =>
    (await rows())
      .GroupMember!.filter(({ groupId }) => groupId === id)
      .map(({ userId }) => userId)
      .sort()

  /** An application that this group opens, with Ada signed in to it. */
  async function openedToAda() {
    const wiki = { id: `wiki-${count}`, name: 'Wiki', address: `https://wiki-${count}.example.org` }
    await admin.submit('/admin/applications/new', { ...wiki, access: 'groups', group: id })
    await admin.submit(path, { intent: 'add-members', userId: ada.id })
    await signInAt(server, { applicationId: wiki.id, userId: ada.id })
  }
  const signIns = async () =>
    (await rows()).ApplicationSession!.filter((one) => one.applicationId === `wiki-${count}`).length

  it.each<[what: string, fields: Record<string, string>, says: string]>([
    ['a name with a comma', { id: 'x', name: 'Staff, family' }, 'cannot have a comma'],
    ['a name of nothing that is seen', { id: 'x', name: '\u200B' }, 'Give the group a name'],
    ['an id of other characters', { id: 'Staff!', name: 'Other' }, 'is made of'],
    ['an id that is taken', { id: 'group-1', name: 'Other' }, 'Another group has this short name'],
    ['a name that is taken', { id: 'x', name: 'Group 1' }, 'Another group has this name'],
  ])('refuse %s at its field', async (_, fields, says) => {
    const before = await rows()
    const answer = await admin.submit('/admin/groups', { intent: 'add-group', ...fields })
    expect(answer.status).toBe(422)
    expect(await answer.text()).toContain(says)
    expect(await rows()).toEqual(before)
  })

  it('refuse to rename a group to what another is called, or to a name with a comma', async () => {
    const before = await rows()
    for (const name of ['Group 1', 'a,b', '']) {
      const answer = await admin.submit(path, { intent: 'rename', name })
      if (id !== 'group-1' || name !== 'Group 1') expect(answer.status).toBe(422)
    }
    expect((await rows()).Group).toEqual(before.Group)
  })

  it('refuse to add or take out nobody, and ignore ids of nobody', async () => {
    for (const intent of ['add-members', 'remove-members']) {
      const answer = await admin.confirm(path, { intent })
      expect(answer.status).toBe(422)
      expect(await answer.text()).toContain('Tick somebody first.')
    }
    const unknown = await admin.submit(path, { intent: 'add-members', userId: ['x', "'", ''] })
    expect(unknown.status).toBe(200)
    expect(await members()).toEqual([])
  })

  it('say 404 of a group that is not there, and of one that was removed', async () => {
    await admin.confirm(path, { intent: 'remove-group' })
    for (const nothing of [id, 'nothing', "'", '%F0%9F%98%80']) {
      expect((await admin.get(`/admin/groups/${nothing}`)).status).toBe(404)
      const answer = await admin.confirm(`/admin/groups/${nothing}`, { intent: 'remove-group' })
      expect(answer.status).toBe(404)
    }
  })

  it('refuse a group that is not there among those of a person, and change none', async () => {
    const page = `/admin/users/${ada.id}`
    await admin.submit(page, { intent: 'set-groups', group: [id] })
    const answer = await admin.submit(page, { intent: 'set-groups', group: ['nothing'] })
    expect(answer.status).toBe(422)
    expect(await answer.text()).toContain('One of the groups is gone')
    expect(await members()).toEqual([ada.id])
  })

  it('find people by the beginning of name or address, and add several at once', async () => {
    const found = await (await admin.get(`${path}?q=${ada.email.slice(0, 9)}`)).text()
    const several = { intent: 'add-members', userId: [ada.id, bob.id] }
    await admin.submit(path, several)
    await admin.submit(path, several)
    const again = await (await admin.get(`${path}?q=bob`)).text()
    const nobody = await (await admin.get(`${path}?q=zzz`)).text()
    expect(found).toContain(ada.email)
    expect(await members()).toEqual([ada.id, bob.id].sort())
    expect(again).toContain('Member')
    expect(nobody).toContain('No name, e-mail address or username')
  })

  it('ask before somebody is taken out, name what they lose, and sign them out of it', async () => {
    await openedToAda()
    const fields = { intent: 'remove-members', userId: ada.id }
    const question = await (await admin.submit(path, fields)).text()
    expect(question).toMatch(/Whoever may use Wiki by this group alone/)
    expect([await members(), await signIns()]).toEqual([[ada.id], 1])
    await admin.confirm(path, fields)
    expect([await members(), await signIns()]).toEqual([[], 0])
    expect(await ada.isSignedIn()).toBe(true)
  })

  it('ask before a group is removed, name what it opens, and sign out who lost it', async () => {
    await openedToAda()
    const page = await (await admin.get(path)).text()
    const question = await (await admin.submit(path, { intent: 'remove-group' })).text()
    for (const text of [page, question]) expect(text).toMatch(/may use Wiki by this group alone/)
    expect(question).toContain('1 person')
    const answer = await admin.confirm(path, { intent: 'remove-group' })
    expect(answer.headers.get('Location')).toBe('/admin/groups?removed=1')
    expect([await members(), await signIns()]).toEqual([[], 0])
  })

  describe('on the page of a person', () => {
    const wiki = () => `/admin/applications/wiki-${count}`
    const page = async ({ id }: Someone) => (await admin.get(`/admin/users/${id}`)).text()

    it('name no application that the person may not open, nor any to a disabled one', async () => {
      await openedToAda()
      expect(await page(bob)).not.toContain(wiki())
      await admin.confirm(`/admin/users/${ada.id}`, { intent: 'disable' })
      const disabled = await page(ada)
      await admin.submit(`/admin/users/${ada.id}`, { intent: 'enable' })
      expect(disabled).not.toContain('May open')
    })

    it('link to what their groups open, and to what everybody may open', async () => {
      await openedToAda()
      const handbook = { id: `handbook-${count}`, name: 'Handbook' }
      const address = `https://handbook-${count}.example.org`
      await admin.submit('/admin/applications/new', { ...handbook, address, access: 'everybody' })
      const ofAda = await page(ada)
      const ofBob = await page(bob)
      await admin.confirm(`/admin/applications/${handbook.id}/delete`, {})
      expect(ofAda).toContain(`href="${wiki()}"`)
      for (const html of [ofAda, ofBob]) {
        expect(html).toContain(`href="/admin/applications/${handbook.id}"`)
      }
      expect(await page(bob)).not.toContain('May open')
    })
  })

  it('set the groups of a person by their boxes, and sign them out of what they lose', async () => {
    await openedToAda()
    const answer = await admin.submit(`/admin/users/${ada.id}`, { intent: 'set-groups' })
    expect(answer.status).toBe(200)
    expect([await members(), await signIns()]).toEqual([[], 0])
  })
})
