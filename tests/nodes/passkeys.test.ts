import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { STEP, takeStep } from '../support/authenticator-pages'
import { makeStale } from '../support/expire'
import { startNodes, type TestNode, type TestNodes } from '../support/nodes'
import { answerOf, makePasskey } from '../support/passkeys'
import { request } from '../support/request'
import { freePort } from '../support/server'
import type { SoftwareAuthenticator } from '../support/software-authenticator'
import { createVisitor, type VisitorOptions } from '../support/visitor'

/** Where browsers believe to be, whichever node answers them. */
let origin: string
let world: TestNodes
let here: TestNode
let there: TestNode
beforeAll(async () => {
  origin = `http://localhost:${await freePort()}`
  world = await startNodes(2, { ORIGIN: origin })
  ;[here, there] = world.nodes as [TestNode, TestNode]
})
afterAll(() => world.dispose())

/** A browser whose requests a proxy hands to this node or that. */
function openBrowser() {
  let node = here
  const send: VisitorOptions['fetchBy'] = (url, { method = 'GET', headers, body }) =>
    request(node, url.slice(origin.length), {
      method,
      headers: {
        ...Object.fromEntries(headers),
        ...(body && { 'Content-Type': 'application/x-www-form-urlencoded' }),
      },
      ...(body instanceof URLSearchParams && { body: body.toString() }),
    })
  const visitor = createVisitor(origin, { fetchBy: send })
  return Object.assign(visitor, { turnTo: (to: TestNode) => void (node = to) })
}

type Browser = ReturnType<typeof openBrowser>

describe('a passkey that was made at one node', () => {
  let email: string
  let owner: Browser
  let authenticator: SoftwareAuthenticator
  beforeEach(async () => {
    email = await world.newEmail()
    owner = openBrowser()
    await owner.signUp(email)
    authenticator = await makePasskey(owner, origin)
  })

  test('signs in at another, and at both together once by one challenge', async () => {
    const browser = openBrowser()
    browser.turnTo(there)
    const passkey = await answerOf(browser, '/login/passkey', authenticator)
    expect((await browser.post('/login', { passkey })).status).toBe(302)
    expect(await browser.isSignedIn()).toBe(true)

    const other = openBrowser()
    const asked = await answerOf(other, '/login/passkey', authenticator)
    const both = await Promise.all(
      [here, there].map((node) => {
        other.turnTo(node)
        return other.post('/login', { passkey: asked })
      }),
    )
    expect(both.map(({ status }) => status).sort()).toEqual([302, 422])
  })

  test('is the second step at another, once', async () => {
    const browser = openBrowser()
    const begun = await browser.signIn(email)
    expect(begun.headers.get('Location')).toBe(STEP)
    const passkey = await answerOf(browser, '/login/second-step/passkey', authenticator)
    browser.turnTo(there)
    expect((await takeStep(browser, { intent: 'passkey', passkey })).status).toBe(302)
    expect(await browser.isSignedIn()).toBe(true)
    browser.turnTo(here)
    expect(await browser.isSignedIn()).toBe(true)
  })

  test('proves at another who is there, which the first one knows at once', async () => {
    await makeStale(world.nodes[0]!, owner.secret()!.split('.', 1)[0]!)
    const wanted = { intent: 'create-token', name: 'x', scope: 'profile:read', lifetime: '7' }
    expect((await owner.submit('/profile/tokens', wanted)).status).toBe(403)
    const before = owner.secret()!
    const proofPasskey = await answerOf(owner, '/profile/passkeys/proof', authenticator)
    owner.turnTo(there)
    const done = await owner.submit('/profile/tokens', { ...wanted, proofPasskey })
    expect(done.status).toBe(200)
    owner.turnTo(here)
    expect(await owner.isSignedIn()).toBe(true)
    expect((await owner.submit('/profile/tokens', wanted)).status).toBe(200)
    owner.setSecret(before)
    expect(await owner.isSignedIn()).toBe(false)
  })

  test('opens nothing anywhere once it was removed at another', async () => {
    const browser = openBrowser()
    const passkey = await answerOf(browser, '/login/passkey', authenticator)
    owner.turnTo(there)
    const page = await (await owner.get('/profile/passkeys')).text()
    const passkeyId = /name="passkeyId" value="([^"]+)"/.exec(page)![1]!
    await owner.confirm('/profile/passkeys', { intent: 'remove-passkey', passkeyId })
    expect((await browser.post('/login', { passkey })).status).toBe(422)
  })
})
