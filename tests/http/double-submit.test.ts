import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAdministration, type Someone } from '../support/administration'
import { createCaller, secretIn, type Caller } from '../support/caller'
import { dump } from '../support/dump'
import { startServer, type TestServer } from '../support/server'
import { PASSWORD } from '../support/visitor'

describe('a form that is sent twice in the same instant', () => {
  let server: TestServer
  let caller: Caller
  let admin: Someone
  beforeAll(async () => {
    server = await startServer({ SIGNUP: 'open' })
    caller = createCaller(server.origin)
    admin = await createAdministration(server).setUp()
  })
  afterAll(() => server.dispose())

  const twice = (send: () => Promise<Response>) => Promise.all([send(), send()])

  const whereTo = (answers: Response[]) =>
    answers.map(({ status, headers }) => `${status} ${headers.get('Location') ?? ''}`.trim())

  const sessionsOf = async (email: string) => {
    const { User, Session } = await dump(server)
    const user = User!.find((row) => row.email === email)
    return Session!.filter(({ userId }) => userId === user?.id).length
  }

  it('signs in by two sessions that both work, for a browser that had none', async () => {
    await caller.signOut(await caller.signUp('ada@example.com'))
    const fields = { email: 'ada@example.com', password: PASSWORD }
    const answers = await twice(() => caller.post('/login', fields))
    expect(whereTo(answers)).toEqual(['302 /profile', '302 /profile'])
    const secrets = answers.map(secretIn)
    expect(await Promise.all(secrets.map(caller.check))).toEqual([200, 200])
    expect(await sessionsOf('ada@example.com')).toBe(2)
  })

  it('signs out once, and says so both times', async () => {
    const secret = await caller.signUp('bob@example.com')
    const answers = await twice(() => caller.signOut(secret))
    const out = '302 /login?reason=signed-out'
    expect(whereTo(answers)).toEqual([out, out])
    expect(await caller.check(secret)).toBe(401)
  })

  it('signs the others out once, and leaves the one that asks', async () => {
    const here = await caller.signUp('cyd@example.com')
    const there = await caller.signIn('cyd@example.com')
    const answers = await twice(() => caller.endOthers(here))
    expect(whereTo(answers)).toEqual(['200', '200'])
    expect([await caller.check(here), await caller.check(there)]).toEqual([200, 401])
  })

  it('makes one account, and tells the other that the address is taken', async () => {
    const fields = { name: 'Dan', email: 'dan@example.com', password: PASSWORD }
    const answers = await twice(() => caller.post('/signup', fields))
    expect(whereTo(answers).sort()).toEqual(['302 /profile', '422'])
    expect(await sessionsOf('dan@example.com')).toBe(1)
  })

  it('deletes the account once, and both are sent to the sign-in page', async () => {
    const secret = await caller.signUp('eve@example.com')
    const answers = await twice(() =>
      caller.post('/profile/delete', { currentPassword: PASSWORD, confirmed: 'yes' }, secret),
    )
    const places = whereTo(answers)
    expect(places).toContain('302 /login?reason=account-deleted')
    for (const place of places) expect(place).toMatch(/^302 \/login/)
    expect((await dump(server)).User!.some(({ email }) => email === 'eve@example.com')).toBe(false)
  })

  it('deletes somebody once, and the other finds nobody', async () => {
    const { id } = await createAdministration(server).invite(admin)
    const fields = { formToken: await admin.formToken(), confirmed: 'yes' }
    const answers = await twice(() => admin.post(`/admin/users/${id}/delete`, fields))
    const [done, nobody] = whereTo(answers).sort()
    expect(done).toMatch(/^302 \/admin\/users\?/)
    expect(nobody).toBe('404')
    const { AuditEvent } = await dump(server)
    const deletions = AuditEvent!.filter(
      (row) => row.kind === 'user.deleted' && row.subjectId === id,
    )
    expect(deletions).toHaveLength(1)
  })
})
