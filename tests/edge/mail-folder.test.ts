import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from '../support/server'
import { until } from '../support/until'
import { createVisitor, PASSWORD, type Visitor } from '../support/visitor'

const NOT_TRUE = /on its way|mailbox|We mail you|was sent|>Sent</i

describe('where mails are only written to a folder', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-mails-'))
  let server: TestServer
  let admin: Visitor
  beforeAll(async () => {
    server = await startServer({ MAIL_FOLDER: folder, SIGNUP: 'open' })
    admin = createVisitor(server.origin)
    await admin.setUp(server.setUpToken(), 'ada@example.com')
  })
  afterAll(async () => {
    await server.dispose()
    rmSync(folder, { recursive: true })
  })

  /** What stands between the frame, in one line. */
  const words = async (answer: Response) =>
    /<main.*<\/main>/s.exec(await answer.text())![0].replaceAll('<!-- -->', '')

  it.each(['/forgot-password', '/signup'])(
    'a stranger is told so, and not where it is: %s',
    async (at) => {
      const stranger = createVisitor(server.origin)
      const before = await words(await stranger.get(at))
      const after = await words(await stranger.post(at, { email: 'ada@example.com' }))
      expect(before).toContain('written to the mail folder')
      expect(after).toMatch(/was written\s+to the mail folder/)
      for (const said of [before, after]) {
        expect(said).not.toMatch(NOT_TRUE)
        expect(said).not.toContain(folder)
      }
    },
  )

  it('an administrator is told so of an invitation, of a password link and of a test mail', async () => {
    const person = { role: 'user', name: 'Grace', email: 'grace@example.com', mailLink: 'on' }
    const invited = await admin.submit('/admin/users/new', { intent: 'create', ...person })
    const id = await server.queryValue<string>(
      'SELECT "id" FROM "User" WHERE "email" = ?',
      person.email,
    )
    const linked = await admin.confirm(`/admin/users/${id}`, { intent: 'mail-password-link' })
    const tested = await admin.submit('/admin/mail', { intent: 'send-test' })
    for (const answer of [invited, linked, tested]) {
      const said = await words(answer)
      expect(said).toMatch(/written\s+to\s+the mail folder/)
      expect(said).not.toMatch(NOT_TRUE)
    }
  })

  it('the list of mails says where they are, and of none that it was sent', async () => {
    const isWritten = async () =>
      (await words(await admin.get('/admin/mail?state=sent'))).includes('>Written</span>')
    await until(isWritten)
    const list = await words(await admin.get('/admin/mail'))
    expect(list).toContain(folder)
    expect(list).not.toMatch(/>Sent</)
    expect(list).toContain('SMTP_URL')
  })

  it('whoever changes their address is told so, and finds the link there', async () => {
    const change = { intent: 'change-email', email: 'new@example.com', currentPassword: PASSWORD }
    const said = await words(await admin.submit('/profile', change))
    expect(said).toContain('Open the mail that is written to the mail folder')
    expect(said).not.toMatch(NOT_TRUE)
    await until(() =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.eml'))
        .some((name) => readFileSync(path.join(folder, name), 'utf8').includes('confirm-email')),
    )
  })
})
