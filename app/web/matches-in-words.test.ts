import { expect, test } from 'vitest'
import { matchesInWords } from './matches-in-words'

test.each([
  [0, false, null],
  [1, false, '1 user'],
  [2, false, '2 users'],
  [1_000, false, '1,000 users'],
  [1_000, true, '1,000+ users'],
])('%i matches, or more: %s, are said as “%s”', (total, isMore, words) => {
  expect(matchesInWords({ total, isMore }, 'user')).toBe(words)
})
