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
export function receiptMessage({ sessions, tabs, milliseconds }: Receipt, noun = 'other session') {
  if (sessions === 0) return { title: 'There was nothing left to sign out of.' }
  const told = tabs === 0 ? '' : `; ${tabs} open ${tabs === 1 ? 'tab was' : 'tabs were'} notified`
  return {
    title: `Signed out of ${pluralize(sessions, noun)}${told}`,
    detail: `Recorded and in force everywhere within ${Math.max(1, milliseconds)} ms`,
  }
}

/**
 * What a deletion did, handed to the next page in its address: three numbers, so whoever writes
 * such an address themselves can put no words of theirs on our page.
 */
export function deletedQuery(
  { sessions, apiTokens }: DeletedCounts,
  { tabs }: Receipt,
): URLSearchParams {
  return new URLSearchParams({ deleted: [sessions, apiTokens, tabs].join('.') })
}

export function deletedMessage(query: URLSearchParams) {
  const match = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/.exec(query.get('deleted') ?? '')
  if (!match) return null
  const [sessions, tokens, tabs] = match.slice(1).map(Number) as [number, number, number]
  return {
    title: 'The account was deleted',
    detail: `${pluralize(sessions, 'session')} and ${pluralize(tokens, 'API token')} went with it; ${pluralize(tabs, 'open tab')} ${tabs === 1 ? 'was' : 'were'} notified`,
  }
}
