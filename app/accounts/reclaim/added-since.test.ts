import { beforeAll, describe, expect, test } from 'vitest'
import {
  addLink,
  addMade,
  createReclaiming,
  madeBySessions,
  SOMEWHERE,
} from '../../../tests/support/reclaim'
import {
  addPerson,
  openServices,
  type Person,
  type TestServices,
} from '../../../tests/support/services'
import { minutes } from '../time'
import { newId } from '../row-id'
import { writeNotice } from './sign-in-notice'

let app: TestServices
let reclaiming: ReturnType<typeof createReclaiming>
beforeAll(async () => {
  app = await openServices()
  reclaiming = createReclaiming(app)
})

/** Disowns a sign-in of this moment. */
async function disown({ userId }: Person, sessionId = newId()) {
  const signIn = { userId, sessionId, signedInAt: app.clock.now(), ...SOMEWHERE }
  const about = await app.database.transaction((tx) => writeNotice(tx, signIn, app.clock))
  const link = await addLink(app, { purpose: 'disown_sign_in', userId, about })
  return async () => {
    const result = await reclaiming.disownSignIn.byLink(link, SOMEWHERE)
    if (!result.ok) throw new Error(result.code)
  }
}

/** These go whatever made them, like at a change of the password. */
const ALL_GO = ['RememberedDevice']
/** See take-back-email.test.ts: what was changed is changed back. */
const CHANGED_BACK = ['EmailChange']
const made = madeBySessions.map(({ name }) => name).filter((name) => !CHANGED_BACK.includes(name))

test('there are things that sessions make', () => {
  expect(made).toContain('Passkey')
  expect(made).toContain('Authenticator')
})

describe.each(made)('of what %s has, when a sign-in was disowned', (model) => {
  test('nothing is left that was made since, whichever session made it', async () => {
    const owner = await addPerson(app)
    const press = await disown(owner)
    app.clock.pass(minutes(1))
    const session = newId()
    await addMade(app, model, { userId: owner.userId, session })
    await press()
    expect(await countOf(model, session)).toBe(0)
  })

  test('nothing is left that the sign-in made before it was complete', async () => {
    const owner = await addPerson(app)
    const session = newId()
    await addMade(app, model, { userId: owner.userId, session })
    app.clock.pass(minutes(1))
    const press = await disown(owner, session)
    await press()
    expect(await countOf(model, session)).toBe(0)
  })

  test.skipIf(ALL_GO.includes(model))('what is older is left to its owner', async () => {
    const owner = await addPerson(app)
    await addMade(app, model, { userId: owner.userId, session: owner.first.id })
    app.clock.pass(minutes(1))
    const press = await disown(owner)
    await press()
    expect(await countOf(model, owner.first.id)).toBeGreaterThan(0)
  })

  test('nobody else loses anything', async () => {
    const [owner, other] = [await addPerson(app), await addPerson(app, 'Grace')]
    const press = await disown(owner)
    await addMade(app, model, { userId: other.userId, session: other.first.id })
    await press()
    expect(await countOf(model, other.first.id)).toBeGreaterThan(0)
  })
})

async function countOf(model: string, session: string): Promise<number> {
  const sql = `SELECT count(*) FROM "${model}" WHERE "createdBySession" = ?`
  return Number(await app.queryValue<number>(sql, session))
}
