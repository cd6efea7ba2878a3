import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { simpleParser } from 'mailparser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SET_UP } from '../support/authenticator-pages'
import { parseAnswer, sendRaw } from '../support/request'
import { startServer, type TestServer } from '../support/server'
import { until } from '../support/until'
import { createVisitor, type Visitor } from '../support/visitor'

const SITE_NAME = 'Lind & <family>'
const ESCAPED = 'Lind &amp; &lt;family&gt;'

let server: TestServer
let ada: Visitor
const mails = mkdtempSync(path.join(tmpdir(), 'latchkey-mails-'))
beforeAll(async () => {
  server = await startServer({ SITE_NAME, MAIL_FOLDER: mails })
  ada = createVisitor(server.origin)
  await ada.setUp(server.setUpToken(), 'ada@example.com')
})
afterAll(async () => {
  await server.dispose()
  rmSync(mails, { recursive: true })
})

describe('the name of the installation', () => {
  it.each([
    ['the sign-in page', '/login', 'Sign in'],
    ['a page that is not there', '/nowhere', 'There is nothing here'],
  ])('stands in the title of %s, for strangers', async (_, address, title) => {
    const page = await (await createVisitor(server.origin).get(address)).text()
    expect(page).toContain(`<title>${title} · ${ESCAPED}</title>`)
    expect(page).not.toContain('Latchkey')
  })

  it('stands in the title and in the frame of a page of somebody signed in', async () => {
    const page = await (await ada.get('/profile')).text()
    expect(page).toContain(`<title>Profile · ${ESCAPED}</title>`)
    expect(page).toMatch(new RegExp(`<header.*${ESCAPED}.*</header>`, 's'))
  })

  it('stands on pages that are answered without Remix', async () => {
    const asked = 'GET / HTTP/1.1\r\nHost: 192.0.2.1\r\nConnection: close\r\n\r\n'
    const page = await parseAnswer(await sendRaw(server.port, asked)).text()
    expect(page).toMatch(/<title>Lind &#38; &#60;family&#62; has another address /)
  })

  it('is what an authenticator app keeps the key under', async () => {
    const page = await (await ada.get(SET_UP)).text()
    expect(page).toContain(encodeURIComponent(SITE_NAME))
  })

  it('is whom mails are from, and stands in them', async () => {
    await createVisitor(server.origin).post('/forgot-password', { email: 'ada@example.com' })
    const file = await until(() => readdirSync(mails).find((name) => name.endsWith('.eml')))
    const mail = await simpleParser(readFileSync(path.join(mails, file)))
    expect(mail.from?.value[0]?.name).toBe(SITE_NAME)
    expect(mail.text).toContain(`${SITE_NAME}, ${server.origin}`)
    expect(mail.html).toMatch(/Lind &#38; &#60;family&#62; at /)
  })
})
