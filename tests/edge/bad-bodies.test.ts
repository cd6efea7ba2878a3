import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dump, withoutActivity } from '../support/dump'
import { formCases } from '../support/forms'
import { request } from '../support/request'
import { startServer, type TestServer } from '../support/server'
import { createVisitor, PASSWORD, type Visitor } from '../support/visitor'

const FORM_TYPE = 'application/x-www-form-urlencoded'
const LIMIT = 64 * 1024
const paths = [...new Set([...formCases.map(({ path }) => path), '/logout', '/profile/data'])]

const wrongTypes: [type: string | undefined, body: string][] = [
  ['application/json', JSON.stringify({ intent: 'sign-out-of-sessions' })],
  ['text/plain', 'intent=sign-out-of-sessions&confirmed=yes'],
  [
    'multipart/form-data; boundary=x',
    '--x\r\nContent-Disposition: form-data; name="intent"\r\n\r\nsign-out-of-sessions\r\n--x--\r\n',
  ],
  [`${FORM_TYPE}x`, 'intent=sign-out-of-sessions&confirmed=yes'],
  [undefined, 'intent=sign-out-of-sessions&confirmed=yes'],
]

const notUtf8 = {
  'a lone surrogate': '%ED%A0%80',
  'an overlong slash': '%C0%AF',
  'half a character': '%E2%82',
  'a byte that is never sent': '%FF',
  'a percent sign alone': '%',
  'percent signs without digits': '%zz',
  'a raw byte': '\xFF',
}

describe('a body', () => {
  let server: TestServer
  let ada: Visitor
  let formToken: string

  beforeAll(async () => {
    server = await startServer({ SIGNUP: 'open' })
    ada = createVisitor(server.origin)
    await ada.setUp(server.setUpToken(), 'ada@example.com')
    await createVisitor(server.origin).signIn('ada@example.com')
    formToken = await ada.formToken()
  })
  afterAll(() => server.dispose())

  const send = (path: string, body: string | Buffer, more: Record<string, string> = {}) =>
    request(server, path, {
      method: 'POST',
      headers: {
        Origin: server.origin,
        'Content-Type': FORM_TYPE,
        ...(path !== '/signup' && path !== '/login' && { Cookie: ada.cookieHeader() }),
        ...more,
      },
      body,
    })

  async function expectNothingDone(work: () => Promise<void>) {
    const before = withoutActivity(await dump(server))
    await work()
    expect(withoutActivity(await dump(server))).toEqual(before)
  }

  it.each(paths)('longer than 64 KiB is refused, however it is sent: %s', async (path) => {
    const long = `formToken=${formToken}&intent=sign-out-of-sessions&confirmed=yes&name=`.padEnd(
      LIMIT + 1,
      'a',
    )
    await expectNothingDone(async () => {
      const declared = await send(path, long, { 'Content-Length': String(LIMIT + 1) })
      const chunked = await send(path, long, { 'Transfer-Encoding': 'chunked' })
      expect([declared.status, chunked.status]).toEqual([413, 413])
      expect(await chunked.text()).toContain('more than a form of ours can hold')
    })
  })

  it('of megabytes is refused in the same words, and its connection serves on', async () => {
    const body = Buffer.alloc(5_000_000, 'a')
    const framings = [
      ['Content-Length', String(body.length)] as const,
      ['Transfer-Encoding', 'chunked'] as const,
    ]
    for (const [name, value] of framings) {
      const answer = await send('/login', body, { Connection: 'keep-alive', [name]: value })
      expect([answer.status, answer.headers.get('Connection')]).toEqual([413, 'keep-alive'])
    }
  })

  it.each(wrongTypes)('of type %s is refused by every form', async (type, body) => {
    await expectNothingDone(async () => {
      for (const path of paths) {
        const answer = await send(path, body, { 'Content-Type': type ?? '' })
        expect([path, answer.status]).toEqual([path, 415])
      }
    })
  })

  it.each(Object.entries(notUtf8))('that is not UTF-8 is refused: %s', async (_, bytes) => {
    await expectNothingDone(async () => {
      for (const { path, fields } of formCases) {
        const text = new URLSearchParams({ formToken, ...fields }).toString()
        const answer = await send(path, Buffer.from(`${text}${bytes}`, 'latin1'))
        expect([path, answer.status]).toEqual([path, 400])
        expect(await answer.text()).toContain('not text in UTF-8')
      }
    })
  })

  it.each([
    [''],
    ['intent='],
    ['intent=fly'],
    ['intent=__proto__'],
    ['intent=rename&intent=rename'],
  ])('that asks for what there is not is refused: %j', async (intent) => {
    await expectNothingDone(async () => {
      for (const path of ['/profile', '/profile/tokens']) {
        const answer = await send(path, `formToken=${formToken}&name=x&${intent}`)
        expect(answer.status).toBe(400)
        expect(await answer.text()).toContain('something that this page cannot do')
      }
    })
  })

  it.each([
    [[]],
    [['']],
    [['x']],
    [['\0']],
    [['__proto__', 'constructor']],
    [['a'.repeat(10_000)]],
    [[`' OR 1=1 --`]],
    [['%', '_', '*']],
    [Array<string>(101).fill('x')],
  ])('that names no session of ours ends none: %j', async (sessionId) => {
    await expectNothingDone(async () => {
      const answer = await ada.post('/profile', {
        formToken,
        intent: 'sign-out-of-session',
        confirmed: 'yes',
        sessionId,
      })
      const page = await answer.text()
      expect([200, 422]).toContain(answer.status)
      expect(page).toMatch(
        /had already ended|Tick the sessions|more sessions than you can have|cannot be stored|at most 60/,
      )
    })
  })

  it('cannot set what its form does not ask for', async () => {
    const extra = {
      role: 'admin',
      isAdmin: 'true',
      id: 'chosen',
      userId: String((await dump(server)).User![0]!.id),
      disabledAt: '',
      createdAt: '2000-01-01',
      endsAt: '2999-01-01',
      expiresAt: '2999-01-01',
      ip: '1.2.3.4',
      tokenHash: 'x',
      'password[hash]': 'x',
      '__proto__[role]': 'admin',
      __proto__: 'x',
      constructor: 'x',
    }
    const eve = createVisitor(server.origin)
    const fields = { name: 'Eve', email: 'eve@example.com', password: PASSWORD }
    expect((await eve.post('/signup', { ...extra, ...fields })).status).toBe(302)
    await eve.submit('/profile', { ...extra, intent: 'rename', name: 'Eve II' })

    const { User, Session } = await dump(server)
    const [user] = User!.filter(({ email }) => email === 'eve@example.com')
    const [session] = Session!.filter(({ userId }) => userId === user!.id)
    expect(user).toMatchObject({ name: 'Eve II', role: 'user', disabledAt: null })
    expect(JSON.stringify([user, session])).not.toMatch(/chosen|2000-01|2999-01|1\.2\.3\.4/)
    expect(User!.filter(({ name }) => name === 'Eve II')).toHaveLength(1)
  })
})
