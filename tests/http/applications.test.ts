import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createAdministration, type Someone } from '../support/administration'
import { signInAt } from '../support/applications'
import { dump, withoutActivity } from '../support/dump'
import { formsIn } from '../support/page-forms'
import { startServer, type TestServer } from '../support/server'

const PROXIES = ['nginx', 'caddy', 'traefik']

describe('the pages about applications', () => {
  let server: TestServer
  let admin: Someone
  let ada: Someone
  let count = 0
  let id: string
  let wiki: Record<string, string>
  beforeAll(async () => {
    server = await startServer()
    const { setUp, invite } = createAdministration(server)
    admin = await setUp()
    ada = await invite(admin)
    await admin.submit('/admin/groups', { intent: 'add-group', id: 'staff', name: 'Staff' })
  })
  afterAll(() => server.dispose())
  beforeEach(async () => {
    count += 1
    id = `wiki-${count}`
    wiki = { name: 'Wiki', address: `https://${id}.example.org`, access: 'everybody' }
  })

  const add = (fields: Record<string, string | string[]> = {}) =>
    admin.submit('/admin/applications/new', { id, ...wiki, ...fields })
  const edit = (fields: Record<string, string | string[]> = {}) =>
    admin.submit(`/admin/applications/${id}`, { intent: 'edit', ...wiki, ...fields })
  const rows = async () => withoutActivity(await dump(server))
  const row = async (table: string) => (await rows())[table]!.find((one) => one.id === id)

  it.each<[what: string, fields: Record<string, string | string[]>, says: string]>([
    ['an address with a path', { address: 'https://a.example.org/wiki' }, 'without a path'],
    ['an address with a query', { address: 'https://a.example.org?x' }, 'without a path'],
    ['an address with a password', { address: 'https://a:b@a.example.org' }, 'Leave the name and'],
    [
      'a host name longer than any in the DNS',
      { address: `https://${'a'.repeat(64)}.example.org` },
      'Enter an address like',
    ],
    ['an address of another scheme', { address: 'javascript:alert(1)' }, 'Enter an address like'],
    ['no address', { address: ' ' }, 'Enter the address'],
    ['plain http', { address: 'http://a.example.org' }, 'ALLOW_HTTP=1'],
    ['the host of the account site', { address: 'https://localhost:8443' }, 'Latchkey itself has'],
    ['a word of our own as id', { id: 'config' }, 'own addresses'],
    ['an id with a slash', { id: 'a/b' }, 'is made of'],
    ['a group that is not there', { access: 'groups', group: ['staff', 'ghosts'] }, 'is gone'],
    ['no choice of who may use it', { access: '' }, 'Choose who may use it'],
    ['the whole site as public path', { publicPaths: '/' }, 'no path that can be public'],
    ['a public path with dots', { publicPaths: '/a/../b' }, 'no path that can be public'],
    ['our own pages as public path', { publicPaths: '/.latchkey/' }, 'no path that can be public'],
    ['a further origin that is none', { moreOrigins: 'https://a.example.org\nx' }, 'no origin'],
    ['an upstream with a path', { upstream: 'http://127.0.0.1:8080/wiki' }, 'where it listens'],
  ])('refuse %s at its field, before anything is stored', async (_, fields, says) => {
    const before = await rows()
    const answer = await add(fields)
    const page = await answer.text()
    expect(answer.status).toBe(422)
    expect(page).toContain(says)
    expect(page).toMatch(/aria-invalid="true"|id="access-error"/)
    expect(await rows()).toEqual(before)
  })

  it('refuse the host of another application, by whatever port and spelling', async () => {
    await add()
    const before = await rows()
    for (const address of [wiki.address!, `${wiki.address!.toUpperCase()}.:8443`]) {
      const answer = await add({ id: `${id}-b`, address })
      expect([address, answer.status]).toEqual([address, 422])
      expect(await answer.text()).toContain('Another application has this host name')
    }
    expect(await rows()).toEqual(before)
  })

  it('refuse an id that is taken, and one that an application had before it was removed', async () => {
    await add()
    const other = { address: 'https://elsewhere.example.org' }
    expect(await (await add(other)).text()).toContain('had it once')
    await admin.confirm(`/admin/applications/${id}/delete`)
    const answer = await add(other)
    expect(answer.status).toBe(422)
    expect(await answer.text()).toContain('had it once')
  })

  it.each(['', '/delete', '/config?proxy=nginx'])(
    'say 404 of an application that is not there: /:id%s',
    async (page) => {
      for (const nobody of ['nothing', "'", '%F0%9F%98%80', '__proto__', 'a'.repeat(2000)]) {
        const answer = await admin.get(`/admin/applications/${nobody}${page}`)
        expect([nobody, answer.status]).toEqual([nobody, 404])
      }
    },
  )

  it('give a configuration to administrators only, and only of a proxy that they know', async () => {
    await add()
    for (const path of [`/admin/applications/${id}/config`, '/admin/applications/config']) {
      expect((await ada.get(`${path}?proxy=nginx`)).status).toBe(403)
      for (const proxy of ['', 'apache', '__proto__']) {
        expect((await admin.get(`${path}?proxy=${proxy}`)).status).toBe(400)
      }
      expect((await admin.get(path)).status).toBe(400)
    }
  })

  it.each(PROXIES)('give the configuration of %s as a file of text', async (proxy) => {
    await add({ upstream: '127.0.0.1:8080' })
    const answer = await admin.get(`/admin/applications/${id}/config?proxy=${proxy}`)
    expect(answer.headers.get('Content-Type')).toBe('text/plain; charset=utf-8')
    expect(answer.headers.get('Content-Disposition')).toMatch(`attachment; filename="${id}.`)
    const text = await answer.text()
    for (const part of [`${id}.example.org`, '127.0.0.1:8080']) expect(text).toContain(part)
    const page = await (await admin.get(`/admin/applications/${id}?proxy=${proxy}`)).text()
    expect(page).toContain(`href="/admin/applications/${id}/config?proxy=${proxy}"`)
  })

  it('say what they are for while there are none, and list what there is', async () => {
    for (const one of (await rows()).Application!) {
      await admin.confirm(`/admin/applications/${String(one.id)}/delete`)
    }
    const empty = await (await admin.get('/admin/applications')).text()
    const answer = await add({ access: 'groups' })
    const listed = await (await admin.get('/admin/applications')).text()
    expect(empty).toContain('No applications yet')
    expect(answer.headers.get('Location')).toBe(`/admin/applications/${id}?added=1`)
    expect(listed).toContain(wiki.address)
    expect(listed).toContain('Nobody yet')
  })

  it('show again what was typed when it is refused, the ticks too', async () => {
    const answer = await add({ access: 'groups', group: 'staff', address: 'x', publicPaths: '/a' })
    const page = await answer.text()
    expect(page).toMatch(/<input(?=[^>]*value="staff")[^>]*checked/)
    expect(page).toMatch(/<textarea[^>]*name="publicPaths"[^>]*>\/a</)
  })

  it('keep the groups of an application while everybody may use it', async () => {
    await add({ access: 'groups', group: 'staff' })
    await edit({ access: 'everybody', group: 'staff' })
    const page = await (await admin.get(`/admin/applications/${id}`)).text()
    expect(page).toMatch(/<input(?=[^>]*value="staff")[^>]*checked/)
  })

  it('sign out whoever may no longer use it, when the change is answered', async () => {
    await add()
    await signInAt(server, { applicationId: id, userId: ada.id })
    expect((await edit({ access: 'groups', group: 'staff' })).status).toBe(200)
    const { ApplicationSession } = await rows()
    expect(ApplicationSession!.filter(({ applicationId }) => applicationId === id)).toEqual([])
  })

  it('ask before an address changes that people are signed in at, and then sign them out', async () => {
    await add()
    await signInAt(server, { applicationId: id, userId: ada.id })
    const before = await rows()
    const moved = { address: `https://moved-${id}.example.org`, publicPaths: '/a\r\n/b' }
    const question = await (await edit(moved)).text()
    expect(question).toContain(`Move Wiki to ${moved.address}?`)
    expect(await rows()).toEqual(before)
    const form = formsIn(question, `/admin/applications/${id}`).find(({ fields }) =>
      fields.some(([name]) => name === 'confirmed'),
    )!
    expect((await admin.post(form.path, Object.fromEntries(form.fields))).status).toBe(200)
    expect(await row('Application')).toMatchObject({
      publicPaths: '/a\n/b',
      address: moved.address,
    })
    const { ApplicationSession } = await rows()
    expect(ApplicationSession!.filter(({ applicationId }) => applicationId === id)).toEqual([])
  })

  it('name who is signed in, and end one or all of them, the session at Latchkey not', async () => {
    await add()
    const [mine = ''] = await signInAt(server, { applicationId: id, userId: ada.id })
    await signInAt(server, { applicationId: id, userId: admin.id })
    const path = `/admin/applications/${id}`
    const page = await (await admin.get(path)).text()
    const one = await admin.confirm(path, { intent: 'end-sign-in', signInId: mine })
    const again = await admin.confirm(path, { intent: 'end-sign-in', signInId: mine })
    const all = await admin.confirm(path, { intent: 'end-sign-ins' })
    expect(page).toContain('Ada Lovelace')
    expect(await one.text()).toContain('1 browser signed out of Wiki')
    expect(await again.text()).toContain('There was nothing left to sign out of.')
    expect(await all.text()).toContain(
      'signed in again when they open it, if they may still use it',
    )
    const { ApplicationCookie, ApplicationSession, AuditEvent } = await rows()
    const ofIt = ApplicationSession!.filter(({ applicationId }) => applicationId === id)
    expect(ofIt.map(({ askAgain }) => Boolean(askAgain))).toEqual([true, true])
    expect(
      ApplicationCookie!.filter((cookie) =>
        ofIt.some((one) => one.id === cookie.applicationSessionId),
      ),
    ).toEqual([])
    expect(AuditEvent!.map(({ kind }) => kind)).toContain('application.everybody-left')
    expect([await ada.isSignedIn(), await admin.isSignedIn()]).toEqual([true, true])
  })

  it('end nothing at another application, whatever ids are sent', async () => {
    await add()
    const [signIn = ''] = await signInAt(server, { applicationId: id, userId: ada.id })
    const other = `${id}-other`
    await add({ id: other, address: `https://${other}.example.org` })
    const path = `/admin/applications/${other}`
    await admin.confirm(path, { intent: 'end-sign-in', signInId: signIn })
    await admin.confirm(path, { intent: 'end-sign-ins' })
    const { ApplicationCookie } = await rows()
    expect(ApplicationCookie!.map((one) => one.applicationSessionId)).toContain(signIn)
  })

  it('say what goes before an application is removed, and what went', async () => {
    await add()
    await signInAt(server, { applicationId: id, userId: ada.id })
    const preview = await (await admin.get(`/admin/applications/${id}/delete`)).text()
    const answer = await admin.confirm(`/admin/applications/${id}/delete`)
    const after = await (await admin.get(answer.headers.get('Location')!)).text()
    expect(preview).toContain('1 sign-in')
    expect(after).toContain('The application was removed')
    expect(after).toContain('1 sign-in went with it')
    expect(await row('Application')).toBeUndefined()
    expect(await row('UsedApplicationId')).toBeDefined()
  })
})
