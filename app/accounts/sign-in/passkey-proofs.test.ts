import { describe, expect, it } from 'vitest'
import { addPasskey, BROWSER, HERE, idOfPasskey } from '../../../tests/support/passkeys'
import { addPerson, openServices } from '../../../tests/support/services'

const services = await openServices()
const { passkeys, database } = services

const REFUSED = { ok: false, code: 'PASSKEY_REFUSED' }
const OVER = { ok: false, code: 'CHALLENGE_OVER' }

async function personWithPasskey() {
  const person = await addPerson(services)
  return { ...person, authenticator: await addPasskey(services, person.first) }
}

describe('the options of a sign-in', () => {
  it('tell nobody who has passkeys', async () => {
    await personWithPasskey()
    const options = await passkeys.options(BROWSER)
    expect(options.allowCredentials).toBeUndefined()
    expect(options).toMatchObject({ rpId: 'localhost', userVerification: 'required' })
  })

  it('name the passkeys of a person only to a step after the first', async () => {
    const { userId, authenticator } = await personWithPasskey()
    const ceremony = { purpose: 'second-step', browser: BROWSER, about: 'pending' } as const
    const { allowCredentials } = await passkeys.optionsFor(ceremony, userId)
    expect(allowCredentials?.map(({ id }) => id)).toEqual([authenticator.id])
  })
})

describe('a passkey that is asked for besides', () => {
  const ceremony = { purpose: 'step-up', browser: BROWSER, about: 'this session' } as const

  it('is refused when it is of another person', async () => {
    const [ada, grace] = [await personWithPasskey(), await personWithPasskey()]
    const answer = grace.authenticator.use(await passkeys.optionsFor(ceremony, ada.userId))
    expect(await passkeys.verifyFor(answer, ceremony, ada.userId)).toEqual(REFUSED)
  })

  it('is refused for another session than the one that was asked', async () => {
    const { userId, authenticator } = await personWithPasskey()
    const answer = authenticator.use(await passkeys.optionsFor(ceremony, userId))
    const elsewhere = { ...ceremony, about: 'another session' }
    expect(await passkeys.verifyFor(answer, elsewhere, userId)).toEqual(REFUSED)
  })

  it('is refused when it was removed while the answer was checked', async () => {
    const person = await personWithPasskey()
    const answer = person.authenticator.use(await passkeys.optionsFor(ceremony))
    const verified = await passkeys.verifyFor(answer, ceremony)
    if (!verified.ok) throw new Error(verified.code)
    await passkeys.remove(person.first.acting, await idOfPasskey(services, person))
    const taken = await database.transaction((tx) =>
      passkeys.accept(tx, verified.proof, { sessionId: null, ip: HERE.ip }),
    )
    expect(taken).toEqual(REFUSED)
  })

  it('is taken once', async () => {
    const { userId, authenticator } = await personWithPasskey()
    const answer = authenticator.use(await passkeys.optionsFor(ceremony, userId))
    const verified = await passkeys.verifyFor(answer, ceremony, userId)
    if (!verified.ok) throw new Error(verified.code)
    const take = () =>
      database.transaction((tx) =>
        passkeys.accept(tx, verified.proof, { sessionId: 'x', ip: HERE.ip }),
      )
    expect(await take()).toEqual({ ok: true })
    expect(await take()).toEqual(OVER)
  })
})
