import { randomBytes } from 'node:crypto'
import type { AppLoadContext } from '@remix-run/node'
import { json } from './answers'

/**
 * What ties a challenge for passkeys to the browser that asked for it: whoever lures a person into
 * answering a challenge of theirs has an answer that is good in no browser. It names nobody, and ends
 * with the browser.
 */
export const CHALLENGE_COOKIE = 'latchkey-challenges'
const SECRET = /^[\w-]{43}$/

/** The secret of a browser that sends an answer; of one that never asked for a challenge, nobody's. */
export const browserOf = ({ challengeSecret = '' }: AppLoadContext): string =>
  SECRET.test(challengeSecret) ? challengeSecret : newSecret()

/**
 * Answers a script with what the browser is to be asked for. The browser gets a secret if it has none.
 *
 * @param optionsFor given the secret
 */
export async function answerWithOptions(
  context: AppLoadContext,
  optionsFor: (browser: string) => Promise<unknown>,
): Promise<Response> {
  if (!context.services.passkeys.offered) {
    throw new Response('Browsers know no passkeys at this address.', { status: 404 })
  }
  const browser = browserOf(context)
  context.setHeader('Set-Cookie', context.challengeCookie.set(browser))
  return json(await optionsFor(browser))
}

const newSecret = () => randomBytes(32).toString('base64url')
