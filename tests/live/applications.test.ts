import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApplicationVisitor, type ApplicationVisitor } from '../support/application-visitor'
import { addApplication } from '../support/applications'
import { startOpenServer, type TestServer } from '../support/server'
import { openTab } from '../support/tab'
import { until } from '../support/until'
import { createVisitor, type Visitor } from '../support/visitor'

let server: TestServer
let wiki: Awaited<ReturnType<typeof addApplication>>
const email = `ada-${randomUUID()}@example.com`
beforeAll(async () => {
  server = await startOpenServer()
  wiki = await addApplication(server, { name: 'Wiki' })
  await createVisitor(server.origin).signUp(email, 'Ada')
})
afterAll(() => server.dispose())

let ada: Visitor
let atWiki: ApplicationVisitor
beforeEach(async () => {
  ada = createVisitor(server.origin)
  await ada.signIn(email)
  atWiki = createApplicationVisitor(server, wiki, ada)
  await atWiki.signIn()
})

/** The socket of an open page of the application, as its proxy hands it over. */
const openPage = ({
  cookie = atWiki.cookieHeader(),
  origin = wiki.address,
  host = new URL(wiki.address).host,
} = {}) =>
  openTab(server, undefined, {
    path: '/.latchkey/live',
    origin,
    headers: { Cookie: cookie, Host: host },
  })

describe('a page of an application gets no socket', () => {
  test.each([
    ['without a cookie', { cookie: '' }, 401],
    ['from another site', { origin: 'https://evil.example.org' }, 403],
    ['at a host that nobody registered', { host: 'unknown.example.org' }, 404],
  ])('%s', async (_, asked, status) => {
    await expect(openPage(asked)).rejects.toMatchObject({ status })
  })

  test('with the cookie of the account site alone', async () => {
    await expect(openPage({ cookie: ada.cookieHeader() })).rejects.toMatchObject({ status: 401 })
  })

  test('when its session has ended', async () => {
    await ada.submit('/logout')
    await expect(openPage()).rejects.toMatchObject({ status: 401 })
  })
})

describe('an open page of an application is told', () => {
  test('that its session was ended, and why', async () => {
    const page = await openPage()
    const elsewhere = createVisitor(server.origin)
    await elsewhere.signIn(email)
    await elsewhere.confirm('/profile', { intent: 'sign-out-of-sessions' })
    await until(() => page.closed)
    expect(page.messages).toEqual([{ type: 'signed-out', reason: 'signed-out-elsewhere' }])
    expect(page.closed?.code).toBe(4001)
  })

  test('that the application was left in this browser, while the account site’s pages stay', async () => {
    const page = await openPage()
    const profile = await openTab(server, ada.secret())
    const form = await atWiki.at('/.latchkey/sign-out')
    const [, token = ''] = /name="formToken" value="([^"]+)"/.exec(await form.text()) ?? []
    await atWiki.at('/.latchkey/sign-out', {
      method: 'POST',
      headers: { Origin: wiki.address, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ formToken: token, what: 'application' }).toString(),
    })
    await until(() => page.closed)
    expect(page.messages).toEqual([{ type: 'signed-out', reason: 'signed-out-of-application' }])
    expect(profile.closed).toBeUndefined()
  })

  test('nothing of what changes at the account site, nor of a cookie that made room for another', async () => {
    const page = await openPage()
    for (let round = 0; round < 6; round += 1) await atWiki.signIn()
    await ada.submit('/profile', { intent: 'rename', name: 'Ada L.' })
    expect((await atWiki.ask()).status).toBe(200)
    expect(page.messages).toEqual([])
    expect(page.closed).toBeUndefined()
  })
})
