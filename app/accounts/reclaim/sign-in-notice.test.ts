import { beforeAll, describe, expect, test } from 'vitest'
import {
  addPerson,
  addSession,
  openServices,
  type Person,
  type TestServices,
} from '../../../tests/support/services'
import { addLink, SOMEWHERE } from '../../../tests/support/reclaim'
import { days } from '../time'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

const told = ({ userId }: Person) => app.database.client.signInNotice.count({ where: { userId } })

describe('a person is told of a sign-in', () => {
  test('from another browser, but not of the very first one', async () => {
    const ada = await addPerson(app)
    expect(await told(ada)).toBe(0)
    await addSession(app, ada)
    expect(await told(ada)).toBe(1)
  })

  test('also when no browser of theirs is known any more, since nobody came for over a year', async () => {
    const ada = await addPerson(app)
    app.clock.pass(days(366))
    await app.sessions.purge()
    await addSession(app, ada)
    expect(await told(ada)).toBe(1)
  })

  test('but not of their own by a mailed link, where no other browser is known', async () => {
    const ada = await addPerson(app)
    const { userId } = ada
    await app.database.client.knownDevice.deleteMany({ where: { userId } })
    const link = await addLink(app, { purpose: 'forgotten_password', userId })
    const chosen = { password: 'nine purple harbours' }
    const result = await app.choosePassword.choose(link, chosen, SOMEWHERE, undefined)
    expect(result).toMatchObject({ ok: true })
    expect(await told(ada)).toBe(0)
  })
})
