import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCertificate, type Certificate } from '../support/certificate'
import { runCommand } from '../support/command-line'
import { startMailServer, type MailServer } from '../support/mail-server'
import { freePort, startServer, type TestServer } from '../support/server'
import { refusal, startInVain } from '../support/start-in-vain'
import { until } from '../support/until'
import { createVisitor, type Visitor } from '../support/visitor'

const FROM = 'Latchkey <latchkey@example.org>'
const LOGIN = { user: 'latchkey', pass: 'eight red bicycles' }
const WRONG = 'nine purple harbours'
/** Leads to this machine, and is not known to: as any other machine would be. */
const ELSEWHERE = '0.0.0.0'

let certificate: Certificate
let mailServer: MailServer
let folder: string
let noFolder: string
beforeAll(async () => {
  certificate = createCertificate(ELSEWHERE)
  mailServer = await startMailServer({ login: LOGIN, tls: 'starttls', certificate })
  folder = mkdtempSync(path.join(tmpdir(), 'latchkey-mail-'))
  writeFileSync(path.join(folder, 'a-file'), '')
  noFolder = path.join(folder, 'a-file', 'mails')
})
afterAll(async () => {
  await mailServer.close()
  certificate.remove()
  rmSync(folder, { recursive: true })
})

const smtpUrl = (pass: string, host = '127.0.0.1') =>
  `smtp://${LOGIN.user}:${encodeURIComponent(pass)}@${host}:${mailServer.port}`
const settings = (pass: string, host?: string) => ({
  SMTP_URL: smtpUrl(pass, host),
  MAIL_FROM: FROM,
  NODE_EXTRA_CA_CERTS: certificate.certificate,
})

describe('a start', () => {
  const refused: [what: string, settings: () => Record<string, string>, sentence: RegExp][] = [
    ['without MAIL_FROM', () => ({ SMTP_URL: smtpUrl(WRONG) }), /^SMTP_URL needs MAIL_FROM beside/],
    [
      'with a MAIL_FOLDER that cannot be written to',
      () => ({ MAIL_FOLDER: noFolder }),
      /^MAIL_FOLDER \S+ cannot be written to: ENOTDIR.* Name a folder that can, or set SMTP_URL/,
    ],
  ]
  it.each(refused)('%s ends with a sentence, without the password', async (_, wrong, sentence) => {
    const PORT = String(await freePort())
    const ended = await startInVain(folder, { PORT, ...wrong() })
    expect(ended).toEqual(refusal(sentence))
    expect(ended.errors).not.toContain(WRONG)
    expect(readdirSync(folder)).toEqual(['a-file'])
  })
})

describe('with mail set up,', () => {
  let server: TestServer
  let admin: Visitor
  beforeAll(async () => {
    server = await startServer(settings(WRONG))
    admin = createVisitor(server.origin)
    await admin.setUp(server.setUpToken(), 'admin@example.com')
  })
  afterAll(() => server.dispose())

  async function doctor(asked: Record<string, string>) {
    const { databaseUrl, folder, port } = server
    const where = { databaseUrl, folder, port, settings: asked }
    const { code, output, errors } = await runCommand(where, 'doctor')
    const lines = output.split('\n').filter((line) => line.includes('mails are taken'))
    return { code, lines, all: output + errors }
  }

  it('administrators see that the password is wrong, and not which it is; the mail goes out when it is right', async () => {
    await admin.submit('/admin/mail', { intent: 'send-test' })
    let page = ''
    await until(async () => {
      page = await (await admin.get('/admin/mail')).text()
      return page.includes('535')
    })
    expect(page).toMatch(/Waiting/)
    expect(page).toContain('Invalid login')
    expect(page + server.logs()).not.toContain(WRONG)
    expect(mailServer.mails).toEqual([])

    await server.stop()
    await server.start(settings(LOGIN.pass, ELSEWHERE))
    const mailId = (await server.queryValue<string>('SELECT "id" FROM "OutgoingMail"'))!
    await admin.submit('/admin/mail', { intent: 'send-again', mailId })
    const [mail] = await mailServer.received(1)
    expect(mail).toMatchObject({
      sender: 'latchkey@example.org',
      recipients: ['admin@example.com'],
    })
    const state = () => server.queryValue('SELECT "state" FROM "OutgoingMail"')
    await until(async () => (await state()) === 'sent')
    expect(await (await admin.get('/admin/mail?state=waiting')).text()).not.toContain('535')
  })

  it('doctor says that the password is wrong, that nobody is there, or that all is well', async () => {
    const before = mailServer.mails.length
    const refused = await doctor(settings(WRONG))
    expect(refused).toMatchObject({
      code: 1,
      lines: [expect.stringMatching(/^✗ mails are taken: the server of SMTP_URL says: .*535/)],
    })
    expect(refused.all).not.toContain(WRONG)
    const nobody = { MAIL_FROM: FROM, SMTP_URL: `smtp://127.0.0.1:${await freePort()}` }
    expect(await doctor(nobody)).toMatchObject({
      code: 1,
      lines: [expect.stringMatching(/^✗ mails are taken: .*ECONNREFUSED/)],
    })
    const fine = await doctor(settings(LOGIN.pass, ELSEWHERE))
    expect(fine).toMatchObject({ code: 0, lines: ['✓ mails are taken'] })
    expect(mailServer.mails).toHaveLength(before)
  })

  it('doctor looks at the folder, and at nothing where no mail is sent', async () => {
    expect(await doctor({ MAIL_FOLDER: noFolder })).toMatchObject({
      code: 1,
      lines: [expect.stringMatching(/^✗ mails are taken: MAIL_FOLDER \S+a-file.*: ENOTDIR/)],
    })
    const fine = path.join(folder, 'fine')
    expect(await doctor({ MAIL_FOLDER: fine })).toMatchObject({
      code: 0,
      lines: ['✓ mails are taken'],
    })
    expect(readdirSync(fine)).toEqual([])
    expect(await doctor({})).toMatchObject({ code: 0, lines: [] })
  })
})
