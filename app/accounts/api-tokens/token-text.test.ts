import { describe, expect, test } from 'vitest'
import { createTokenText, looksLikeApplicationToken, looksLikeToken } from './token-text'

describe.each([
  { kind: 'api', prefix: 'lk_', looksLike: looksLikeToken, asTheOther: looksLikeApplicationToken },
  {
    kind: 'application',
    prefix: 'lka_',
    looksLike: looksLikeApplicationToken,
    asTheOther: looksLikeToken,
  },
] as const)('a token of the kind $kind:', ({ kind, prefix, looksLike, asTheOther }) => {
  const text = createTokenText(kind)

  test.each([
    ['nothing', undefined],
    ['no text', 7],
    ['the empty text', ''],
    ['a prefix alone', prefix],
    ['another prefix', text.replace(prefix, 'lp_')],
    ['no prefix', text.slice(prefix.length)],
    ['another case', text.toUpperCase()],
    ['one character less', text.slice(0, -1)],
    ['one character more', `${text}0`],
    ['a space before', ` ${text}`],
  ])('%s is none', (_, other) => {
    expect(looksLike(other)).toBe(false)
  })

  test('it is none of the other kind', () => {
    expect(asTheOther(text)).toBe(false)
  })

  test('with any one character changed it is known to be none without asking anybody', () => {
    for (let index = 0; index < text.length; index += 1) {
      const other = text[index] === 'a' ? 'b' : 'a'
      expect(looksLike(text.slice(0, index) + other + text.slice(index + 1))).toBe(false)
    }
  })

  test('they are of one length and form, and each is another', () => {
    const texts = Array.from({ length: 1000 }, () => createTokenText(kind))
    for (const one of texts) {
      expect(one).toMatch(RegExp(`^${prefix}[\\w-]{50}$`))
      expect(looksLike(one)).toBe(true)
    }
    expect(new Set(texts).size).toBe(texts.length)
  })
})
