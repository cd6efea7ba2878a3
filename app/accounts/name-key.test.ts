import { expect, test } from 'vitest'
import { keysBeginningWith, nameKeyOf } from './name-key'

test('a name that compatibility forms make much longer is stored cut off, and found by its beginning', () => {
  const key = nameKeyOf('\ufdfa'.repeat(100))
  expect([...key]).toHaveLength(254)
  for (const typed of ['\ufdfa', '\ufdfa'.repeat(50), '\ufdfa'.repeat(100)]) {
    const { gte, lt } = keysBeginningWith(typed)!
    expect([key >= gte, key < lt]).toEqual([true, true])
  }
})

test('a key that is cut off has no half characters', () => {
  expect(nameKeyOf('😀'.repeat(300)).isWellFormed()).toBe(true)
})

test.each(['', ' ', '\t'])('nothing is looked for when nothing was typed: "%s"', (typed) => {
  expect(keysBeginningWith(typed)).toBeNull()
})
