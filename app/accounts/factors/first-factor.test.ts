import { beforeAll, describe, expect, test } from 'vitest'
import { addAuthenticator, addFactors } from '../../../tests/support/factors'
import { addPasskey } from '../../../tests/support/passkeys'
import {
  addPerson,
  addSession,
  addToken,
  openServices,
  type SignedIn,
  type TestServices,
} from '../../../tests/support/services'
import { StepUpNeeded } from '../sessions/acting-session'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

const factors = {
  authenticator: (acting: SignedIn['acting']) => addAuthenticator(app, acting),
  passkey: (acting: SignedIn['acting']) => addPasskey(app, { acting }),
}

describe.each(['authenticator', 'passkey'] as const)("somebody's first %s", (kind) => {
  test('asks their other sessions for a proof, whose password was right a moment ago', async () => {
    const person = await addPerson(app)
    const other = await addSession(app, person)
    await factors[kind](person.first.acting)
    await expect(addToken(app, other)).rejects.toThrow(StepUpNeeded)
    expect(await app.stepUp.accepted(person.userId)).not.toContain('password')
  })

  test('is followed by others without a further question', async () => {
    const person = await addPerson(app)
    const other = await addSession(app, person)
    await addFactors(app, person)
    await factors[kind](person.first.acting)
    expect(await addToken(app, other)).toBeTruthy()
  })
})
