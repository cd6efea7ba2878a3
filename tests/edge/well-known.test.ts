import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startOpenServer, type TestServer } from '../support/server'
import { createVisitor } from '../support/visitor'

/** https://w3c.github.io/webappsec-change-password-url/ */
describe('a password manager that looks for the page to change a password', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startOpenServer()
  })
  afterAll(() => server.dispose())

  test('is led to it, by way of the sign-in page when nobody is signed in', async () => {
    const visitor = createVisitor(server.origin)
    expect(await follow('/.well-known/change-password')).toEqual([
      '/profile/password',
      '/login?redirectTo=%2Fprofile%2Fpassword',
    ])
    await visitor.signUp('ada@example.com')
    expect(await follow('/.well-known/change-password')).toEqual(['/profile/password'])

    async function follow(path: string): Promise<string[]> {
      const answer = await visitor.get(path)
      const location = answer.headers.get('Location')
      expect(answer.status).toBe(location === null ? 200 : 302)
      return location === null ? [] : [location, ...(await follow(location))]
    }
  })

  test.each(['GET', 'HEAD'])(
    'learns by a %s that what does not exist answers 404',
    async (method) => {
      // The name that the specification has them try, before they believe the other answer.
      const missing =
        '/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200'
      for (const path of [missing, '/.well-known/', '/.well-known/change-password/further']) {
        const { status } = await fetch(server.origin + path, { method, redirect: 'manual' })
        expect([path, status]).toEqual([path, 404])
      }
    },
  )
})
