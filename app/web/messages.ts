import type { Receipt } from '~/accounts/revocations'
import { days } from '~/accounts/time'
import type { RemovedCounts } from '~/applications/registry'
import type { DeletedCounts } from '~/accounts/users/delete-user'

/** "1 session", "3 sessions". */
export const pluralize = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`

/** "1 session", "2 API tokens": of what there is none, nothing. */
export const countsInWords = (...counts: (readonly [count: number, noun: string])[]): string[] =>
  counts.filter(([count]) => count > 0).map(([count, noun]) => pluralize(count, noun))

/** "1 user", "1,000 users", "1,000+ users"; nothing of none. */
export function matchesInWords(
  { total, isMore }: { total: number; isMore: boolean },
  noun: string,
): string | null {
  if (total === 0) return null
  return `${total.toLocaleString('en')}${isMore ? '+' : ''} ${noun}${total === 1 ? '' : 's'}`
}

/** "2 years", "90 days": for how long something is kept, in milliseconds. */
export function retentionInWords(retention: number): string {
  const wholeDays = Math.ceil(retention / days(1))
  return wholeDays % 365 === 0 ? pluralize(wholeDays / 365, 'year') : pluralize(wholeDays, 'day')
}

/** "Wiki", "Wiki and Files", "Wiki, Files and Photos": of many only the first. */
export function namesInWords(names: readonly string[]): string {
  const shown = names.length > NAMED ? [...names.slice(0, NAMED - 1)] : [...names]
  const more = names.length - shown.length
  return LIST.format(more > 0 ? [...shown, `${more} more`] : shown)
}
const NAMED = 6
/** Without a comma before the "and". */
const LIST = new Intl.ListFormat('en-GB', { type: 'conjunction' })

/** Said where a sign-out found no session. */
export const NOTHING_LEFT: { title: string; detail?: string } = {
  title: 'There was nothing left to sign out of.',
}

/**
 * What ending sessions did, for the person who did it.
 *
 * @param applications the names of those that the sessions were signed in to
 */
export function receiptMessage(
  receipt: Receipt,
  noun = 'other session',
  applications: readonly string[] = [],
) {
  const { sessions, tabs, milliseconds } = receipt
  if (sessions === 0) return NOTHING_LEFT
  const ended = `Signed out of ${pluralize(sessions, noun)}`
  return {
    title: [ended, ...told(tabs), ...confirmedByAll(receipt)].join('; '),
    detail: [
      closedTo(sessions, noun === 'session' ? 'this account' : 'your account', applications),
      inForce(milliseconds),
      ...confirmedBySome(receipt),
    ].join('. '),
  }
}

/** The same of an ending that says which applications went with the sessions. */
export const endedMessage = (
  { receipt, applications }: { receipt: Receipt; applications: readonly string[] },
  noun?: string,
) => receiptMessage(receipt, noun, applications)

/** @param account whose it is, in words: an administrator ends the sessions of somebody else */
function closedTo(sessions: number, account: string, applications: readonly string[]): string {
  const lost = `${sessions === 1 ? 'It' : 'They'} can no longer use ${account}`
  return applications.length === 0 ? lost : `${lost} or open ${namesInWords(applications)}`
}

const inForce = (milliseconds: number) =>
  `Recorded and in force everywhere within ${Math.max(1, milliseconds)} ms`

/** What leaving one application did. @param where the browser, in words: "on this browser" */
export const leftMessage = (application: string, where: string, receipt: Receipt) => ({
  title: `Signed out of ${application} ${where}; it will ask before it lets you in again`,
  detail: [inForce(receipt.milliseconds), ...confirmedBySome(receipt)].join('. '),
})

/**
 * How final it is, after words that say what was done, if there are any: "1 session went with it; 2 open
 * tabs were told; confirmed by 2 of 2 nodes".
 */
export function howFinal(done: string, receipt: Pick<Receipt, 'tabs' | 'nodes'>): string {
  const first = [done, ...told(receipt.tabs), ...confirmedByAll(receipt)].filter(Boolean).join('; ')
  return [first, ...confirmedBySome(receipt)].filter(Boolean).join('. ')
}

/** Where no tab was open, it need not be said that none was told. */
const told = (tabs: number): string[] =>
  tabs > 0 ? [`${pluralize(tabs, 'open tab')} ${tabs === 1 ? 'was' : 'were'} told`] : []

/** Where there is only one node, it need not be said that it agrees with itself. */
const confirmedByAll = ({ nodes: { confirmed, total } }: Pick<Receipt, 'nodes'>): string[] =>
  total > 1 && confirmed === total ? [`confirmed by ${confirmed} of ${total} nodes`] : []

/** A node that did not confirm answers nobody from memory, so it is in force there as well. */
function confirmedBySome({ nodes: { confirmed, total } }: Pick<Receipt, 'nodes'>): string[] {
  if (confirmed === total) return []
  const others = total - confirmed === 1 ? 'the other uses' : 'the others use'
  return [`Confirmed by ${confirmed} of ${total} nodes; ${others} nothing from memory.`]
}

/**
 * What a deletion did, handed to the next page in its address: numbers and an id only, so whoever writes
 * such an address themselves can put no words of theirs on our page.
 */
export function deletedQuery(
  { sessions, apiTokens, applicationSignIns }: DeletedCounts,
  { tabs, nodes }: Receipt,
  userId: string,
): URLSearchParams {
  const numbers = [sessions, apiTokens, applicationSignIns, tabs, nodes.confirmed, nodes.total]
  return new URLSearchParams({ deleted: numbers.join('.'), whom: userId })
}

/** @param name of whoever was deleted, where it is known */
export function deletedMessage(query: URLSearchParams, name: string | null) {
  const text = query.get('deleted') ?? ''
  if (!/^(?:\d{1,9}\.){5}\d{1,9}$/.test(text)) return null
  const numbers = text.split('.').map(Number)
  const [sessions = 0, tokens = 0, signIns = 0, tabs = 0, confirmed = 0, total = 0] = numbers
  const counted = countsInWords([sessions, 'session'], [tokens, 'API token'])
  if (signIns > 0) counted.push(`${pluralize(signIns, 'sign-in')} at applications`)
  return {
    title: name === null ? 'The account was deleted' : `The account of ${name} was deleted`,
    detail: howFinal(wentWithIt(counted), { tabs, nodes: { confirmed, total } }),
  }
}

const wentWithIt = (counted: readonly string[]): string =>
  counted.length === 0 ? '' : `${namesInWords(counted)} went with it`

/** Said without whom it belongs to: of somebody who was deleted that is not known any more. */
export const USERNAME_TAKEN =
  'Somebody has this username, or had it before. It is never given to anybody else.'

/** The same of an application. */
export function removedQuery(
  { signIns, tokens }: RemovedCounts,
  { tabs, nodes }: Receipt,
): URLSearchParams {
  const numbers = [signIns, tokens, tabs, nodes.confirmed, nodes.total]
  return new URLSearchParams({ removed: numbers.join('.') })
}

export function removedMessage(query: URLSearchParams) {
  const text = query.get('removed') ?? ''
  if (!/^(?:\d{1,9}\.){4}\d{1,9}$/.test(text)) return null
  const [signIns = 0, tokens = 0, tabs = 0, confirmed = 0, total = 0] = text.split('.').map(Number)
  const counted = countsInWords([signIns, 'sign-in'], [tokens, 'API token'])
  return {
    title: 'The application was removed',
    detail: howFinal(wentWithIt(counted), { tabs, nodes: { confirmed, total } }),
  }
}

/** What signing people out of an application did. */
export function everybodyLeftMessage(count: number, application: string, receipt: Receipt) {
  if (count === 0) return NOTHING_LEFT
  return {
    title: `${pluralize(count, 'browser')} signed out of ${application}`,
    detail: `${SIGNED_IN_AGAIN} ${howFinal('Applies immediately', receipt)}`,
  }
}

export const SIGNED_IN_AGAIN =
  'They’ll be signed in again when they open it, if they may still use it.'
