import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAdministration, type Someone } from '../support/administration'
import { startServer, type TestServer } from '../support/server'
import { createVisitor } from '../support/visitor'

const PIXEL =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Mobile Safari/537.36'

describe('the audit log', () => {
  let server: TestServer
  let admin: Someone
  let ada: Someone
  let { invite } = {} as ReturnType<typeof createAdministration>
  beforeAll(async () => {
    server = await startServer()
    const administration = createAdministration(server)
    ;({ invite } = administration)
    admin = await administration.setUp()
    ada = await invite(admin, { name: 'Ada Lovelace' })
  })
  afterAll(() => server.dispose())

  const download = async (fields: Record<string, string>, visitor: Someone = admin) =>
    visitor.post('/admin/audit/export', { formToken: await visitor.formToken(), ...fields })
  const logOf = async (query: string) =>
    tableIn(await (await admin.get(`/admin/audit?${query}`)).text())

  it('is not had as a file by whoever is no administrator, or by following a link', async () => {
    const before = await countExports()
    expect((await download({ format: 'csv' }, ada)).status).toBe(403)
    const followed = await admin.get('/admin/audit/export?format=csv')
    expect([followed.status, followed.headers.get('Allow')]).toEqual([405, 'POST'])
    expect(await countExports()).toBe(before)
  })

  it('is had as CSV: what was searched for and nothing else, in a file with its date', async () => {
    const answer = await download({ format: 'csv', about: ada.id, kind: 'password.set' })
    expect(answer.headers.get('Content-Type')).toBe('text/csv; charset=utf-8')
    expect(answer.headers.get('Content-Disposition')).toMatch(
      /^attachment; filename="latchkey-audit-\d{4}-\d\d-\d\d\.csv"$/,
    )
    const [head, ...lines] = (await answer.text()).trimEnd().split('\r\n')
    expect(head).toContain('"time","kind","event","by"')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('"password.set"')
    expect(lines[0]).toContain(`"${ada.id}"`)
  })

  it('is had as JSON lines, more than one page, and every download is an event itself', async () => {
    const before = await countExports()
    const COUNT = 120
    await server.queryEach(
      `INSERT INTO "AuditEvent" ("id", "at", "kind", "subjectId", "subjectName", "subjectKey", "details")
       SELECT ?, "at", 'user.renamed', 'gone', '=1+1', '=1+1', '{}' FROM "AuditEvent" LIMIT 1`,
      Array.from({ length: COUNT }, (_, index) => [`event-${index}`]),
    )
    const answer = await download({ format: 'jsonl', person: '=1' })
    expect(answer.headers.get('Content-Type')).toBe('application/jsonl; charset=utf-8')
    const events = (await answer.text()).trimEnd().split('\n').map(parsed)
    expect(events).toHaveLength(COUNT)
    expect(events[0]).toMatchObject({ kind: 'user.renamed', about: '=1+1' })
    const csv = await (await download({ format: 'csv', person: '=1' })).text()
    expect(csv).toContain(`"'=1+1"`)
    expect(await countExports()).toBe(before + 2)
    expect(await logOf('kind=audit.exported')).toContain('Audit log downloaded')
  })

  it('links to the people it names while they are there, and says a name once', async () => {
    const gone = await invite(admin, { name: 'Ophelia' })
    await admin.confirm(`/admin/users/${gone.id}/delete`)
    const created = await logOf(`about=${ada.id}&kind=user.created`)
    expect(created).toContain(`href="/admin/users/${ada.id}"`)
    expect(created).toContain(`href="/admin/users/${admin.id}"`)
    const ofGone = await logOf(`about=${gone.id}`)
    expect(ofGone).toContain('Ophelia')
    expect(ofGone).not.toContain(`/admin/users/${gone.id}`)
    const own = await logOf(`by=${ada.id}&kind=password.set`)
    expect(own.match(/Ada Lovelace/g) ?? []).toHaveLength(1)
  })

  it('says exactly when, from where, in which session, and why something was refused', async () => {
    const visitor = createVisitor(server.origin)
    await visitor.signIn(ada.email, 'not the password')
    await visitor.signIn('nobody@example.com', 'not the password')
    const refused = await logOf('kind=session.refused')
    expect(refused).toContain('wrong password')
    expect(refused).toContain('no account has this e-mail address or username')
    expect(refused).toMatch(/\d{1,2} \w+ \d{4}, \d\d:\d\d:\d\d UTC/)
    const started = await logOf(`by=${ada.id}&kind=session.started`)
    const [, session] = /href="\/admin\/audit\?session=([\w-]+)"/.exec(started)!
    expect(await logOf(`session=${session}`)).toContain('Signed in')
  })

  it('is led to from the page of each person, by them and about them', async () => {
    const page = await (await admin.get(`/admin/users/${ada.id}`)).text()
    for (const [query, words] of [
      [`by=${ada.id}`, 'Only what Ada Lovelace did'],
      [`about=${ada.id}`, 'Only what happened to Ada Lovelace'],
    ]) {
      expect(page).toContain(`href="/admin/audit?${query}"`)
      const log = await (await admin.get(`/admin/audit?${query}`)).text()
      expect(log.replaceAll('<!-- -->', '')).toContain(words)
    }
  })

  it.each([{ from: 'x' }, { until: '2026-13-01' }, { kind: 'zz' }])(
    'is not downloaded whole where a search was not understood: %j',
    async (search) => {
      const before = await countExports()
      const answer = await admin.submit('/admin/audit/export', { format: 'csv', ...search })
      expect(answer.status).toBe(400)
      expect(await countExports()).toBe(before)
    },
  )

  it('shows people on their own page also what others did to them, and failed to do as them', async () => {
    const person = await invite(admin, { name: 'Viola' })
    const edited = { intent: 'edit', name: 'Cesario', email: person.email, role: 'user' }
    await admin.submit(`/admin/users/${person.id}`, edited)
    await createVisitor(server.origin).signIn(person.email, 'not the password')
    const activity = tableIn(await (await person.get('/profile/activity')).text())
    expect(activity).toContain('from “Viola” to “Cesario”')
    expect(activity).toContain('Grace Hopper')
    expect(activity).toContain('Sign-in refused')
    expect(activity).toContain('wrong password')
    expect(activity).toMatch(/\d{1,2} \w+ \d{4}, \d\d:\d\d:\d\d UTC/)
  })

  it('shows administrators on their own page what happened to them, and what a session of theirs did', async () => {
    const activity = async (query = '') =>
      tableIn(await (await admin.get(`/profile/activity${query}`)).text())
    const person = await invite(admin, { name: 'Orsino' })
    await admin.submit('/profile', { intent: 'rename', name: 'Grace B. Hopper' })
    await admin.submit('/profile', { intent: 'rename', name: 'Grace Hopper' })
    expect(await activity()).toContain('from “Grace B. Hopper” to “Grace Hopper”')
    expect(await activity()).not.toContain('Orsino')
    const { session } = await admin.identity()
    expect(await activity(`?session=${session.id}`)).toContain('Orsino')
    expect(await (await admin.get(`/admin/audit?by=${admin.id}`)).text()).toContain(person.id)
  })

  it('names the browser and the place of a sign-in also when that session has ended', async () => {
    const person = await invite(admin, { name: 'Malvolio' })
    const phone = createVisitor(server.origin, { userAgent: PIXEL })
    await phone.signIn(person.email)
    const { session } = await phone.identity()
    await person.submit('/profile', { intent: 'sign-out-of-sessions', confirmed: 'yes' })
    const own = tableIn(await (await person.get('/profile/activity')).text())
    expect(own).toContain('Chrome on Pixel 8 (ended)')
    expect(own).toContain('1 session · Chrome on Pixel 8')
    expect(own).toContain('this network')
    const log = await logOf(`session=${session.id}&kind=session.started`)
    expect(log).toContain('Chrome on Pixel 8')
    expect(log).toContain('this network')
    const of = `/profile/activity?session=${session.id}`
    expect(await (await person.get(of)).text()).toContain('Activity of an ended session')
    // An administrator’s own page names no session of somebody else's.
    expect(await (await admin.get(of)).text()).not.toContain('Pixel 8')
  })

  async function countExports(): Promise<number> {
    const sql = `SELECT count(*) FROM "AuditEvent" WHERE "kind" = 'audit.exported'`
    return Number(await server.queryValue(sql))
  }
})

const tableIn = (html: string): string => /<tbody[\s\S]*<\/tbody>/.exec(html)?.[0] ?? ''

const parsed = (line: string) => JSON.parse(line) as unknown
