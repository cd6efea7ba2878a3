import type { Receipt } from '~/accounts/revocations'
import { days } from '~/accounts/time'
import type { DeletedCounts } from '~/accounts/users/delete-user'

/** "1 session", "3 sessions". */
export const pluralize = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`

/** "2 years", "90 days": for how long something is kept, in milliseconds. */
export function retentionInWords(retention: number): string {
  const wholeDays = Math.ceil(retention / days(1))
  return wholeDays % 365 === 0 ? pluralize(wholeDays / 365, 'year') : pluralize(wholeDays, 'day')
}

/** What ending sessions did, for the person who did it. */
export function receiptMessage(receipt: Receipt, noun = 'other session') {
  const { sessions, tabs, milliseconds } = receipt
  if (sessions === 0) return { title: 'There was nothing left to sign out of.' }
  const ended = `Signed out of ${pluralize(sessions, noun)}`
  return {
    title: [ended, ...told(tabs), ...confirmedByAll(receipt)].join('; '),
    detail: [
      `Recorded and in force everywhere within ${Math.max(1, milliseconds)} ms`,
      ...confirmedBySome(receipt),
    ].join('. '),
  }
}

/**
 * How final it is, after words that say what was done: "1 session went with it; 2 open tabs were told;
 * confirmed by 2 of 2 nodes".
 */
export function howFinal(done: string, receipt: Pick<Receipt, 'tabs' | 'nodes'>): string {
  const first = [done, ...told(receipt.tabs), ...confirmedByAll(receipt)].join('; ')
  return [first, ...confirmedBySome(receipt)].join('. ')
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
 * What a deletion did, handed to the next page in its address: numbers only, so whoever writes such an
 * address themselves can put no words of theirs on our page.
 */
export function deletedQuery(
  { sessions, apiTokens }: DeletedCounts,
  { tabs, nodes }: Receipt,
): URLSearchParams {
  const numbers = [sessions, apiTokens, tabs, nodes.confirmed, nodes.total]
  return new URLSearchParams({ deleted: numbers.join('.') })
}

export function deletedMessage(query: URLSearchParams) {
  const text = query.get('deleted') ?? ''
  if (!/^(?:\d{1,9}\.){4}\d{1,9}$/.test(text)) return null
  const [sessions = 0, tokens = 0, tabs = 0, confirmed = 0, total = 0] = text.split('.').map(Number)
  const went = `${pluralize(sessions, 'session')} and ${pluralize(tokens, 'API token')} went with it`
  return {
    title: 'The account was deleted',
    detail: howFinal(went, { tabs, nodes: { confirmed, total } }),
  }
}

/** Said without whom it belongs to: of somebody who was deleted that is not known any more. */
export const USERNAME_TAKEN =
  'Somebody has this username, or had it before. It is never given to anybody else.'
