import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  createApplicationVisitor,
  NAVIGATION,
  type ApplicationVisitor,
} from '../support/application-visitor'
import { addApplication } from '../support/applications'
import { formTokenIn } from '../support/form-token'
import { startOpenServer, type TestServer } from '../support/server'
import { createVisitor, type Visitor } from '../support/visitor'

let server: TestServer
let wiki: Awaited<ReturnType<typeof addApplication>>
let files: typeof wiki
const email = `ada-${randomUUID()}@example.com`
beforeAll(async () => {
  server = await startOpenServer()
  wiki = await addApplication(server, { name: 'Wiki' })
  files = await addApplication(server, { name: 'Files' })
  await createVisitor(server.origin).signUp(email, 'Ada')
})
afterAll(() => server.dispose())

let ada: Visitor
let atWiki: ApplicationVisitor
let atFiles: ApplicationVisitor
beforeEach(async () => {
  ada = createVisitor(server.origin)
  await ada.signIn(email)
  atWiki = createApplicationVisitor(server, wiki, ada)
  atFiles = createApplicationVisitor(server, files, ada)
  await atWiki.signIn()
  await atFiles.signIn()
})

const PAGE = '/.latchkey/sign-out'
const tokenOf = async (visitor: ApplicationVisitor) =>
  formTokenIn(await (await visitor.at(PAGE)).text())

/** Presses a button of the page. */
async function press(
  visitor: ApplicationVisitor,
  what: 'browser' | 'application',
  { token, origin = wiki.address }: { token?: string; origin?: string | null } = {},
) {
  const body = new URLSearchParams({ formToken: token ?? (await tokenOf(visitor)), what })
  return visitor.at(PAGE, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      ...(origin !== null && { Origin: origin }),
    },
    body: body.toString(),
  })
}

describe('the sign-out of an application does nothing', () => {
  test.each([
    ['for a form of another site', 'https://evil.example.org'],
    ['for a form of the account site', 'ACCOUNT'],
    ['for one that does not say from where it comes', null],
  ])('%s', async (_, from) => {
    const origin = from === 'ACCOUNT' ? server.origin : from
    expect((await press(atWiki, 'browser', { origin })).status).toBe(403)
    expect((await atWiki.ask()).status).toBe(200)
  })

  test('without the page’s token, or with that of another browser', async () => {
    const other = createVisitor(server.origin)
    await other.signIn(email)
    const elsewhere = createApplicationVisitor(server, wiki, other)
    await elsewhere.signIn()
    for (const token of ['', 'x.y', await tokenOf(elsewhere)]) {
      const answer = await press(atWiki, 'browser', { token })
      expect(await answer.text()).toContain('Sign out of Wiki?')
      expect((await atWiki.ask()).status).toBe(200)
    }
  })

  test('by a mere visit', async () => {
    const page = await atWiki.at(PAGE, { headers: NAVIGATION })
    expect(await page.text()).toContain('You are signed in as <b>Ada</b>')
    expect((await atWiki.ask()).status).toBe(200)
  })
})

test('“Sign out of this browser” ends the session everywhere, and the page says so', async () => {
  const answer = await press(atWiki, 'browser')
  expect(await answer.text()).toContain('This browser is signed out')
  expect(answer.headers.getSetCookie()).toEqual([
    expect.stringContaining('latchkey-app=; Max-Age=0'),
  ])
  for (const visitor of [atWiki, atFiles]) expect((await visitor.ask()).status).toBe(401)
  expect(await ada.isSignedIn()).toBe(false)
})

test('it is about whom the application knows, whoever is signed in at the account site now', async () => {
  const bob = `bob-${randomUUID()}@example.com`
  await ada.submit('/logout')
  await ada.signUp(bob, 'Bob')
  const atWikiNow = await atWiki.at(PAGE)
  expect(await atWikiNow.text()).toContain('Nobody is signed in to Wiki')
  expect(await ada.isSignedIn()).toBe(true)
})

test('“Only Wiki” leaves everything else, and Wiki asks before it lets in again', async () => {
  const answer = await press(atWiki, 'application')
  expect(await answer.text()).toContain('You are signed out of Wiki in this browser')
  expect((await atWiki.ask()).status).toBe(401)
  expect((await atFiles.ask()).status).toBe(200)
  expect(await ada.isSignedIn()).toBe(true)

  const path = await atWiki.start('/notes')
  const question = await atWiki.open(path)
  expect(question.status).toBe(200)
  expect(question.headers.get('Content-Security-Policy')).toContain(
    `form-action 'self' ${wiki.address};`,
  )
  expect(await question.text()).toContain('Continue to Wiki as Ada?')
  const agreed = await ada.submit(path)
  expect(agreed.status).toBe(303)
  await atWiki.at(atWiki.pathOf(agreed), { headers: NAVIGATION })
  expect((await atWiki.ask()).status).toBe(200)
  // Once is enough.
  expect((await atWiki.signIn()).status).toBe(303)
})

