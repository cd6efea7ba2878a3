import { codeOf, createKey, keyFromText, stepAt } from '../../app/accounts/factors/totp'
import { makeRecoveryCodes } from '../../app/accounts/factors/recovery-codes'
import type { TypedCode } from '../../app/accounts/factors/code-attempts'
import { newId } from '../../app/accounts/row-id'
import type { Services } from '../../app/server/services'
import type { Acting, Origin } from '../../app/accounts/viewer'
import { PASSWORD, type TestServices } from './services'

/** Somebody's authenticator app, and their codes on paper. */
export type TestFactors = {
  key: Uint8Array<ArrayBuffer>
  /** What the app shows now, or so many steps away. */
  code: (steps?: number) => string
  recoveryCodes: string[]
}

/** Gives a person an authenticator, of which no code was used yet, and recovery codes. */
export async function addFactors(
  { database, clock }: Pick<TestServices, 'database' | 'clock'>,
  { userId }: { userId: string },
): Promise<TestFactors> {
  const key = createKey()
  const now = clock.now()
  const createdBySession = newId()
  const data = { userId, key, lastStep: 0, createdAt: now, createdBySession }
  await database.client.authenticator.create({ data })
  const made = { sessionId: createdBySession, now }
  const recoveryCodes = await database.transaction((tx) => makeRecoveryCodes(tx, userId, made))
  return {
    ...{ key, recoveryCodes },
    code: (steps = 0) => codeOf(key, stepAt(clock.now()) + steps),
  }
}

/** Makes an authenticator as the page does. */
export function addAuthenticator(
  { ownFactors, clock }: Pick<TestServices, 'ownFactors' | 'clock'>,
  acting: Acting,
  linkSecret?: string,
) {
  const { signed, text } = ownFactors.proposeFor(acting.viewer)
  const code = codeOf(keyFromText(text)!, stepAt(clock.now()))
  return ownFactors.addAuthenticator(acting, { proposal: signed, code, linkSecret })
}

let hosts = 0
/** Another address each time. */
export const fromAnywhere = (): Origin => ({
  ip: `198.51.100.${(hosts = (hosts % 250) + 1)}`,
  userAgent: 'test',
})

/** The secret of a sign-in that waits for its second step. */
export async function beginSignIn(
  { signIn }: Pick<Services, 'signIn'>,
  { email }: { email: string },
  { keep = false, origin = fromAnywhere() } = {},
): Promise<string> {
  const result = await signIn({ email, password: PASSWORD, keep, origin })
  if (!result.ok) throw new Error(`No sign-in: ${result.code}`)
  if (!result.pending) throw new Error('There was no second step')
  return result.pending.secret
}

/** Takes the second step. */
export const takeStep = (
  { secondStep }: Pick<Services, 'secondStep'>,
  secret: string,
  code: string,
  { factor = 'authenticator', remember = false, origin = fromAnywhere(), replacing }: Taking = {},
) => secondStep.byFactor({ secret, origin, replacing }, { factor, code, remember })

type Taking = Partial<
  Pick<TypedCode, 'factor'> & { remember: boolean; origin: Origin; replacing: string | undefined }
>
