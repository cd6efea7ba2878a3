import {
  createSoftwareAuthenticator,
  type OptionsToMake,
  type Said,
} from './software-authenticator'
import type { Visitor } from './visitor'
import type { Person, SignedIn, TestServices } from './services'

/** Where the services of the rules' tests believe to be. */
export const SITE = 'http://localhost:3000'

/** The secret in the cookie of a browser's ceremonies. */
export const BROWSER = 'this-browser'

export const HERE = { ip: '192.0.2.1', userAgent: 'test' }

/** A passkey of this person, made in their session. */
export async function addPasskey(
  { passkeys }: Pick<TestServices, 'passkeys'>,
  { acting }: Pick<SignedIn, 'acting'>,
  aaguid?: Buffer<ArrayBuffer>,
) {
  const authenticator = createSoftwareAuthenticator(SITE, aaguid && { aaguid })
  const answer = authenticator.make(await passkeys.optionsToAdd(acting, BROWSER))
  const added = await passkeys.add(acting, { answer, browser: BROWSER, madeWith: 'Test on Linux' })
  if (!added.ok) throw new Error(`No passkey: ${added.code}`)
  return authenticator
}

/** Signs in with a passkey alone, honestly unless told otherwise. */
export async function signInWith(
  { passkeys }: Pick<TestServices, 'passkeys'>,
  authenticator: ReturnType<typeof createSoftwareAuthenticator>,
  said: Partial<Said> = {},
) {
  const answer = authenticator.use(await passkeys.options(BROWSER), said)
  return passkeys.signIn({ answer, browser: BROWSER, keep: false, origin: HERE })
}

/** The id of the only passkey of a person. */
export async function idOfPasskey(
  { passkeys }: Pick<TestServices, 'passkeys'>,
  { userId }: Pick<Person, 'userId'>,
): Promise<string> {
  const [passkey] = await passkeys.list({ userId })
  return passkey!.id
}

/** A passkey of a visitor who is signed in, made through the pages. */
export async function makePasskey(visitor: Visitor, origin: string) {
  const authenticator = createSoftwareAuthenticator(origin)
  const options = (await (await visitor.get('/profile/passkeys/options')).json()) as OptionsToMake
  const passkey = JSON.stringify(authenticator.make(options))
  await visitor.submit('/profile/passkeys', { intent: 'add-passkey', passkey })
  return authenticator
}
