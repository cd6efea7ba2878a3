import type { Receipt } from '~/accounts/revocations'
import type { Went } from '~/accounts/users/delete-user'
import { counted } from './counted'

/**
 * What a deletion did, handed to the next page in its address: three numbers, so whoever writes
 * such an address themselves can put no words of theirs on our page.
 */
export function deletedQuery({ sessions, apiTokens }: Went, { tabs }: Receipt): URLSearchParams {
  return new URLSearchParams({ deleted: [sessions, apiTokens, tabs].join('.') })
}

export function deletedMessage(query: URLSearchParams) {
  const match = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/.exec(query.get('deleted') ?? '')
  if (!match) return null
  const [sessions, tokens, tabs] = match.slice(1).map(Number) as [number, number, number]
  return {
    title: 'The account was deleted',
    detail: `${counted(sessions, 'session')} and ${counted(tokens, 'API token')} went with it; ${counted(tabs, 'open tab')} ${tabs === 1 ? 'was' : 'were'} notified`,
  }
}
