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

test('a whole e-mail address is looked for as it is stored, however it is typed', () => {
  expect(keysBeginningWith(' Ada@BÜCHER.example')).toMatchObject({
    gte: 'ada@xn--bcher-kva.example',
  })
})

test.each(['', ' ', '\t'])('nothing is looked for when nothing was typed: "%s"', (typed) => {
  expect(keysBeginningWith(typed)).toBeNull()
})