test('a double click is answered like a single one', async () => {
  const token = await tokenOf(atWiki)
  const cookies = new Map(atWiki.cookies)
  await press(atWiki, 'browser', { token })
  for (const [name, value] of cookies) atWiki.cookies.set(name, value)
  const again = await press(atWiki, 'browser', { token })
  expect(again.status).toBe(200)
  expect(await again.text()).toContain('You are not signed in')
})

describe('an open page that asks', () => {
  const ask = async (visitor: ApplicationVisitor) =>
    (await visitor.at('/.latchkey/session')).json() as Promise<{ state: string }>

  test('hears whether its session goes on, and of none where there never was one', async () => {
    expect(await ask(atWiki)).toMatchObject({ state: 'signed-in' })
    await ada.submit('/logout')
    expect(await ask(atWiki)).toEqual({ state: 'ended' })
    atWiki.cookies.clear()
    expect(await ask(atWiki)).toEqual({ state: 'none' })
  })

  test('is led to a page that says why, and takes the cookie away', async () => {
    await ada.submit('/logout')
    const to = encodeURIComponent('/notes?q=1')
    const answer = await atWiki.at(`/.latchkey/signed-out?reason=password-changed&to=${to}`)
    const html = await answer.text()
    expect(html).toContain('Your password was changed')
    expect(html).toContain('href="/notes?q=1"')
    expect(await ask(atWiki)).toEqual({ state: 'none' })
  })

  test('is told nothing that somebody else wrote into the address', async () => {
    const answer = await atFiles.at('/.latchkey/signed-out?reason=<b>&to=//evil.example')
    const html = await answer.text()
    expect(html).not.toContain('<b>&')
    expect(html).not.toContain('evil.example')
  })
})

describe('the script for open pages', () => {
  test('is served at the application’s host', async () => {
    const answer = await atWiki.at('/.latchkey/live.js')
    expect(answer.headers.get('Content-Type')).toBe('text/javascript; charset=utf-8')
    expect(await answer.text()).toContain('/.latchkey/live')
  })
})

describe('the page that checks the connection', () => {
  let grace: Visitor
  beforeAll(async () => {
    const address = `grace-${randomUUID()}@example.com`
    await createVisitor(server.origin).signUp(address, 'Grace')
    await server.query(`UPDATE "User" SET "role" = 'admin' WHERE "email" = ?`, address)
    grace = createVisitor(server.origin)
    await grace.signIn(address)
  })

  const begin = () => grace.submit(`/admin/applications/${wiki.id}`, { intent: 'check' })
  const pathIn = (answer: Response) => atWiki.pathOf(answer)

  test('is shown to nobody without a key, nor with one that was used, or is for another application', async () => {
    for (const key of ['', 'x', 'a.b.c']) {
      expect((await atWiki.at(`/.latchkey/check?key=${key}`)).status).toBe(403)
    }
    const path = pathIn(await begin())
    expect((await atFiles.at(path)).status).toBe(403)
    expect((await atWiki.at(path)).status).toBe(303)
    expect((await atWiki.at(path)).status).toBe(403)
  })

  test('says of each thing whether it is as it should be', async () => {
    const first = await atWiki.at(pathIn(await begin()))
    const headers = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '203.0.113.9' }
    const html = await (await atWiki.at(pathIn(first), { headers })).text()
    for (const what of ['Host', 'Scheme', 'Cookie']) expect(html).toContain(`✓ ${what}`)
    // There is no such host, so that this browser is to ask, with the cookie that it gets for that.
    expect(html).toContain('· Protection')
    expect(html).toContain(`href="${wiki.address}/?latchkey-check"`)
    expect(atWiki.cookies.has('__Host-latchkey-check')).toBe(true)
    expect(html).toContain('curl -sI')
    expect(html).toContain('--compare')
  })

  test('says what to change when the scheme and the cookie do not arrive', async () => {
    const first = await atWiki.at(pathIn(await begin()))
    atWiki.cookies.delete('__Host-latchkey-check')
    const html = await (await atWiki.at(pathIn(first))).text()
    expect(html).toContain('Wiki is not protected as it should be')
    expect(html).toContain('X-Forwarded-Proto is missing')
    expect(html).toContain('No cookie came back')
  })
})
