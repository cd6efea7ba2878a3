import { describe, expect, test } from 'vitest'
import { createSecret } from '~/accounts/secret-token'
import { createFormToken, isFormToken } from './form-token'

const formKey = createSecret()
const token = createFormToken(formKey)
const [salt = '', signature = ''] = token.split('.')

describe('a form token', () => {
  const others = {
    'that is missing': '',
    'of another session': createFormToken(createSecret()),
    'without its salt': `.${signature}`,
    'without its signature': `${salt}.`,
    'with the salt alone': salt,
    'with another salt': `${'A'.repeat(salt.length)}.${signature}`,
    'with one letter changed': `${salt}.${signature.slice(0, -2)}${signature.at(-2) === 'A' ? 'B' : 'A'}${signature.at(-1)}`,
    'that is cut short': token.slice(0, -1),
    'that has grown longer': `${token}A`,
    'in other letters': `${salt}.${signature.toUpperCase()}`,
    'that is the secret': formKey,
    'of characters that take two bytes': `${salt}.${'é'.repeat(signature.length)}`,
  }
  test.each(Object.entries(others))('%s is refused', (_, given) => {
    expect(isFormToken(formKey, given)).toBe(false)
  })

  test('is accepted from the session that it was made for', () => {
    expect(isFormToken(formKey, token)).toBe(true)
  })

  test('is another text each time, and all of them work', () => {
    const tokens = Array.from({ length: 50 }, () => createFormToken(formKey))
    expect(new Set(tokens).size).toBe(50)
    expect(tokens.every((text) => isFormToken(formKey, text))).toBe(true)
  })

  test('does not hold the secret', () => {
    expect(token).not.toContain(formKey)
  })
})
