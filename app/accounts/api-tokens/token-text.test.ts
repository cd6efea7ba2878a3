import { expect, test } from 'vitest'
import { createTokenText, looksLikeToken } from './token-text'

test.each([
  ['nothing', undefined],
  ['no text', 7],
  ['the empty text', ''],
  ['a prefix alone', 'lk_'],
  ['another prefix', createTokenText().replace('lk_', 'lp_')],
  ['no prefix', createTokenText().slice(3)],
  ['another case', createTokenText().toUpperCase()],
  ['one character less', createTokenText().slice(0, -1)],
  ['one character more', `${createTokenText()}0`],
  ['a space before', ` ${createTokenText()}`],
])('%s is no token', (_, text) => {
  expect(looksLikeToken(text)).toBe(false)
})

test('a token with any one character changed is known to be none without asking anybody', () => {
  const text = createTokenText()
  for (let index = 0; index < text.length; index += 1) {
    const other = text[index] === 'a' ? 'b' : 'a'
    expect(looksLikeToken(text.slice(0, index) + other + text.slice(index + 1))).toBe(false)
  }
})

test('tokens are of one length and form, and each is another', () => {
  const texts = Array.from({ length: 1000 }, createTokenText)
  for (const text of texts) {
    expect(text).toMatch(/^lk_[\w-]{50}$/)
    expect(looksLikeToken(text)).toBe(true)
  }
  expect(new Set(texts).size).toBe(texts.length)
})
