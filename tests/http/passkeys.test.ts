import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makePasskey } from '../support/passkeys'
import { startOpenServer, type TestServer } from '../support/server'
import type { SoftwareAuthenticator } from '../support/software-authenticator'
import { createVisitor, type Visitor } from '../support/visitor'

describe('a passkey at the sign-in page', () => {
  let server: TestServer
  let authenticator: SoftwareAuthenticator

  beforeAll(async () => {
    server = await startOpenServer()
    const ada = createVisitor(server.origin)
    await ada.signUp('ada@example.com')
    authenticator = await makePasskey(ada, server.origin)
  })
  afterAll(() => server.dispose())

  async function answerOf(visitor: Visitor) {
    const options = (await (await visitor.get('/login/passkey')).json()) as { challenge: string }
    return JSON.stringify(authenticator.use(options))
  }

  it('is refused from another browser than the one that asked', async () => {
    const [asker, other] = [createVisitor(server.origin), createVisitor(server.origin)]
    await answerOf(other)
    const answer = await other.post('/login', { passkey: await answerOf(asker) })
    expect(answer.status).toBe(422)
    expect(await other.isSignedIn()).toBe(false)
  })

  it('is refused from a browser that keeps no cookies', async () => {
    const visitor = createVisitor(server.origin)
    const passkey = await answerOf(visitor)
    visitor.cookies.clear()
    expect((await visitor.post('/login', { passkey })).status).toBe(422)
    expect(await visitor.isSignedIn()).toBe(false)
  })

  it('is refused from another site', async () => {
    const visitor = createVisitor(server.origin)
    const passkey = await answerOf(visitor)
    const from = { Origin: 'https://evil.example' }
    expect((await visitor.post('/login', { passkey }, from)).status).toBe(403)
  })

  it.each(['', 'no JSON', '{}', 'null', '[]', 'x'.repeat(30_000)])(
    'is refused when it is none: %#',
    async (passkey) => {
      expect((await createVisitor(server.origin).post('/login', { passkey })).status).toBe(422)
    },
  )

  it('signs in, once, and leads to where the person wanted to go, on this site alone', async () => {
    const visitor = createVisitor(server.origin)
    const passkey = await answerOf(visitor)
    const answer = await visitor.post('/login', { passkey, redirectTo: '/profile/tokens' })
    expect(answer.headers.get('Location')).toBe('/profile/tokens')
    expect(await visitor.isSignedIn()).toBe(true)
    await visitor.submit('/logout')
    expect((await visitor.post('/login', { passkey })).status).toBe(422)
    const elsewhere = { passkey: await answerOf(visitor), redirectTo: '//evil.example' }
    expect((await visitor.post('/login', elsewhere)).headers.get('Location')).toBe('/profile')
  })
})
