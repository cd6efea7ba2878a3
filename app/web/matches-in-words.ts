/** "1 user", "1,000 users", "1,000+ users"; nothing of none. */
export function matchesInWords(
  { total, isMore }: { total: number; isMore: boolean },
  noun: string,
): string | null {
  if (total === 0) return null
  return `${total.toLocaleString('en')}${isMore ? '+' : ''} ${noun}${total === 1 ? '' : 's'}`
}
