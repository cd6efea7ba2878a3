import { describe, expect, test } from 'vitest'
import { isCommonPassword } from './common-passwords'

const words = ['latchkey', 'accounts.example.com', 'Ada Lovelace', 'ada.lovelace@example.com']

describe('a password is refused', () => {
  const common = ['password', 'PASSWORD', 'password1', '12345678', 'qwertyuiop', 'iloveyou']
  test.each(common)('when it is one of the commonest: %s', (password) => {
    expect(isCommonPassword(password, [])).toBe(true)
  })

  test('when it is a common one in full-width letters', () => {
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
  test.each(belonging)(
    'when it is a word of the site or the person with digits and signs: %s',
    (password) => {
      expect(isCommonPassword(password, words)).toBe(true)
    },
  )
})

const carol = [
  'latchkey',
  'accounts.example.com',
  'Carol Anne Müller-Smith',
  'carol.ms@example.com',
]

describe('a password of words of the site and the person is refused', () => {
  const refused = {
    repeated: ['carolcarol', 'CAROLcarolCarol', 'anneanneanne', 'exampleexample'],
    'glued together in any order': ['CarolExample', 'latchkeycarol', 'SmithAnneCarol', 'annecarol'],
    'with something between them': [
      'carol-smith-carol',
      'carol smith',
      'Carol_Anne',
      'c.a.r.o.l.1',
    ],
    'with something around them': [
      'latchkeycarol1',
      '!!carolcarol!!',
      '1998CarolAnne',
      'carol@1234',
    ],
    'as the e-mail address has them': ['carol.ms@example.com', 'carolms2024', 'example.com99'],
    'without their accents, or with them': ['mullermuller', 'MÜLLER2024', 'mu\u0308ller-carol'],
    'in full-width letters': ['ｃａｒｏｌｃａｒｏｌ'],
  }
  const cases = Object.entries(refused).flatMap(([how, texts]) => texts.map((text) => [how, text]))
  test.each(cases)('when they are %s: %s', (_, password) => {
    expect(isCommonPassword(password, carol)).toBe(true)
  })

  test('when they are short, but repeated or glued', () => {
    for (const password of ['adaada99', 'AdaAdaAda', 'lovelaceada']) {
      expect(isCommonPassword(password, words)).toBe(true)
    }
  })

  test('when they are of a script that has few letters in a name', () => {
    expect(isCommonPassword('王小明王小明12', ['王小明'])).toBe(true)
  })

  test('without long thought when they fit in many ways', () => {
    const ambiguous = ['aaa', 'aaaa', 'aaaaa', 'aaa aaaa aaaaa aaaaaa']
    expect(isCommonPassword(`${'a'.repeat(255)}b`, ambiguous)).toBe(false)
    expect(isCommonPassword('a'.repeat(256), ambiguous)).toBe(true)
  })
})

describe('a password is accepted', () => {
  const good = [
    'seven green lanterns',
    'aaaaaaaaaaaaaaab',
    ' '.repeat(15),
    '😀😀😀😀😀😀😀😀',
    'latchkey and a lantern',
    'Lovelace owned an engine',
    'ada lovelaces engine',
    '-1815-1852-1843-',
    '0123-4567-89ab-cdef',
  ]
  test.each(good)('without rules of composition: "%s"', (password) => {
    expect(isCommonPassword(password, words)).toBe(false)
  })

  test('when the word that it contains is too short to bar', () => {
    expect(isCommonPassword('Ada-1815-1852', ['Ada'])).toBe(false)
  })
})
