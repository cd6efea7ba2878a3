import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { safePath } from './safe-path'

const ORIGIN = 'https://accounts.example.com'

describe('whoever is sent to another place is led to our own page', () => {
  const unsafe = [
    '//evil.com',
    '///evil.com',
    '/\\evil.com',
    '\\\\evil.com',
    '/\t/evil.com',
    '/\n/evil.com',
    '\t//evil.com',
    ' //evil.com',
    '/%09/evil.com',
    '/%5cevil.com',
    '/%5C%5Cevil.com',
    '/%2f%2fevil.com',
    '/%2F/evil.com',
    '/.//evil.com',
    '/..//evil.com',
    '/x/..//evil.com',
    '/%2e%2e//evil.com',
    'https://evil.com',
    'https:evil.com',
    'http:/evil.com',
    'HTTPS://accounts.example.com',
    'javascript:alert(1)',
    '/javascript:alert(1)\n',
    'data:text/html,x',
    'evil.com',
    '@evil.com',
    'user@evil.com',
    '?next=//evil.com',
    '#x',
    '.',
    '/\r\nSet-Cookie: x=1',
    '/%0d%0aSet-Cookie:%20x=1',
    '/\0',
    '/%00',
    '/%',
    '/%ff',
    '/\u007f',
    `/${'a'.repeat(3_000)}`,
    '',
  ]
  test.each(unsafe)('when the way is %j', (wanted) => {
    expect(safePath(wanted, '/profile')).toBe('/profile')
  })

  test('when there is no way at all', () => {
    expect(safePath(null, '/profile')).toBe('/profile')
    expect(safePath(undefined, '/profile')).toBe('/profile')
  })
})

describe('a path of our own is kept', () => {
  test.each(['/', '/profile', '/profile/password', '/admin/users?q=a%20b&page=2', '/admin?x=//y'])(
    'when it is %s',
    (wanted) => {
      expect(safePath(wanted, '/fallback')).toBe(wanted)
    },
  )

  test('without its fragment, which is the browser’s own', () => {
    expect(safePath('/profile#sessions', '/')).toBe('/profile')
  })
})

test('whatever is wanted, a browser stays with us', () => {
  const piece = fc.constantFrom(
    '/',
    '//',
    '\\',
    '.',
    '..',
    '%2f',
    '%5c',
    '%09',
    '%0a',
    '%00',
    '\t',
    '\n',
    '@',
    ':',
    '?',
    '#',
    'evil.com',
    'javascript:',
    'https:',
    ' ',
    '%',
    '\u2028',
    '。',
    '／',
    'x',
  )
  const wanted = fc.oneof(
    fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
    fc.array(piece, { maxLength: 8 }).map((pieces) => `/${pieces.join('')}`),
    fc.webUrl(),
    fc.string({ unit: 'binary' }),
  )
  let kept = 0
  const property = fc.property(wanted, (text) => {
    const path = safePath(text, '/profile')
    if (path !== '/profile') kept += 1
    const url = new URL(path, ORIGIN)
    expect(url.origin).toBe(ORIGIN)
    expect(path).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/)
    // What somebody decodes once more is no other place either.
    expect(new URL(decodeURIComponent(url.pathname), ORIGIN).origin).toBe(ORIGIN)
    expect(safePath(path, '/other')).toBe(path)
  })
  fc.assert(property, { numRuns: 10_000 })
  expect(kept).toBeGreaterThan(100)
})
