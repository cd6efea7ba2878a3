import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ATTEMPT_LIMITS } from '~/accounts/attempt-limits'
import { codeNow, setUpAuthenticator, takeStep } from '../support/authenticator-pages'
import { dump } from '../support/dump'
import { makeStale } from '../support/expire'
import { formsIn } from '../support/page-forms'
import { startOpenServer, type TestServer } from '../support/server'
import { createVisitor, PASSWORD, type Visitor } from '../support/visitor'

const TOKENS = '/profile/tokens'
const WANTED = { intent: 'create-token', name: 'Backup', scope: 'profile:read', lifetime: '7' }

describe('a form that came too late, of somebody with an authenticator app', () => {
  let server: TestServer
  beforeAll(async () => (server = await startOpenServer()))
  afterAll(() => server.dispose())

  let people = 0
  async function somebody() {
    const email = `ada-${(people += 1)}@example.com`
    const ada = createVisitor(server.origin)
    await ada.signUp(email)
    const { key } = await setUpAuthenticator(ada)
    await makeStale(server, ada.secret()!.split('.', 1)[0]!)
    return { email, ada, key }
  }

  const tokens = async () => (await dump(server)).ApiToken!.length

  async function refused(ada: Visitor, proof: Record<string, string>, status = 403) {
    const before = await tokens()
    const answer = await ada.submit(TOKENS, { ...WANTED, ...proof })
    const html = await answer.text()
    expect(answer.status).toBe(status)
    expect(await tokens()).toBe(before)
    const form = formsIn(html, TOKENS).find(({ intent }) => intent === 'create-token')
    expect(form?.fields).toContainEqual(['name', WANTED.name])
    expect(form?.fields).toContainEqual(['proofCode', ''])
    expect(html).not.toContain('proofPassword')
    return { answer, html }
  }

  it('is asked for a code of it, and takes no password in its place', async () => {
    const { ada } = await somebody()
    await refused(ada, {})
    const { html } = await refused(ada, { proofPassword: PASSWORD })
    expect(html).toContain('Your account has a safer way by now')
  })

  it('is refused with a wrong code, and after five says when to come back', async () => {
    const { ada, key } = await somebody()
    const proofCode = codeNow(key, 5)
    for (let n = 0; n < ATTEMPT_LIMITS.secondStepOnKnown.attempts; n += 1) {
      const { html } = await refused(ada, { proofCode })
      expect(html).toContain('This code is not right')
    }
    const { answer } = await refused(ada, { proofCode: codeNow(key) }, 429)
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0)
  })

  it('is done with the right one, in a session that goes on under another secret', async () => {
    const { ada, key } = await somebody()
    const before = await tokens()
    const secret = ada.secret()!
    const proofCode = codeNow(key)
    const done = await ada.submit(TOKENS, { ...WANTED, proofCode })
    expect(done.status).toBe(200)
    expect(await done.text()).toContain('was created')
    expect(await tokens()).toBe(before + 1)
    expect(await ada.isSignedIn()).toBe(true)
    const thief = createVisitor(server.origin)
    thief.setSecret(secret)
    expect(await thief.isSignedIn()).toBe(false)
    // No code works twice, here neither.
    await makeStale(server, ada.secret()!.split('.', 1)[0]!)
    await refused(ada, { proofCode })
  })

  it('is done though a stranger, who knows the password, used up the guesses', async () => {
    const { ada, email, key } = await somebody()
    const stranger = createVisitor(server.origin)
    for (let n = 0; n <= ATTEMPT_LIMITS.secondStep.attempts; n += 1) {
      await stranger.signIn(email)
      const isLast = n === ATTEMPT_LIMITS.secondStep.attempts
      const answer = await takeStep(stranger, { code: codeNow(key, isLast ? 0 : 5) })
      expect(answer.status).toBe(isLast ? 429 : 422)
    }
    const done = await ada.submit(TOKENS, { ...WANTED, proofCode: codeNow(key) })
    expect(done.status).toBe(200)
  })
})
