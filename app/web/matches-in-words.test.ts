import { expect, test } from 'vitest'
import { matchesInWords } from './matches-in-words'

test.each([
  [0, null],
  [1, '1 user'],
  [2, '2 users'],
  [1_000, '1,000 users'],
  [1_001, '1,000+ users'],
])('%i matches are said as “%s”', (total, words) => {
  expect(matchesInWords(total, 'user')).toBe(words)
})
