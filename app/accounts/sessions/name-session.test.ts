import { beforeAll, describe, expect, test } from 'vitest'
import {
  addAdministrator,
  addPerson,
  addSession,
  openServices,
  type Person,
  type TestServices,
} from '../../../tests/support/services'
import { days } from '../time'
import { nameSessionSchema } from './schemas'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

const labels = async ({ userId }: Pick<Person, 'userId'>) =>
  (await app.sessions.list({ userId })).map(({ label }) => label)

describe('the name of a device', () => {
  test('is refused for a session of somebody else, or one that has ended, and changes nothing', async () => {
    const [ada, bob] = [await addPerson(app), await addPerson(app)]
    const over = await addSession(app, bob, { kept: false })
    app.clock.pass(days(2))
    const kept = await addSession(app, ada)
    for (const sessionId of [bob.first.id, over.id, 'x', '']) {
      const result = await app.nameSession(kept.acting, { sessionId, label: 'Mine' })
      expect(result).toEqual({ ok: false, code: 'NO_SUCH_SESSION' })
    }
    const rows = await app.database.client.session.findMany({ where: { userId: bob.userId } })
    expect(rows.map(({ label }) => label)).not.toContain('Mine')
  })

  test('is refused to a session that was signed out', async () => {
    const ada = await addPerson(app)
    const other = await addSession(app, ada)
    await app.sessions.endOthers(ada.first.acting)
    const named = { sessionId: ada.first.id, label: 'Mine' }
    expect(await app.nameSession(other.acting, named)).toEqual({ ok: false, code: 'SESSION_ENDED' })
    expect(await labels(ada)).toEqual([null])
  })

  test('is given, changed and taken away, and each is written down', async () => {
    const ada = await addPerson(app)
    const { id: sessionId, acting } = ada.first
    for (const label of ['Tablet', 'Mum’s tablet', 'Mum’s tablet', null]) {
      expect(await app.nameSession(acting, { sessionId, label })).toEqual({ ok: true })
      expect(await labels(ada)).toEqual([label])
    }
    const events = await app.database.client.auditEvent.findMany({
      where: { kind: 'session.named', subjectId: ada.userId },
      orderBy: { id: 'asc' },
    })
    expect(events.map(({ details }) => JSON.parse(details) as unknown)).toEqual([
      { to: 'Tablet', session: sessionId },
      { from: 'Tablet', to: 'Mum’s tablet', session: sessionId },
      { from: 'Mum’s tablet', session: sessionId },
    ])
  })

  test('is there again after the next sign-in in the same browser, and in no other', async () => {
    const ada = await addPerson(app)
    const { id: sessionId, acting, knownDevice } = ada.first
    await app.nameSession(acting, { sessionId, label: 'Laptop' })
    const again = await addSession(app, ada, { known: knownDevice!, replacing: ada.first.secret })
    expect(await labels(ada)).toEqual(['Laptop'])
    await addSession(app, ada)
    expect((await labels(ada)).sort()).toEqual(['Laptop', null])
    await app.nameSession(again.acting, { sessionId: again.id, label: null })
    expect(await labels(ada)).toEqual([null, null])
  })

  test('is told to nobody else who uses that browser', async () => {
    const [ada, bob] = [await addPerson(app), await addPerson(app)]
    const { id: sessionId, acting, knownDevice } = ada.first
    await app.nameSession(acting, { sessionId, label: 'What I bought for Bob' })
    await addSession(app, bob, { known: knownDevice! })
    expect(await labels(bob)).toEqual([null, null])
  })

  test('is in the copy of one’s data, and in the list that an administrator sees', async () => {
    const [ada, admin] = [await addPerson(app), await addAdministrator(app)]
    await app.nameSession(ada.first.acting, { sessionId: ada.first.id, label: 'Laptop' })
    const result = await app.exportAccount(ada.first.acting)
    if (!result.ok) throw new Error(result.code)
    const { sessions, account } = result.everything
    expect(sessions[0]).toMatchObject({ label: 'Laptop' })
    expect(account!.knownDevices[0]).toMatchObject({ label: 'Laptop' })
    expect(await labels(ada)).toEqual(['Laptop'])
    expect(await labels(admin)).toEqual([null])
  })
})

describe('what somebody typed as the name of a device', () => {
  const parsed = (label: string) => nameSessionSchema.safeParse({ sessionId: 'x', label })

  test.each([
    ['too long', 'x'.repeat(61)],
    ['with a NUL', 'Tablet\0'],
    ['of half a character', 'Tablet \ud800'],
  ])('is refused when it is %s', (_, label) => {
    expect(parsed(label).success).toBe(false)
  })

  test.each([
    ['  Mum’s tablet ', 'Mum’s tablet'],
    ['Mum’s\ntablet', 'Mum’s tablet'],
    ['\u202etelbat', 'telbat'],
    ['', null],
    ['   ', null],
    ['\u200b', null],
  ])('is cleaned as other names are, and nothing of it is no name: %j', (label, kept) => {
    expect(parsed(label).data?.label).toBe(kept)
  })
})
