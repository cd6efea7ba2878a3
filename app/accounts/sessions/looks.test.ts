import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  addPerson,
  addSession,
  openServices,
  type Person,
  type SignedIn,
  type TestServices,
} from '../../../tests/support/services'
import { days, minutes, seconds } from '../time'
import { createLooks } from './looks'

let app: TestServices
let ada: Person
let looks: ReturnType<typeof createOwn>
beforeAll(async () => {
  app = await openServices()
})
beforeEach(async () => {
  ada = await addPerson(app)
  looks = createOwn()
})

/** As of a server of its own, whose writes are counted and can be made to fail. */
function createOwn() {
  const { transaction: run } = app.database
  const transaction = vi.fn(run)
  const database = { ...app.database, transaction: transaction as typeof run }
  const list = (of: { userId: string }) => app.sessions.list(of)
  return { ...createLooks({ database, clock: app.clock, list }), transaction }
}

/** The ids of what is marked when somebody looks. Time goes by afterwards. */
async function look(from: SignedIn, { isLook = true, on = looks } = {}) {
  const listed = await on.listMarked(from.acting.viewer, { isLook })
  app.clock.pass(seconds(1))
  return listed.filter(({ isNew }) => isNew).map(({ id }) => id)
}

const stored = () =>
  app.database.client.knownDevice.findFirstOrThrow({
    where: { userId: ada.userId, createdBySession: ada.first.id },
  })

describe('a session that began since the last look', () => {
  test('is not marked at the first look of a browser, which has nothing to compare with', async () => {
    await addSession(app, ada)
    expect(await look(ada.first)).toEqual([])
  })

  test('is marked, for as long as the look goes on, and not at the next one', async () => {
    await look(ada.first)
    app.clock.pass(minutes(20))
    const other = await addSession(app, ada)
    app.clock.pass(minutes(20))
    expect(await look(ada.first)).toEqual([other.id])
    app.clock.pass(minutes(9))
    expect(await look(ada.first)).toEqual([other.id])
    app.clock.pass(minutes(2))
    expect(await look(ada.first)).toEqual([])
  })

  test('is marked as well when it begins while somebody looks, and then not once more', async () => {
    await look(ada.first)
    const other = await addSession(app, ada)
    app.clock.pass(seconds(1))
    expect(await look(ada.first)).toEqual([other.id])
    app.clock.pass(minutes(11))
    expect(await look(ada.first)).toEqual([])
  })

  test('is never the one that looks, also when it began after the last look there', async () => {
    await look(ada.first)
    app.clock.pass(minutes(20))
    const { knownDevice, secret } = ada.first
    const again = await addSession(app, ada, { known: knownDevice!, replacing: secret })
    const other = await addSession(app, ada)
    app.clock.pass(seconds(1))
    expect(await look(again)).toEqual([other.id])
  })

  test('stays marked where its owner looks, however often whoever is in it does', async () => {
    await look(ada.first)
    app.clock.pass(minutes(20))
    const thief = await addSession(app, ada)
    for (let count = 0; count < 3; count += 1) {
      await look(thief)
      app.clock.pass(minutes(20))
    }
    await looks.flush()
    expect(await look(ada.first)).toEqual([thief.id])
  })

  test('stays marked when the page has only refreshed itself', async () => {
    await look(ada.first)
    app.clock.pass(minutes(20))
    const other = await addSession(app, ada)
    app.clock.pass(minutes(20))
    await look(ada.first, { isLook: false })
    app.clock.pass(minutes(20))
    expect(await look(ada.first)).toEqual([other.id])
  })

  test('is not marked in a browser that was forgotten', async () => {
    await look(ada.first)
    await looks.flush()
    await app.database.client.knownDevice.deleteMany({ where: { userId: ada.userId } })
    app.clock.pass(minutes(20))
    await addSession(app, ada)
    app.clock.pass(seconds(1))
    expect(await look(ada.first)).toEqual([])
  })
})

describe('a look is written', () => {
  test('with the activity, and once in ten minutes', async () => {
    for (let count = 0; count < 5; count += 1) {
      await look(ada.first)
      await looks.flush()
    }
    expect(looks.transaction).toHaveBeenCalledTimes(1)
    app.clock.pass(minutes(11))
    await look(ada.first)
    await looks.flush()
    expect(looks.transaction).toHaveBeenCalledTimes(2)
  })

  test('never while the page is made, and again when it failed', async () => {
    looks.transaction.mockRejectedValueOnce(new Error('the disk is full'))
    expect(await look(ada.first)).toEqual([])
    expect(looks.transaction).not.toHaveBeenCalled()
    await expect(looks.flush()).rejects.toThrow('the disk is full')
    expect(await stored()).toMatchObject({ lookedAt: null })
    await looks.flush()
    expect((await stored()).lookedAt).not.toBeNull()
  })

  test('for the other servers to know', async () => {
    await look(ada.first)
    await looks.flush()
    app.clock.pass(minutes(20))
    const other = await addSession(app, ada)
    app.clock.pass(minutes(20))
    expect(await look(ada.first, { on: createOwn() })).toEqual([other.id])
  })

  test('and never replaced by an older one of another server', async () => {
    const slow = createOwn()
    await look(ada.first, { on: slow })
    app.clock.pass(days(1))
    await look(ada.first)
    await looks.flush()
    const before = await stored()
    await slow.flush()
    expect(await stored()).toEqual(before)
  })

  test('by the services along with what else was used', async () => {
    await app.sessions.listMarked(ada.first.acting.viewer, { isLook: true })
    await app.sessions.flushActivity()
    expect(await stored()).toMatchObject({ lookedAt: app.clock.now() })
  })
})
