import { beforeAll, describe, expect, test } from 'vitest'
import { addLink, changeEmail, createReclaiming, SOMEWHERE } from '../../../tests/support/reclaim'
import {
  addPerson,
  addSession,
  openServices,
  PASSWORD,
  type Person,
  type TestServices,
} from '../../../tests/support/services'
import { minutes } from '../time'
import { newId } from '../row-id'

const NEW_PASSWORD = 'nine purple harbours'

let app: TestServices
let reclaiming: ReturnType<typeof createReclaiming>
beforeAll(async () => {
  app = await openServices()
  reclaiming = createReclaiming(app)
})

/** What makes a password worthless that somebody else may know. */
const events: Record<string, (owner: Person) => Promise<{ ok: boolean }>> = {
  'a sign-in was disowned by the mail about it': async (owner) => {
    const { userId } = owner
    const { id: sessionId } = await signInLater(owner)
    const { client } = app.database
    const { id: about } = await client.signInNotice.findUniqueOrThrow({ where: { sessionId } })
    const link = await addLink(app, { purpose: 'disown_sign_in', userId, about })
    return reclaiming.disownSignIn.byLink(link, SOMEWHERE)
  },
  'a sign-in was disowned on the profile': async (owner) => {
    const { id } = await signInLater(owner)
    return reclaiming.disownSignIn.bySession(owner.first.acting, id)
  },
  'the address was taken back': async ({ userId }) => {
    const link = await changeEmail(app, { userId, to: `${newId()}@example.com` })
    return reclaiming.takeBackEmail.takeBack(link, SOMEWHERE)
  },
}

function signInLater(owner: Person) {
  app.clock.pass(minutes(1))
  return addSession(app, owner)
}

const choose = async ({ userId }: Person, password: string) => {
  const secret = await addLink(app, { purpose: 'forgotten_password', userId })
  return app.choosePassword.choose(secret, { password }, SOMEWHERE, undefined)
}

const RETIRED = { ok: false, code: 'RETIRED_PASSWORD' }

describe.each(Object.entries(events))('after %s', (_, happen) => {
  test('the password from before opens nothing, and is not taken as the new one', async () => {
    const owner = await addPerson(app)
    expect(await happen(owner)).toMatchObject({ ok: true })
    expect(await choose(owner, PASSWORD)).toEqual(RETIRED)
    const typed = { email: owner.email, password: PASSWORD, keep: false, origin: SOMEWHERE }
    expect(await app.signIn(typed)).toMatchObject({ code: 'WRONG_CREDENTIALS' })
  })

  test('another one is taken, by the same link, and nothing of the old one is kept then', async () => {
    const owner = await addPerson(app)
    const { userId } = owner
    await happen(owner)
    const secret = await addLink(app, { purpose: 'password', userId })
    const chosen = (password: string) =>
      app.choosePassword.choose(secret, { password }, SOMEWHERE, undefined)
    expect(await chosen(PASSWORD)).toEqual(RETIRED)
    expect(await chosen(NEW_PASSWORD)).toMatchObject({ ok: true })
    expect(await app.database.client.retiredPassword.count({ where: { userId } })).toBe(0)
  })
})

test('a password stays refused when something else is disowned before another one is chosen', async () => {
  const owner = await addPerson(app)
  const other = await signInLater(owner)
  const notice = await app.database.client.signInNotice.findUniqueOrThrow({
    where: { sessionId: other.id },
  })
  await events['a sign-in was disowned on the profile']!(owner)
  const link = { purpose: 'disown_sign_in', userId: owner.userId, about: notice.id } as const
  await reclaiming.disownSignIn.byLink(await addLink(app, link), SOMEWHERE)
  expect(await choose(owner, PASSWORD)).toEqual(RETIRED)
})

test('of two passwords that were retired, one after the other, the last is refused', async () => {
  const owner = await addPerson(app)
  const disown = events['a sign-in was disowned by the mail about it']!
  await disown(owner)
  const again = await choose(owner, NEW_PASSWORD)
  if (!again.ok) throw new Error(again.code)
  await disown(owner)
  expect(await choose(owner, NEW_PASSWORD)).toEqual(RETIRED)
})

test('a password that nobody retired is chosen again as before', async () => {
  const owner = await addPerson(app)
  expect(await choose(owner, PASSWORD)).toMatchObject({ ok: true })
})
