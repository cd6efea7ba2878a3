import { describe, expect, test } from 'vitest'
import { canonicalOrigin, isHost, isHostOf, isSameOrigin } from './origin'

const OURS = 'https://accounts.example.com'

describe('text is read as no host', () => {
  test.each([
    '',
    ' ',
    '.',
    'a.example..',
    'a..example',
    ':443',
    'a b',
    'a.example/x',
    'a.example?x',
    'a.example#x',
    'a.example\\x',
    'ada@a.example',
    'a.example, a.example',
    'a.example:80:80',
    'a.example:x',
    'a.example:-1',
    '::1',
    '[::1',
    '[::1%25lo]',
    'a%2eexample',
    'bÃ¼cher.example',
    'a'.repeat(300),
  ])('when it is "%s"', (text) => {
    expect(isHost(text) && isHostOf(OURS, text)).toBe(false)
    expect(canonicalOrigin('https:', text)).toBeUndefined()
  })
})

describe('the host', () => {
  test.each([
    'accounts.example.com',
    'ACCOUNTS.Example.com',
    'accounts.example.com.',
    'accounts.example.com:443',
    'accounts.example.com:',
    'Accounts.example.com.:443',
  ])('"%s" is that of our origin', (host) => {
    expect(isHostOf(OURS, host)).toBe(true)
  })

  test.each([
    ['http://localhost:3000', 'LOCALHOST.:3000'],
    ['http://localhost', 'localhost:80'],
    ['http://[::1]:3000', '[0:0::1]:3000'],
    ['http://127.0.0.1:3000', '127.0.0.1:3000'],
    ['https://xn--bcher-kva.example', 'XN--Bcher-kva.example'],
    ['https://latchkey_web:8443', 'latchkey_web:8443'],
  ])('of %s is also named by "%s"', (origin, host) => {
    expect(isHostOf(origin, host)).toBe(true)
  })

  test.each([
    'example.com',
    'accounts.example.com.evil.com',
    'evil-accounts.example.com',
    'accounts.example.com:80',
    'accounts.example.com:8443',
    'a.accounts.example.com',
    'accounts.example.com:99999',
    '127.0.0.1:3000',
    'latchkey_web:3000',
  ])('"%s" is not that of our origin', (host) => {
    expect(isHostOf(OURS, host)).toBe(false)
  })
})

describe('the Origin header', () => {
  test.each([OURS, `${OURS}:443`, `${OURS}.`, 'https://ACCOUNTS.example.com'])(
    '"%s" is ours',
    (header) => {
      expect(isSameOrigin(OURS, header)).toBe(true)
    },
  )

  test.each([
    '',
    'null',
    `${OURS}/`,
    `${OURS}/login`,
    `${OURS}, ${OURS}`,
    `${OURS} https://evil.com`,
    `${OURS}.evil.com`,
    `${OURS}@evil.com`,
    `${OURS}:8443`,
    'http://accounts.example.com',
    'http://accounts.example.com:443',
    'HTTPS://accounts.example.com',
    'https:accounts.example.com',
    'https:/\\accounts.example.com',
    'https://ada@accounts.example.com',
    'https://example.com',
    'accounts.example.com',
    '//accounts.example.com',
  ])('"%s" is not ours', (header) => {
    expect(isSameOrigin(OURS, header)).toBe(false)
  })
})
