import { describe, expect, test } from 'vitest'
import { isCommonPassword } from './common-passwords'

const words = ['latchkey', 'accounts.example.com', 'Ada Lovelace', 'ada.lovelace@example.com']

describe('refused is', () => {
  const common = ['password', 'PASSWORD', 'password1', '12345678', 'qwertyuiop', 'iloveyou']
  test.each(common)('one of the commonest: %s', (password) => {
    expect(isCommonPassword(password, [])).toBe(true)
  })

  test('the same in full-width letters', () => {
    expect(isCommonPassword('ｐａｓｓｗｏｒｄ', [])).toBe(true)
  })

  const belonging = [
    'latchkey',
    'Latchkey2024!',
    '1815Lovelace',
    'AdaLovelace99',
    'ada.lovelace',
    'example123',
    'ada.lovelace@example.com',
  ]
  test.each(belonging)('a word of the site or the person with digits and signs: %s', (password) => {
    expect(isCommonPassword(password, words)).toBe(true)
  })
})

describe('accepted is', () => {
  const good = [
    'seven green lanterns',
    'aaaaaaaaaaaaaaab',
    ' '.repeat(15),
    '😀😀😀😀😀😀😀😀',
    'latchkey and a lantern',
    'Lovelace owned an engine',
  ]
  test.each(good)('whatever else, without rules of composition: "%s"', (password) => {
    expect(isCommonPassword(password, words)).toBe(false)
  })

  test('one that contains a word too short to bar', () => {
    expect(isCommonPassword('Ada-1815-1852', ['Ada'])).toBe(false)
  })
})
