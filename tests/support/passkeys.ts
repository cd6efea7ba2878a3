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

/** What it says as the proof of who is in a session, honestly unless told otherwise. */
export async function proofBy(
  { stepUp }: Pick<TestServices, 'stepUp'>,
  { acting }: Pick<SignedIn, 'acting'>,
  authenticator: ReturnType<typeof createSoftwareAuthenticator>,
  said: Partial<Said> = {},
) {
  const options = await stepUp.optionsFor(acting.viewer, BROWSER)
  const text = JSON.stringify(authenticator.use(options, said))
  return { kind: 'passkey', text, browser: BROWSER } as const
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
export const makePasskey = async (visitor: Visitor, origin: string) =>
  (await makePasskeyOnPage(visitor, origin)).authenticator

/** The same, with what the page says then. */
export async function makePasskeyOnPage(visitor: Visitor, origin: string) {
  const authenticator = createSoftwareAuthenticator(origin)
  const options = (await (await visitor.get('/profile/passkeys/options')).json()) as OptionsToMake
  const passkey = JSON.stringify(authenticator.make(options))
  const answer = await visitor.submit('/profile/passkeys', { intent: 'add-passkey', passkey })
  return { authenticator, page: await answer.text() }
}

/** What a passkey says to what a page asks of it. */
export async function answerOf(
  visitor: Visitor,
  optionsFrom: string,
  authenticator: ReturnType<typeof createSoftwareAuthenticator>,
  said: Partial<Said> = {},
): Promise<string> {
  const options = (await (await visitor.get(optionsFrom)).json()) as { challenge: string }
  return JSON.stringify(authenticator.use(options, said))
}
