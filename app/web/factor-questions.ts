import { success } from './answers'
import { askFirst, named } from './confirmation'
import { countsInWords } from './messages'

/** What is asked on the page "Sign-in and security" before it is done; see confirmation.ts. */

/** Asks before the authenticator goes; says so when there is none. */
export function askToRemoveAuthenticator(
  form: URLSearchParams,
  { authenticator, passkeys }: { authenticator: boolean; passkeys: number },
) {
  if (!authenticator) return success({ title: 'It was removed already.' })
  const isLast = passkeys === 0
  return askFirst(form, {
    title: 'Remove the authenticator app?',
    effect: isLast
      ? 'Whoever knows your password can sign in with it alone then. Recovery codes and remembered devices end.'
      : 'Your passkeys stay. Remembered devices end.',
    affected: [{ label: 'Authenticator app' }],
    label: 'Remove',
  })
}

/** Asks about a passkey that is to be removed. */
export const askToRemovePasskey = (
  form: URLSearchParams,
  { name, isLastFactor }: { name: string; isLastFactor: boolean },
) =>
  askFirst(form, {
    title: `Remove “${name}”?`,
    effect: isLastFactor
      ? 'It opens nothing here any more, and whoever knows your password can sign in with it alone. Recovery codes and remembered devices end.'
      : 'It opens nothing here any more, and remembered devices end. Your device may go on offering it until you delete it there.',
    affected: [{ label: name }],
    label: 'Remove passkey',
  })

/** Asks before an administrator takes somebody's factors away; says so when there are none. */
export function askToRemoveFactors(
  form: URLSearchParams,
  user: { name: string; authenticator: boolean; passkeys: number; activeSessions: number },
) {
  const { name, authenticator, passkeys, activeSessions } = user
  if (!authenticator && passkeys === 0) return success({ title: 'They were removed already.' })
  return askFirst(form, {
    title: `Remove the second factors of ${name}?`,
    effect:
      'They are signed out everywhere and told by mail. Until they use the link that you get then, the password alone signs in. Be sure that it is they who ask.',
    affected: [
      ...(authenticator ? [{ label: 'Authenticator app' }] : []),
      ...countsInWords([passkeys, 'passkey'], [activeSessions, 'session']).map((label) => ({
        label,
      })),
    ],
    label: 'Remove second factors',
  })
}

/** Asks before other codes take the place of those on paper. */
export const askToRenewCodes = (form: URLSearchParams, left: number) =>
  askFirst(form, {
    title: 'Make new recovery codes?',
    effect: left > 0 ? 'Those that you have stop working.' : 'You have none that work.',
    affected: countsInWords([left, 'recovery code']).map((label) => ({ label })),
    label: 'Make new codes',
  })

/** Asks before devices are no longer spared the second step; says so when none is left. */
export function askToForget(
  form: URLSearchParams,
  devices: readonly { browser: string; ip: string }[],
) {
  if (devices.length === 0) return success({ title: 'It is asked already.' })
  return askFirst(form, {
    title: 'Ask there for the second step again?',
    effect: 'Whoever signs in there needs more than the password. Nobody is signed out.',
    affected: named(devices, ({ browser, ip }) => ({ label: browser, detail: ip })),
    label: 'Ask again',
  })
}
