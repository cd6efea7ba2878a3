import { beforeEach, describe, expect, test } from 'vitest'
import { addApplication } from '../../../tests/support/applications'
import { addFactors } from '../../../tests/support/factors'
import {
  addAdministrator,
  addPerson,
  makeSetUpLink,
  openServices,
  PASSWORD,
  type TestServices,
} from '../../../tests/support/services'
import { statementsOf } from '../../../tests/support/statements'
import type { Acting } from '../viewer'

const origin = { ip: '192.0.2.50', userAgent: 'test' }
const root = { name: 'Root', email: 'root@example.com', password: PASSWORD }
const NOTHING_DONE = { secondFactor: false, application: false, person: false }

let app: TestServices
let acting: Acting
let userId: string
beforeEach(async () => {
  app = await openServices()
  const result = await app.setUp.complete(await makeSetUpLink(app), root, origin)
  if (!result.ok || !result.session) throw new Error('The set-up failed')
  const viewer = (await app.sessions.verify(result.session.secret))!
  acting = { viewer, ip: origin.ip }
  userId = viewer.user.id
})

const steps = () => app.nextSteps.find(userId)

describe('what is left to do', () => {
  test('is everything for who has just set Latchkey up', async () => {
    expect(await steps()).toEqual(NOTHING_DONE)
  })

  test('is no authenticator app any more once there is one', async () => {
    await addFactors(app, { userId })
    expect(await steps()).toEqual({ ...NOTHING_DONE, secondFactor: true })
  })

  test('is no passkey any more once there is one, of theirs and not of somebody else', async () => {
    const addPasskey = (of: string) =>
      app.database.client.passkey.create({
        data: {
          ...{ id: of, userId: of, name: 'Key', createdAt: app.clock.now() },
          ...{ credentialId: Buffer.from(of), publicKey: Buffer.from('x'), counter: 0 },
          ...{ transports: '', createdBySession: 'some session' },
        },
      })
    await addPasskey((await addPerson(app)).userId)
    expect(await steps()).toEqual({ ...NOTHING_DONE, person: true })
    await addPasskey(userId)
    expect(await steps()).toEqual({ ...NOTHING_DONE, person: true, secondFactor: true })
  })

  test('is no application any more once there is one', async () => {
    await addApplication(app)
    expect(await steps()).toEqual({ ...NOTHING_DONE, application: true })
  })

  test('is nobody else any more once somebody was created', async () => {
    await addPerson(app)
    expect(await steps()).toEqual({ ...NOTHING_DONE, person: true })
  })

  test('is not said to administrators who found Latchkey set up', async () => {
    const { userId: second } = await addAdministrator(app)
    expect(await app.nextSteps.find(second)).toBeNull()
  })

  test('is not said any more to who has hidden it', async () => {
    expect(await app.nextSteps.hide(acting)).toEqual({ ok: true })
    expect(await steps()).toBeNull()
  })

  test('is hidden by no session that has ended', async () => {
    await app.revocations.commit(async (tx) => {
      await tx.session.deleteMany({ where: { userId } })
    })
    expect(await app.nextSteps.hide(acting)).toEqual({ ok: false, code: 'SESSION_ENDED' })
    expect(await steps()).not.toBeNull()
  })

  test('is asked of the database by one question', async () => {
    const asked = await statementsOf(steps)
    expect(asked).toHaveLength(1)
  })
})
