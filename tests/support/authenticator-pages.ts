import { codeOf, keyFromText, stepAt } from '../../app/accounts/factors/totp'
import { formTokenIn } from './form-token'
import type { Visitor } from './visitor'

export const SET_UP = '/profile/security/authenticator'
export const STEP = '/login/second-step'

/** The key that a page proposes, and what its form sends back. */
export function proposalIn(html: string) {
  const proposal = /name="proposal" value="([^"]+)"/.exec(html)![1]!
  return { proposal, key: keyFromText(proposal.split('.')[0]!)! }
}

/** What the app shows, so many steps from now. */
export const codeNow = (key: Uint8Array, steps = 0) => codeOf(key, stepAt(new Date()) + steps)

/**
 * Sets an authenticator up, as on the page; the code was that of the step before, so that the one of now
 * is still to be used. When the step changes on the way, that code is too old, and typed anew.
 */
export async function setUpAuthenticator(person: Visitor) {
  const { proposal, key } = proposalIn(await (await person.get(SET_UP)).text())
  const send = () => {
    const fields = { intent: 'add-authenticator', proposal, code: codeNow(key, -1) }
    return person.submit(SET_UP, fields)
  }
  const first = await send()
  const page = await (first.status === 422 ? await send() : first).text()
  return { key, recoveryCodes: recoveryCodesIn(page) }
}

/** The codes that a page shows this once. */
export const recoveryCodesIn = (page: string): string[] =>
  [...page.matchAll(/<li>([a-z2-7-]{19})<\/li>/g)].map(([, code]) => code!)

/** Answers the page of the second step. */
export async function takeStep(person: Visitor, fields: Record<string, string>, path = STEP) {
  const formToken = formTokenIn(await (await person.get(path)).text())
  return person.post(path, { formToken, intent: 'authenticator', ...fields })
}
