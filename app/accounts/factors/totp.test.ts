import { Secret } from 'otpauth'
import { describe, expect, test } from 'vitest'
import { seconds } from '../time'
import {
  codeOf,
  createKey,
  keyAsAddress,
  keyAsText,
  keyFromText,
  matchingStep,
  stepAt,
} from './totp'

/** RFC 6238, appendix B, of SHA-1. Theirs have eight digits; ours are the last six of them. */
const VECTORS = [
  [59, '94287082'],
  [1111111109, '07081804'],
  [1111111111, '14050471'],
  [1234567890, '89005924'],
  [2000000000, '69279037'],
  [20000000000, '65353130'],
] as const

const KEY = new TextEncoder().encode('12345678901234567890')
const at = (second: number) => new Date(seconds(second))
const NOW = at(1111111109)
const STEP = stepAt(NOW)

describe('no step has', () => {
  test('the code of the step before the last, or after the next', () => {
    for (const step of [STEP - 2, STEP + 2]) {
      expect(matchingStep(KEY, codeOf(KEY, step), NOW)).toBeNull()
    }
  })

  test.each(['', '08180', '0818040', '081805', ' 081804', '07081804', '０８１８０４'])(
    'what is no code of it: "%s"',
    (code) => {
      expect(matchingStep(KEY, code, NOW)).toBeNull()
    },
  )

  test('the code of another key', () => {
    expect(matchingStep(createKey(), codeOf(KEY, STEP), NOW)).toBeNull()
  })
})

describe('a code', () => {
  test.each(VECTORS)('at %i seconds is what RFC 6238 says', (second, code) => {
    expect(codeOf(KEY, stepAt(at(second)))).toBe(code.slice(2))
    expect(matchingStep(KEY, code.slice(2), at(second))).toBe(Math.floor(second / 30))
  })

  test('is known a step early and a step late, and as of its own step', () => {
    for (const step of [STEP - 1, STEP, STEP + 1]) {
      expect(matchingStep(KEY, codeOf(KEY, step), NOW)).toBe(step)
    }
  })
})

describe('a key', () => {
  test('is another one each time, of as many bits as the hash has', () => {
    const [one, two] = [createKey(), createKey()]
    expect(one).toHaveLength(20)
    expect(one).not.toEqual(two)
  })

  test('comes back from its text as it was, and from nothing else', () => {
    const key = createKey()
    expect(keyFromText(keyAsText(key))).toEqual(key)
    for (const text of ['', keyAsText(key).slice(1), `${keyAsText(key)}A`, '0'.repeat(32)]) {
      expect(keyFromText(text)).toBeNull()
    }
  })

  test('is told to apps with whose it is, and nothing else of the account', () => {
    const address = new URL(keyAsAddress(KEY, { issuer: 'Home: Lind', account: 'ada@example.com' }))
    expect(address.protocol).toBe('otpauth:')
    expect(decodeURIComponent(address.pathname)).toMatch(/Home {2}Lind:ada@example\.com$/)
    expect(Object.fromEntries(address.searchParams)).toEqual({
      ...{ issuer: 'Home  Lind', secret: new Secret({ buffer: KEY.buffer }).base32 },
      ...{ algorithm: 'SHA1', digits: '6', period: '30' },
    })
  })
})
