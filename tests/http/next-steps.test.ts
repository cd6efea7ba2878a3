import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { setUpAuthenticator } from '../support/authenticator-pages'
import { startMailServer } from '../support/mail-server'
import { startServer, type TestServer } from '../support/server'
import { createVisitor, type Visitor } from '../support/visitor'

const HEADING = 'What to do next'
const STEPS = ['Mail', 'A second factor', 'The first application', 'The first person']

/** Of each step that the page shows, whether it says "done". Undefined where it shows none. */
function stepsIn(html: string): Record<string, boolean> | undefined {
  if (!html.includes(HEADING)) return undefined
  const text = html.replaceAll(/<!-- -->/g, '')
  return Object.fromEntries(
    STEPS.map((title) => [
      title,
      text.includes(`${title}<span class="font-normal text-accent"> · done`),
    ]),
  )
}

const done = (...titles: string[]) =>
  Object.fromEntries(STEPS.map((title) => [title, titles.includes(title)]))

const addApplication = (admin: Visitor, access: 'everybody' | 'groups') =>
  admin.submit('/admin/applications/new', {
    ...{ intent: 'add-application', id: 'wiki', name: 'Wiki', access },
    address: 'https://wiki.example.org',
  })

const createUser = (admin: Visitor) =>
  admin.submit('/admin/users/new', {
    ...{ intent: 'create', role: 'user', name: 'Grace', email: 'grace@example.com' },
  })

describe('who has set Latchkey up', () => {
  let server: TestServer
  let admin: Visitor
  beforeEach(async () => {
    server = await startServer({ SIGNUP: 'open' })
    admin = createVisitor(server.origin)
    await admin.setUp(server.setUpToken(), 'ada@example.com')
  })
  afterEach(() => server.dispose())

  const page = async (at = '/profile', as = admin) => (await as.get(at)).text()

  it('is told what to do next on the page where that leads, with a link to each', async () => {
    const answer = await admin.get('/')
    expect(answer.headers.get('Location')).toBe('/profile')
    const html = await page()
    expect(stepsIn(html)).toEqual(done())
    for (const to of ['mail', 'applications/new', 'users/new']) {
      expect(html).toContain(`href="/admin/${to}"`)
    }
    expect(html).toContain('<code>SMTP_URL</code>')
  })

  it('sees each step as done that is, also from the page of applications', async () => {
    await createUser(admin)
    expect(stepsIn(await page())).toEqual(done('The first person'))
    await setUpAuthenticator(admin)
    expect(stepsIn(await page())).toEqual(done('The first person', 'A second factor'))
    await addApplication(admin, 'everybody')
    const three = done('The first person', 'A second factor', 'The first application')
    expect(stepsIn(await page())).toEqual(three)
    expect(stepsIn(await page('/apps'))).toEqual(three)
  })

  it('sees mail as done once it is sent, and nothing any more when that was the last', async () => {
    await createUser(admin)
    await setUpAuthenticator(admin)
    const mailServer = await startMailServer()
    await server.stop()
    await server.start({ SMTP_URL: mailServer.url, MAIL_FROM: 'latchkey@example.com' })
    expect(stepsIn(await page())).toEqual(done('Mail', 'The first person', 'A second factor'))
    await addApplication(admin, 'everybody')
    for (const at of ['/profile', '/apps']) expect(await page(at)).not.toContain(HEADING)
    await mailServer.close()
  })

  it('is told that mails which are written to a folder reach nobody', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-mails-'))
    await server.stop()
    await server.start({ MAIL_FOLDER: folder })
    const html = await page()
    expect(stepsIn(html)).toEqual(done())
    expect(html).toContain('Mail goes to a folder, which reaches nobody.')
    await server.stop()
    rmSync(folder, { recursive: true })
  })

  it.each(['/profile', '/apps'])('hides it for good, in every browser, on %s', async (at) => {
    const elsewhere = createVisitor(server.origin)
    await elsewhere.signIn('ada@example.com')
    expect(await page(at, elsewhere)).toContain(HEADING)
    const answer = await admin.submit(at, { intent: 'hide-next-steps' })
    expect(answer.status).toBe(200)
    expect(await answer.text()).not.toContain(HEADING)
    for (const one of ['/profile', '/apps']) {
      expect(await page(one, elsewhere)).not.toContain(HEADING)
    }
  })

  it('is the only one who is told', async () => {
    const grace = createVisitor(server.origin)
    await grace.signUp('grace@example.com')
    for (const at of ['/profile', '/apps']) expect(await page(at, grace)).not.toContain(HEADING)
    await server.query(
      'UPDATE "User" SET "role" = ? WHERE "email" = ?',
      'admin',
      'grace@example.com',
    )
    for (const at of ['/profile', '/apps']) expect(await page(at, grace)).not.toContain(HEADING)
  })
})
