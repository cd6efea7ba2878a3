import type { AppLoadContext } from '@remix-run/node'
import type { MadePasskey, MakeRefusal } from '~/accounts/sign-in/make-passkey'
import type { NewPasskey } from '~/accounts/sign-in/schemas'
import { factorLinkSecret, LINK_NEEDED } from './authenticator-page'
import { browserOf } from './challenge-cookie'
import { describeUserAgent } from './describe-user-agent'
import { FACTOR_REFUSED } from './refused-factor'
import { sessionInWords } from './shown-sessions'

/*
 * What the two pages have in common that make a passkey: in a session, and on the way to one.
 */

/** A passkey that a browser has just made, with all that is known of how. */
export const madePasskey = (
  answer: NewPasskey,
  { request, context }: { request: Request; context: AppLoadContext },
): MadePasskey => ({
  answer,
  browser: browserOf(context),
  madeWith: sessionInWords(describeUserAgent(context.client.userAgent)),
  linkSecret: factorLinkSecret(request, context),
})

/** Why it is not kept. That the key has no room is said by ui/security/ceremonies.ts, which may know it first. */
export const PASSKEY_NOT_MADE: Record<Exclude<MakeRefusal['code'], 'NOT_KEPT'>, string> = {
  PASSKEY_REFUSED: 'This passkey could not be checked. Try again, or use another device.',
  CHALLENGE_OVER: FACTOR_REFUSED.CHALLENGE_OVER,
  ALREADY_KNOWN: 'This passkey belongs to an account already.',
  TOO_MANY_PASSKEYS: 'You have 20 passkeys already. Remove one that you do not need any more.',
  LINK_NEEDED,
}
