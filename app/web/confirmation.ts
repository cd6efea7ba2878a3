import { success } from './answers'
import { countsInWords, NOTHING_LEFT, pluralize } from './messages'
import { sessionInWords, type ShownSession } from './shown-sessions'

/**
 * Whatever cannot be undone is asked twice. A page whose scripts run asks by a second press of the
 * same button, which adds the field `confirmed` to the form. A form without it (no JavaScript, or
 * not yet) does nothing, and is answered with a question: a page that says what will happen, with a
 * button that sends the same form again, now confirmed. It guards people against themselves; whoever
 * writes the field into a form of their own has skipped only that.
 */

/** What a page asks before it does something that cannot be undone. */
export type Question = {
  /** "Sign everyone out?" */
  title: string
  /** What will happen, in a sentence. */
  effect: string
  /** To what, by name. */
  affected: Affected[]
  /** What the button that agrees says. */
  label: string
  /** Whether the session of this browser ends with it. */
  endsOwnSession?: boolean
}
type Affected = {
  label: string
  detail?: string
  /** What tells it from others of that name. */
  badge?: string
  /** Of a session. */
  signedInAt?: Date
  lastActiveAt?: Date
}

/** Whether the person was asked already and has agreed. */
export function isConfirmed(form: URLSearchParams): boolean {
  const values = form.getAll('confirmed')
  return values.length === 1 && values[0] === 'yes'
}

/** Asks, with the fields of the form to send again: all but passwords and what the page adds itself. */
export function askFirst(form: URLSearchParams, question: Question) {
  const fields = [...form].filter(
    ([name]) => !/^(formToken|confirmed)$|^proof|password/i.test(name),
  )
  return { question: { ...question, fields } }
}

/** So many are named; of a hundred nobody reads every one. */
const NAMED = 10

/** Asks about sessions that are to end; says so when none of them is left. */
export function askToEnd(form: URLSearchParams, sessions: readonly ShownSession[]) {
  const [first] = sessions
  if (!first) return success(NOTHING_LEFT)
  const count = pluralize(sessions.length, 'session')
  // First, so that it is among those that are named.
  const own = sessions.filter(({ isCurrent }) => isCurrent)
  const others = sessions.filter(({ isCurrent }) => !isCurrent)
  return askFirst(form, {
    title: `Sign out of ${sessions.length === 1 ? sessionInWords(first) : count}?`,
    effect:
      'Whoever is there is signed out at once, and loses what they are typing.' +
      (own.length > 0 ? ' This browser is signed out as well.' : ''),
    affected: named([...own, ...others], affectedSession),
    label: `Sign out of ${count}`,
    endsOwnSession: own.length > 0,
  })
}

const affectedSession = (session: ShownSession): Affected => ({
  label: sessionInWords(session),
  detail: [session.ip, session.place].filter(Boolean).join(', '),
  ...(session.isCurrent && { badge: 'This session' }),
  signedInAt: session.createdAt,
  lastActiveAt: session.lastSeenAt,
})

/** Asks about API tokens that are to be revoked; says so when none of them is left. */
export function askToRevoke(form: URLSearchParams, tokens: readonly { name: string }[]) {
  const [first] = tokens
  if (!first) return success({ title: 'That token was revoked already.' })
  const count = pluralize(tokens.length, 'API token')
  return askFirst(form, {
    title: `Revoke ${tokens.length === 1 ? `“${first.name}”` : count}?`,
    effect: 'Programs that use it are refused at once, and no token can be brought back.',
    affected: named(tokens, ({ name }) => ({ label: name })),
    label: `Revoke ${count}`,
  })
}

/** Asks an administrator whether they really want to be none any more. */
export const askToGiveUpAdministration = (form: URLSearchParams, { email }: { email: string }) =>
  askFirst(form, {
    title: 'Give up administration?',
    effect: 'You lose these pages at once. Only another administrator can give them back to you.',
    affected: [{ label: 'Your own account', detail: email }],
    label: 'Become a user',
  })

/** Asks before an account is kept from being used. */
export const askToDisable = (
  form: URLSearchParams,
  user: { name: string; email: string; activeSessions: number; apiTokens: number },
) =>
  askFirst(form, {
    title: `Disable ${user.name}?`,
    effect: 'Every session ends at once. Sign-in and API tokens are refused until you enable it.',
    affected: [
      { label: user.name, detail: user.email },
      ...countsInWords([user.activeSessions, 'session'], [user.apiTokens, 'API token']).map(
        (label) => ({ label }),
      ),
    ],
    label: 'Disable account',
  })

/** Asks before a password link takes the place of one that still works. */
export const askToReplaceLink = (form: URLSearchParams, user: { name: string; email: string }) =>
  askFirst(form, {
    title: `Replace the password link of ${user.name}?`,
    effect: 'The one that was made before stops working, also if it was passed on.',
    affected: [{ label: 'The password link', detail: user.email }],
    label: 'New password link',
  })

/** Asks whether applications are really to know somebody by another name. */
export function askToChangeUsername(
  form: URLSearchParams,
  { name, username }: { name: string; username: string },
  to: string,
) {
  return askFirst(form, {
    title: `Change the username of ${name}?`,
    effect:
      'Applications know people by their username: they may take this person for somebody new, and ' +
      'what belongs to them there may be lost to them. Nobody else ever gets the one from before.',
    affected: [{ label: username, detail: `becomes ${to}` }],
    label: 'Change username',
  })
}

/** Asks about the sign-in of a session at an application. */
export function askToLeave(form: URLSearchParams, application: string, session: ShownSession) {
  return askFirst(form, {
    title: `Sign out of ${application}?`,
    effect: `${application} refuses that browser at once, whatever is being typed there, and asks before it lets it in again. The session itself goes on.`,
    affected: [{ label: application, detail: sessionInWords(session) }],
    label: `Sign out of ${application}`,
  })
}

/**
 * Names the first of many, and says how many more there are.
 *
 * @param total where there are more than those at hand
 */
export function named<T>(
  items: readonly T[],
  toAffected: (item: T) => Affected,
  total = items.length,
): Affected[] {
  const more = total - Math.min(items.length, NAMED)
  const affected = items.slice(0, NAMED).map(toAffected)
  return more > 0 ? [...affected, { label: `And ${more} more` }] : affected
}
