import { MOST_COUNTED } from '~/accounts/users/search-users'

/** "1 user", "1,000 users", "1,000+ users"; nothing of none. */
export function matchesInWords(total: number, noun: string): string | null {
  if (total === 0) return null
  const counted = Math.min(total, MOST_COUNTED)
  const number = counted.toLocaleString('en')
  return `${number}${total > counted ? '+' : ''} ${noun}${total === 1 ? '' : 's'}`
}
