import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from '../support/server'
import { createVisitor } from '../support/visitor'

describe('signing out of other sessions', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.dispose())

  it('refuses the other browsers from then on, a copied cookie included, and nobody else', async () => {
    const [here, there, stranger] = [1, 2, 3].map(() => createVisitor(server.origin))
    await here!.signUp('ada@example.com')
    await there!.signIn('ada@example.com')
    await stranger!.signUp('grace@example.com')

    const answer = await here!.submit('/profile', { intent: 'sign-out-of-sessions' })
    const page = await answer.text()

    expect(answer.status).toBe(200)
    expect(page).toContain('Signed out of 1 other session')
    expect(page).toContain('This is your only active session')
    expect(await there!.isSignedIn()).toBe(false)
    expect(await here!.isSignedIn()).toBe(true)
    expect(await stranger!.isSignedIn()).toBe(true)
  })
})
