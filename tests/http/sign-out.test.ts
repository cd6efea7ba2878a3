import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dump } from '../support/dump'
import { expireAt } from '../support/expire'
import { startOpenServer, type TestServer } from '../support/server'
import { sessionCookie } from '../support/session-cookie'
import { until } from '../support/until'
import { createVisitor, type Visitor } from '../support/visitor'

const NOBODYS = '01890000-0000-7000-8000-000000000000'

describe('signing out of sessions', () => {
  let server: TestServer
  let here: Visitor
  let there: Visitor
  let phone: Visitor
  let stranger: Visitor

  beforeAll(async () => {
    server = await startOpenServer()
    here = createVisitor(server.origin)
    stranger = createVisitor(server.origin)
    await here.signUp('ada@example.com')
    await stranger.signUp('grace@example.com')
  })
  beforeEach(async () => {
    await here.confirm('/profile', { intent: 'sign-out-of-sessions' })
    ;[there, phone] = [createVisitor(server.origin), createVisitor(server.origin)]
    await there.signIn('ada@example.com')
    await phone.signIn('ada@example.com')
  })
  afterAll(() => server.dispose())

  const idOf = async (visitor: Visitor) => (await visitor.identity()).session.id

  const signedIn = () =>
    Promise.all([here, there, phone, stranger].map((visitor) => visitor.isSignedIn()))

  it('of somebody else does nothing, as for sessions that never were', async () => {
    const before = (await dump(server)).Session!.map(({ id }) => id)
    const answers = await Promise.all(
      [await idOf(stranger), NOBODYS].map((sessionId) =>
        here.confirm('/profile', { intent: 'sign-out-of-session', sessionId }),
      ),
    )
    const [theirs, unknown] = await Promise.all(answers.map((answer) => answer.text()))
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(withoutChance(theirs!)).toBe(withoutChance(unknown!))
    expect(theirs).toContain('That session had already ended')
    expect((await dump(server)).Session!.map(({ id }) => id)).toEqual(before)
    expect(await stranger.isSignedIn()).toBe(true)
  })

  it('does not end the one that asks, even if it names itself', async () => {
    await here.confirm('/profile', { intent: 'sign-out-of-session', sessionId: await idOf(here) })
    expect(await signedIn()).toEqual([true, true, true, true])
  })

  it('by the button ends what each cookie opens when the browser sends several', async () => {
    const cookie = (visitor: Visitor) => sessionCookie(server.origin, visitor.secret()!)
    for (const Cookie of [
      `${cookie(there)}; ${cookie(there)}`,
      `${cookie(phone)}; ${cookie(phone).split('=')[0]}=`,
    ]) {
      const answer = await createVisitor(server.origin).post('/logout', {}, { Cookie })
      expect(answer.headers.get('Location')).toBe('/login?reason=signed-out')
    }
    expect(await Promise.all([there, phone].map((visitor) => visitor.isSignedIn()))).toEqual([
      false,
      false,
    ])
  })

  it('is refused to one that has ended, which ends nothing more', async () => {
    const formToken = await there.formToken()
    await here.confirm('/profile', {
      intent: 'sign-out-of-session',
      sessionId: await idOf(there),
    })
    const cookie = there.cookieHeader()
    const late = await there.post(
      '/profile',
      { formToken, intent: 'sign-out-of-sessions', confirmed: 'yes' },
      { Cookie: cookie },
    )
    expect(late.headers.get('Location')).toBe('/login?reason=ended')
    expect(await signedIn()).toEqual([true, false, true, true])
  })

  it('ends the others at once, copied cookies included, and nobody else', async () => {
    const answer = await here.confirm('/profile', { intent: 'sign-out-of-sessions' })
    const page = await answer.text()
    expect(answer.status).toBe(200)
    expect(page).toContain('Signed out of 2 other sessions')
    expect(page).toContain('This is your only active session')
    expect(await signedIn()).toEqual([true, false, false, true])
  })

  it('ends one session that was chosen', async () => {
    const answer = await here.confirm('/profile', {
      intent: 'sign-out-of-session',
      sessionId: await idOf(phone),
    })
    expect(await answer.text()).toContain('Signed out of 1 other session')
    expect(await signedIn()).toEqual([true, true, false, true])
  })

  it('ends several that were ticked, and what else is in the list does no harm', async () => {
    const sessionId = [await idOf(there), NOBODYS, await idOf(phone), await idOf(stranger)]
    const answer = await here.confirm('/profile', { intent: 'sign-out-of-session', sessionId })
    expect(await answer.text()).toContain('Signed out of 2 other sessions')
    expect(await signedIn()).toEqual([true, false, false, true])
  })

  it('counts and lists those that have not expired, and no others', async () => {
    await expireAt(server, await idOf(phone), new Date('2020-01-01'))
    // Another process wrote, which the server hears of in a moment.
    await until(async () => !(await phone.isSignedIn()))
    const page = await (await here.get('/profile')).text()
    expect(page).toContain('Sign out of 1 other session')
  })

  it('by the button of each page clears the browser, and may be pressed twice', async () => {
    const formToken = await there.formToken()
    const cookie = there.cookieHeader()
    for (const times of ['once', 'twice']) {
      const answer = await there.post('/logout', { formToken }, { Cookie: cookie })
      expect([times, answer.status]).toEqual([times, 302])
      expect(answer.headers.get('Location')).toBe('/login?reason=signed-out')
      expect(answer.headers.get('Clear-Site-Data')).toBe('"cache", "storage"')
      expect(answer.headers.getSetCookie()).toEqual([
        `${sessionCookie(server.origin, '')}; Max-Age=0; Path=/; HttpOnly; SameSite=Lax`,
      ])
    }
    expect((await there.get('/api/v1/session', { Cookie: cookie })).status).toBe(401)
    expect(await signedIn()).toEqual([true, false, true, true])
  })
})

/** A page without what is another text in every answer. */
const withoutChance = (html: string) =>
  html
    .replaceAll(/nonce="[^"]+"/g, '')
    .replaceAll(/"?now\\?",\d+/g, '')
    .replaceAll(/[\w-]{22}\.[\w-]{43}/g, '')
