import { beforeAll, describe, expect, test } from 'vitest'
import { addAuthenticator, addFactors, beginSignIn, takeStep } from '../../../tests/support/factors'
import { addPasskey } from '../../../tests/support/passkeys'
import { addPerson, openServices, type TestServices } from '../../../tests/support/services'
import { StepUpNeeded } from '../sessions/acting-session'
import type { Acting } from '../viewer'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

/** In the session of somebody who came in by a code on paper. */
async function byRecoveryCode(): Promise<{ acting: Acting; userId: string }> {
  const person = await addPerson(app)
  const { recoveryCodes } = await addFactors(app, person)
  const secret = await beginSignIn(app, person)
  const paper = { factor: 'recovery_code' } as const
  const result = await takeStep(app, secret, recoveryCodes[0]!, paper)
  if (!result.ok) throw new Error(result.code)
  const viewer = (await app.sessions.verify(result.session.secret))!
  return { acting: { viewer, ip: '192.0.2.1' }, userId: person.userId }
}

describe('a recovery code opens the way to one new factor, and', () => {
  test('to a passkey as well as to an authenticator, each with new codes', async () => {
    const [one, other] = [await byRecoveryCode(), await byRecoveryCode()]
    const codes = await addAuthenticator(app, one.acting)
    expect(codes).toMatchObject({ ok: true, recoveryCodes: { length: 10 } })
    await addPasskey(app, other)
    const { userId } = other
    expect(await app.database.client.recoveryCode.count({ where: { userId } })).toBe(10)
  })

  test('to no second one', async () => {
    const { acting, userId } = await byRecoveryCode()
    expect(await app.ownFactors.mayReplaceLost(acting.viewer)).toBe(true)
    await addPasskey(app, { acting })
    expect(await app.ownFactors.mayReplaceLost(acting.viewer)).toBe(false)
    await expect(addPasskey(app, { acting })).rejects.toThrow(StepUpNeeded)
    await expect(addAuthenticator(app, acting)).rejects.toThrow(StepUpNeeded)
    expect(await app.database.client.passkey.count({ where: { userId } })).toBe(1)
  })

  test('to ten new codes for the one only along with it', async () => {
    const { acting, userId } = await byRecoveryCode()
    await expect(app.ownFactors.renewCodes(acting)).rejects.toThrow(StepUpNeeded)
    expect(await app.database.client.recoveryCode.count({ where: { userId } })).toBe(9)
  })
})
